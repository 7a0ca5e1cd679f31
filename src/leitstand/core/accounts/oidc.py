"""Log-in through the city's OpenID Connect provider.

allauth does the protocol (code flow with state and PKCE). Added here: the signature of the ID
token is always checked (OpenID Connect Core 1.0, 3.1.3.7, allows to leave it out only over
TLS), the issuer of the discovery document must be the configured one (Discovery 1.0, 4.3), the
user-info must be about the subject of the ID token (Core, 5.3.2), and a provider that does not
answer leads to a page from which the local log-in still works.
"""

from __future__ import annotations

from typing import Any

import structlog
from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

log = structlog.get_logger("leitstand.oidc")
_DOWN = "leitstand.oidc.down"
_DOWN_SECONDS = 60


def is_down() -> bool:
    """Whether the provider failed to answer within the last minute."""
    return bool(settings.CONFIG.oidc and cache.get(_DOWN))


class CityProvider(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The provider's addresses and tokens, checked more strictly than allauth does."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The discovery document; raises ``OAuth2Error`` if it speaks for another issuer."""
        document: dict[str, Any] = super().openid_config
        wanted = settings.CONFIG.oidc.issuer if settings.CONFIG.oidc else None
        if str(document.get("issuer", "")).rstrip("/") != wanted:
            raise OAuth2Error(f"discovery names the issuer {document.get('issuer')!r}")
        return document

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any
    ) -> Any:
        """Return the log-in; raises ``OAuth2Error`` for a token that does not fit."""
        encoded = kwargs["response"].get("id_token")
        if not encoded:
            raise OAuth2Error("the provider sent no ID token")
        claims = self._decode_id_token(app, encoded)
        data = {"id_token": claims, "userinfo": dict(claims)}
        if "userinfo_endpoint" in self.openid_config:
            told = self._fetch_user_info(token.token)
            if told.get("sub") != claims.get("sub"):
                raise OAuth2Error("user-info and ID token are about different people")
            data["userinfo"] = {**claims, **told}
        return self.get_provider().sociallogin_from_response(request, data)

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
            verify_signature=True,
        )
        return claims


@login_not_required
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the person to the provider; GET leads back to the log-in page."""
    if request.method != "POST":
        return redirect("account_login")
    return _answer(request, provider_id, OAuth2LoginView)


@login_not_required
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take the person back from the provider."""
    return _answer(request, provider_id, OAuth2CallbackView)


def _answer(request: HttpRequest, provider_id: str, view: Any) -> HttpResponse:
    if not settings.CONFIG.oidc:
        raise Http404
    try:
        response: HttpResponse = view.adapter_view(CityProvider(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (OSError, OAuth2Error, ValueError, KeyError) as problem:  # OSError: the HTTP client's
        return unreachable(request, problem)
    return response


def unreachable(request: HttpRequest, problem: Exception) -> HttpResponse:
    """Answer 503 with the way to the local log-in, and remember it for a minute."""
    cache.set(_DOWN, True, _DOWN_SECONDS)
    log.warning("provider does not answer", problem=repr(problem)[:500])
    return render(
        request,
        "socialaccount/authentication_error.html",
        {"oidc": settings.CONFIG.oidc, "unreachable": True},
        status=503,
    )
