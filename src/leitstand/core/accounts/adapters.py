"""Rules for allauth: no self-registration; the provider's people get an account at first log-in."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from leitstand.core.accounts.models import Account
from leitstand.core.base import clock, events, ids
from leitstand.core.base.actor import Actor
from leitstand.core.org.models import Person

_WRONG = _("User name and password do not fit together. Please try again.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Local log-in: accounts are made by administrators."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is disabled."),
        "email_password_mismatch": _WRONG,
        "username_password_mismatch": _WRONG,
        "enter_current_password": _("This is not your present password."),
        "incorrect_password": _("The password is not correct."),
        "incorrect_code": _("The code is not correct or has expired. Please try again."),
        "too_many_login_attempts": _(
            "Too many failed attempts. Please wait five minutes and try again."
        ),
        "rate_limited": _("Too many attempts. Please wait a moment and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers by herself."""
        return False

    def render_mail(
        self, template_prefix: str, email: str, context: dict[str, Any], headers: Any = None
    ) -> EmailMessage:
        """Return the e-mail; the outbox forgets it once the link in it has run out."""
        ends = clock.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
        known = {**(headers or {}), "Expires": format_datetime(ends)}
        message: EmailMessage = super().render_mail(template_prefix, email, context, known)
        return message


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factor: our words."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is not correct or has expired. Please try again."),
        "cannot_generate_recovery_codes": _(
            "Emergency codes can be made once a second factor is set up."
        ),
    }


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Log-in through the city's provider, which vouches for its people."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Whoever the city's provider lets in gets an account without any role."""
        return True

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Tell a provider that does not answer from a log-in that failed."""
        from leitstand.core.accounts import oidc

        if isinstance(exception, OSError):  # as all errors of the HTTP client are
            raise ImmediateHttpResponse(oidc.unreachable(request, exception))
        oidc.log.warning("log-in through the provider failed", problem=repr(exception)[:500])

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Tie the log-in to an existing account of the same, verified e-mail address.

        Addresses that the provider does not vouch for are dropped: they neither link accounts
        nor end up in one. A disabled account stays shut.
        """
        sociallogin.email_addresses = [a for a in sociallogin.email_addresses if a.verified is True]
        email = _verified_email(sociallogin)
        if sociallogin.is_existing or not email:
            return
        account = Account.objects.filter(email__iexact=email).first()
        if account is None:
            return
        if not account.is_active:
            raise ImmediateHttpResponse(redirect("account_inactive"))
        sociallogin.connect(request, account)
        _record("accounts.account.linked", account)

    def save_user(
        self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None
    ) -> Account:
        """Store a new account, without any role, and record it."""
        account: Account = super().save_user(request, sociallogin, form)
        _record("accounts.account.created", account)
        return account

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
            user.username = _free_name(str(name))
        email = _verified_email(sociallogin)
        user.email = email
        if email:
            user.person = Person.objects.filter(
                email__iexact=email, account=None, active=True
            ).first()
        return user


def _free_name(wanted: str) -> str:
    """Return the name, with a number if another account has it (in whatever case)."""
    taken = Account.objects.values_list("username", flat=True)
    for number in range(1, 100):
        name = wanted[:150] if number == 1 else f"{wanted[:140]}-{number}"
        if not taken.filter(username__iexact=name).exists():
            return name
    return f"{wanted[:110]}-{ids.uuid7().hex}"


def _verified_email(sociallogin: SocialLogin) -> str:
    """Return the e-mail that the provider marks as verified, else ``""``."""
    for address in sociallogin.email_addresses:
        if address.verified is True:
            return str(address.email).lower()
    return ""


def _record(type_: str, account: Account) -> None:
    events.record(
        events.Event(
            type=type_,
            actor=Actor.system("oidc"),
            object_kind="account",
            object_id=account.id,
            personal={"username": account.username},
        )
    )
