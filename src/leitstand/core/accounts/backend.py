"""Finds the account of a session together with its person, in one query."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from leitstand.core.accounts.models import Account


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's check of name and password; the name shown on every page comes along."""

    def get_user(self, user_id: Any) -> Account | None:
        """Return the account of a session, or ``None`` if it is gone or disabled."""
        account = Account.objects.select_related("person").filter(pk=user_id).first()
        return account if account and self.user_can_authenticate(account) else None
