"""``/id/<kind>/<uuid>``: the lasting address of every object, leads to its page."""

from __future__ import annotations

import uuid

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base.errors import NotFound
from leitstand.core.base.kinds import resource_kinds


def resource(request: HttpRequest, kind: str, identifier: uuid.UUID) -> HttpResponse:
    """Redirect to the object's page if the reader may see it; else it is "not found"."""
    found = None
    if kind in resource_kinds:
        found = resource_kinds[kind].find(actor_of(request), identifier)
    if found is not None:
        return redirect(resource_kinds[kind].url(found))
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    raise NotFound
