"""What the pages of planning share: who reads, tabs, breadcrumbs, numbers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base.actor import Actor
from leitstand.core.policy.grants import require
from leitstand.core.ui import components as ui
from leitstand.planning import policy
from leitstand.planning.domain.capacity import Quarter


def reader(request: HttpRequest) -> tuple[Actor, int]:
    """Who reads and up to which level projects count; raises ``NotAllowed``."""
    actor = actor_of(request)
    return actor, policy.level(actor)


def keeper(request: HttpRequest) -> Actor:
    """Who keeps positions; raises ``NotAllowed``."""
    actor = actor_of(request)
    require(actor, policy.SUPPLY, citywide=True)
    return actor


def tabs(actor: Actor, current: str) -> list[ui.Link]:
    """The views of planning that the actor may open."""
    found = [("capacity", _("Utilisation"))]
    found.append(("scenarios", _("Scenarios")))
    if policy.may_keep(actor):
        found.append(("supply", _("Positions")))
    return [ui.Link(label, reverse(f"planning:{name}"), name == current) for name, label in found]


def crumbs(*more: Any) -> list[ui.Link]:
    """Planning and what lies below; the last one without an address."""
    found = [ui.Link(_("Planning"), reverse("planning:capacity"))]
    return [*found, *(one if isinstance(one, ui.Link) else ui.Link(one) for one in more)]


def number(value: float, places: int = 0) -> str:
    """A number in the reader's form."""
    return number_format(round(value, places), decimal_pos=places, force_grouping=True)


def quarter_name(quarter: Quarter) -> str:
    """Such as "Q1 2027"."""
    return _("Q%(number)s %(year)s") % {"number": quarter.number, "year": quarter.year}
