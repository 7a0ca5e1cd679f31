"""Reading saved views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.http import urlencode

from leitstand.core.base.actor import Actor
from leitstand.core.saved import policy, selection
from leitstand.core.saved.models import SavedView, StartView
from leitstand.core.saved.registry import pages
from leitstand.core.ui.components import Link

MOST = 30


def address(view: SavedView) -> str:
    """The page with the view's selection."""
    path = reverse(pages[view.page].url_name)
    return f"{path}?{view.query or f'{selection.PLAIN}=yes'}"


def listed(actor: Actor) -> Any:
    """The views that the actor finds, each with ``is_start``: her page opens with it."""
    own = StartView.objects.filter(account=actor.account_id)
    starts = own.filter(view_id=OuterRef("pk"))
    return policy.visible(actor).annotate(is_start=Exists(starts))


@dataclass(frozen=True)
class Offered:
    """The views of one page for one reader; ``start`` is the one that the page opens with."""

    page: str
    views: tuple[SavedView, ...]
    start: SavedView | None

    def context(self, query: str) -> dict[str, Any]:
        """What the menu beside the filters shows while ``query`` is selected."""
        now = selection.parts(query)
        chosen = next((view for view in self.views if selection.parts(view.query) == now), None)
        new = urlencode({"page": self.page, "query": query})
        return {
            "links": [Link(view.name, address(view), view is chosen) for view in self.views],
            "chosen": chosen,
            "start": self.start,
            "start_url": reverse("saved:start", args=[chosen.pk]) if chosen else "",
            "new_url": f"{reverse('saved:new')}?{new}",
            "all_url": reverse("saved:list"),
        }


def offered(actor: Actor, page: str) -> Offered | None:
    """Views of a page; None for visitors and programs, and for pages that cannot be saved."""
    if actor.account_id is None or actor.kind != "user" or page not in pages:
        return None
    found = listed(actor).filter(page=page).order_by("-is_start", "name")[:MOST]
    views = tuple(sorted(found, key=lambda view: view.name.casefold()))
    return Offered(page, views, next((view for view in views if view.is_start), None))


def first(actor: Actor, most: int = 8) -> Sequence[SavedView]:
    """Own views first, then shared ones."""
    found = list(policy.visible(actor).order_by("name")[: most * 4])
    return sorted(found, key=lambda view: view.account_id != actor.account_id)[:most]
