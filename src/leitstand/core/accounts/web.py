"""Views around allauth's: log-in with the city's provider, and pages for what does not exist."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.views import LoginView, PasswordResetFromKeyView, PasswordResetView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import deactivate_totp as allauth_deactivate_totp
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from leitstand.core.accounts import oidc

_RESET_TAKES_S = 0.25


class _Login(LoginView):  # type: ignore[misc]
    """The log-in page; says so while the city's provider does not answer."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the provider and whether it answers."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["oidc"] = settings.CONFIG.oidc
        context["oidc_down"] = oidc.is_down()
        context["next_url"] = self.get_next_url() or ""
        return context


login = _Login.as_view()


def no_signup(request: HttpRequest) -> HttpResponse:
    """Say that accounts are made by the administration."""
    return render(request, "account/signup_closed.html")


class _Forgotten(PasswordResetView):  # type: ignore[misc]
    """Asks for the address; answers the same, and as fast, whether an account has it or not."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send the link if a mail server is set and an account has the address."""
        if not settings.CONFIG.smtp_url:
            return redirect("account_reset_password")
        begun = time.monotonic()
        response: HttpResponse = super().post(request, *args, **kwargs)
        time.sleep(max(0.0, _RESET_TAKES_S - (time.monotonic() - begun)))
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether e-mails can be sent, and about the city's log-in."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {
            **context,
            "oidc": settings.CONFIG.oidc,
            "by_mail": bool(settings.CONFIG.smtp_url),
        }


forgotten = never_cache(_Forgotten.as_view())
new_password = never_cache(PasswordResetFromKeyView.as_view())


@login_required
def to_my_account(request: HttpRequest) -> HttpResponse:
    """Lead to the page that shows what belongs to the account."""
    return redirect("administration:account")


@login_required
def deactivate_totp(request: HttpRequest) -> HttpResponse:
    """Remove the app as second factor; without one, lead to the overview."""
    mine = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP)
    if not mine.exists():
        return redirect("mfa_index")
    response: HttpResponse = allauth_deactivate_totp(request)
    return response
