"""Puts ``request.actor`` in place and activates the person's language."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from leitstand.core.accounts import identity
from leitstand.core.base.actor import Actor


class CurrentActor:
    """Works out the actor from the session; bearer tokens are read by the API's authenticator."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Attach the actor and answer in the account's language."""
        if request.path == "/healthz":  # answers even if the store that knows accounts is gone
            return self.get_response(request)
        user = request.user
        if user.is_authenticated:
            request.actor = identity.of_account(user, request)  # type: ignore[attr-defined]
            language = request.COOKIES.get("django_language") or user.language
            translation.activate(language if language in {"de", "en"} else "de")
            request.LANGUAGE_CODE = translation.get_language() or "de"
        else:
            request.actor = Actor.anonymous(getattr(request, "request_id", ""))  # type: ignore[attr-defined]
        return self.get_response(request)
