"""Records log-ins, failures, log-outs and changes of the second factor in the trail."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Q
from django.http import HttpRequest

from leitstand.core.accounts.models import Account
from leitstand.core.base import events
from leitstand.core.base.actor import Actor


def connect() -> None:
    """Connect the receivers once."""
    from allauth.account.signals import password_changed, password_reset, password_set
    from allauth.mfa.signals import authenticator_added, authenticator_removed

    user_logged_in.connect(_logged_in, dispatch_uid="leitstand.login")
    user_logged_out.connect(_logged_out, dispatch_uid="leitstand.logout")
    user_login_failed.connect(_failed, dispatch_uid="leitstand.failed")
    for signal in (authenticator_added, authenticator_removed):
        signal.connect(_factor_changed, dispatch_uid="leitstand.factor")
    for signal in (password_changed, password_reset, password_set):
        signal.connect(_password_changed, dispatch_uid="leitstand.password")


def _event(
    type_: str, account: Account | None, request: HttpRequest | None, **personal: Any
) -> None:
    actor = Actor(
        kind="user" if account else "anonymous",
        name=account.display_name if account else "",
        account_id=account.id if account else None,
        request_id=getattr(request, "request_id", ""),
        address=request.META.get("REMOTE_ADDR", "") if request else "",
    )
    events.record(
        events.Event(
            type=type_,
            actor=actor,
            object_kind="account",
            object_id=account.id if account else None,
            personal=personal,
        )
    )


def _logged_in(sender: Any, request: HttpRequest, user: Account, **kwargs: Any) -> None:
    _event("accounts.login", user, request)


def _logged_out(sender: Any, request: HttpRequest, user: Account | None, **kwargs: Any) -> None:
    if user:
        _event("accounts.logout", user, request)


def _failed(
    sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kw: Any
) -> None:
    """Record the name that was tried if it is one: people type passwords into the wrong field."""
    tried = str(credentials.get("username") or credentials.get("email") or "")[:254]
    known = Account.objects.filter(Q(username__iexact=tried) | Q(email__iexact=tried))
    name = tried if tried and known.exists() else ""
    _event("accounts.login_failed", None, request, tried=name)


def _factor_changed(sender: Any, request: HttpRequest, user: Account, **kwargs: Any) -> None:
    _event("accounts.mfa.changed", user, request)


def _password_changed(sender: Any, request: HttpRequest, user: Account, **kwargs: Any) -> None:
    _event("accounts.password.changed", user, request)
