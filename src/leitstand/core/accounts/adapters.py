"""Rules for allauth: no self-registration; the provider's people get an account at first log-in."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.http import HttpRequest

from leitstand.core.accounts.models import Account
from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.org.models import Person


class AccountAdapter(DefaultAccountAdapter):
    """Local log-in: accounts are made by administrators."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers by herself."""
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Log-in through the city's provider, which vouches for its people."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Whoever the city's provider lets in gets an account without any role."""
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Tie the log-in to an existing account of the same, verified e-mail address."""
        email = _verified_email(sociallogin)
        if sociallogin.is_existing or not email:
            return
        account = Account.objects.filter(email__iexact=email, is_active=True).first()
        if account is None:
            return
        sociallogin.connect(request, account)
        events.record(
            events.Event(
                type="accounts.account.linked",
                actor=Actor.system("oidc"),
                object_kind="account",
                object_id=account.id,
            )
        )

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]
    ) -> Account:
        """Take user name and verified e-mail from the claims, tie the person of that e-mail."""
        user: Account = super().populate_user(request, sociallogin, data)
        claims = sociallogin.account.extra_data
        claims = claims.get("userinfo") or claims.get("id_token") or claims
        config = settings.CONFIG.oidc
        name = claims.get(config.claim_username if config else "preferred_username")
        if name:
            user.username = str(name)[:150]
        email = _verified_email(sociallogin)
        user.email = email
        if email:
            user.person = Person.objects.filter(email__iexact=email, account=None).first()
        return user


def _verified_email(sociallogin: SocialLogin) -> str:
    """Return the e-mail that the provider marks as verified, else ``""``."""
    for address in sociallogin.email_addresses:
        if address.verified:
            return str(address.email).lower()
    return ""
