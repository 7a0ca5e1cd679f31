"""What all pages here share: who may open them, how forms reach actions, how lists are paged."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.policy import grants

PAGE_SIZE = 50
View = Callable[..., HttpResponseBase]


def needs(permission: str) -> Callable[[View], View]:
    """Let a view be opened by people with ``permission`` anywhere; others see the reason."""

    def decorate(view: View) -> View:
        @login_required
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            grants.require(actor_of(request), permission)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def may(actor: Actor, permission: str) -> bool:
    """Whether the actor holds the permission anywhere; for buttons, never as the check itself."""
    return bool(grants.grants(actor, permission))


def carried_out(form: forms.Form, action: Callable[[dict[str, Any]], Any]) -> bool:
    """Run ``action`` with the form's values; puts what it objects to into the form."""
    if not form.is_valid():
        return False
    try:
        action(form.cleaned_data)
    except Invalid as problem:
        for name, texts in problem.errors.items():
            form.add_error(name if name in form.fields else None, texts)
        return False
    return True


def paged(request: HttpRequest, items: Any, size: int = PAGE_SIZE) -> Page[Any]:
    """Return the page that ``?seite=`` asks for; a number out of range means the nearest."""
    return Paginator(items, size).get_page(request.GET.get("seite"))


def yes_no(value: bool) -> str:
    """Return yes or no in the reader's language."""
    return _("yes") if value else _("no")
