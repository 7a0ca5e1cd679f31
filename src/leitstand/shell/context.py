"""Template context of every page: city, navigation, user menu, footer."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import past as past_pages
from leitstand.core.base.actor import Actor
from leitstand.core.history import past
from leitstand.core.notify.queries import unread_count
from leitstand.core.policy.grants import grants
from leitstand.core.ui import registry
from leitstand.core.ui.components import Link
from leitstand.core.ui.public import Publisher
from leitstand.shell.models import Licence, Site

_cached: tuple[float, Site | None] = (0.0, None)


def site() -> Site:
    """Return the site's row or its defaults; read at most every 5 seconds."""
    global _cached
    moment, found = _cached
    if found is None or time.monotonic() - moment > 5:
        found = Site.objects.first() or Site()
        _cached = (time.monotonic(), found)
    return found


def forget_site() -> None:
    """Drop the cached row after a change."""
    global _cached
    _cached = (0.0, None)


def publisher() -> Publisher:
    """Who publishes, and under which licence."""
    here = site()
    licence = Licence(here.data_licence)
    name = str(licence.label) if licence is not Licence.NONE else ""
    return Publisher(here.city, name, here.data_licence)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return what ``ui/base.html`` needs; worked out once for all templates of a page."""
    actor = actor_of(request)
    valid_for = (actor, get_language())
    known: tuple[object, dict[str, Any]] | None = getattr(request, "_frame", None)
    if known is None or known[0] != valid_for:
        known = (valid_for, _frame(request, actor))
        setattr(request, "_frame", known)  # noqa: B010 - not an attribute that Django declares
    return dict(known[1])


def _frame(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    here = site()
    return {
        "city": here.city,
        "product_version": settings.VERSION,
        "navigation": _navigation(actor, request.path),
        "past": past_pages.shown(request),
        "past_offer": past_pages.offer(request),
        "user_name": actor.name,
        "unread_notices": SimpleLazyObject(lambda: _unread(actor)),
        "user_links": [
            Link(_("My account"), reverse("administration:account")),
            Link(_("How notices come"), reverse("administration:notice_preferences")),
        ]
        if actor.account_id
        else [],
        "footer_links": [
            Link(_("Imprint"), reverse("shell:text", args=["impressum"])),
            Link(_("Privacy notice"), reverse("shell:text", args=["datenschutz"])),
            Link(_("Accessibility statement"), reverse("shell:text", args=["barrierefreiheit"])),
            Link(_("Report a barrier"), _feedback_url(request)),
        ],
        "api_url": "/api/v1/docs",
        "source_url": here.source_url,
        "actor": actor,
    }


def _unread(actor: Actor) -> int:
    """How many notices wait; a page about a store that is gone must not fail for it."""
    try:
        return unread_count(actor.account_id)
    except (DatabaseError, InterfaceError):
        return 0


def _feedback_url(request: HttpRequest) -> str:
    """The form, with the page that the reader comes from filled in."""
    url = reverse("shell:feedback")
    if request.path in ("/", url):
        return url
    return f"{url}?{urlencode({'seite': request.path[:300]})}"


def _navigation(actor: Actor, path: str) -> list[Link]:
    with past.present():  # the way to everything else stays open
        return navigation(actor, path)


def navigation(actor: Actor, path: str) -> list[Link]:
    """Return the entries open to the actor, grouped, the current one marked."""
    links: list[Link] = []
    groups: dict[str, list[Link]] = {}
    for entry in sorted(registry.navigation, key=lambda e: e.order):
        if not _open(entry, actor):
            continue
        url = reverse(entry.url_name)
        link = Link(entry.label, url, current=_is_current(entry, url, path))
        group = str(entry.group)
        if not group:
            links.append(link)
            continue
        if group not in groups:
            groups[group] = []
            links.append(Link(entry.group, children=groups[group]))
        groups[group].append(link)
    return [_mark(link) for link in links]


def _mark(link: Link) -> Link:
    if link.children and any(child.current for child in link.children):
        return Link(link.label, link.url, current=True, children=link.children)
    return link


def _open(entry: registry.NavEntry, actor: Actor) -> bool:
    if actor.account_id is None:
        return entry.public
    return not entry.permission or bool(grants(actor, entry.permission))


def _is_current(entry: registry.NavEntry, url: str, path: str) -> bool:
    prefixes = entry.prefixes or (url,)
    return path == url or any(p != "/" and path.startswith(p) for p in prefixes)
