"""What the three lists of the council share: selection, saved views, downloads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration.access import needs
from leitstand.core.administration.choices import unit_choices
from leitstand.core.administration.downloads import FORMS, respond
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound
from leitstand.core.history import past
from leitstand.core.saved import queries as saved_views
from leitstand.core.saved import reading as saved_reading
from leitstand.core.saved.selection import PLAIN
from leitstand.core.tables.query import ListSpec, Query, read
from leitstand.core.ui import components as ui
from leitstand.core.ui.filterform import Options, active_filters, filter_form
from leitstand.reporting import policy_council
from leitstand.reporting.actions.exports import record_export
from leitstand.reporting.queries import council, tracking

_PAGE = 50
Rows = Callable[[Actor, Query], Iterable[Mapping[str, Any]]]


@dataclass(frozen=True)
class CouncilList:
    """A list of the council: its page, its columns, the filters in sight and those behind them."""

    code: str
    label: Any
    url_name: str
    export_name: str
    spec: ListSpec
    first: tuple[str, ...]
    more: tuple[str, ...]
    rows: Rows


def _papers(actor: Actor, query: Query) -> Iterable[Mapping[str, Any]]:
    found = query.order(query.narrow(policy_council.visible(actor), actor))
    return council.paper_rows(found)


def _resolutions(actor: Actor, query: Query) -> Iterable[Mapping[str, Any]]:
    return tracking.resolution_rows(actor, tracking.chosen(actor, query))


def _meetings(actor: Actor, query: Query) -> Iterable[Mapping[str, Any]]:
    return council.meeting_rows(council.sittings(actor, query))


PAPERS = CouncilList(
    "council-papers", _("Papers"), "reporting:papers", "reporting:papers_export",
    council.PAPER_LIST, ("q", "kind", "tracked"), ("year", "date", "state", "next_report", "followed"),
    _papers,
)  # fmt: skip
RESOLUTIONS = CouncilList(
    "council-resolutions", _("Tracked resolutions"), "reporting:trackings",
    "reporting:trackings_export", tracking.RESOLUTION_LIST, ("q", "unit", "open", "late"),
    ("state", "kind", "next_report", "decided_on", "mine", "followed"), _resolutions,
)  # fmt: skip
MEETINGS = CouncilList(
    "council-meetings", _("Meetings and deadlines"), "reporting:council",
    "reporting:council_export", council.MEETING_LIST, ("q", "committee", "start", "past"),
    ("cancelled", "place"), _meetings,
)  # fmt: skip
LISTS = (PAPERS, RESOLUTIONS, MEETINGS)


@dataclass(frozen=True)
class Asked:
    """What somebody asked of a list, and what the page shows beside it."""

    of: CouncilList
    actor: Actor
    query: Query
    path: str
    own: dict[str, str] = field(default_factory=dict)
    saved: saved_views.Offered | None = None

    def page(self, found: Any) -> Page[Any]:
        """The rows of the page that is asked for."""
        return Paginator(found, _PAGE).get_page(self.query.page)

    def context(self) -> dict[str, Any]:
        """Filters, saved views, downloads."""
        choices = options(self.of, self.actor)
        words = self.query.url().removeprefix("?")
        more = filter_form(self.query, self.of.more, choices, prefix="m")
        return {
            "filter": filter_form(self.query, self.of.first, choices, prefix="f"),
            "more": [(_("More filters"), more)],
            "active": active_filters(self.query, choices, self.path, self.own),
            "reset_url": f"{self.path}?{PLAIN}=yes" if self.own else self.path,
            "problems": self.query.problems,
            "saved": self.saved.context(words) if self.saved else None,
            "downloads": [ui.Link(form.upper(), self.link(form)) for form in FORMS],
        }

    def link(self, form: str) -> str:
        """The address of the selection as a file."""
        address = reverse(self.of.export_name, args=[form])
        return self.query.url(address, selection_only=True)


def asked_of(request: HttpRequest, of: CouncilList) -> Asked | HttpResponseRedirect:
    """What the address asks for, or where it leads: to the start view, to the shorter address."""
    actor = actor_of(request)
    lists = _lists(request)
    saved = None if past.is_past() else saved_views.offered(actor, of.code)
    start = saved.start if saved else None
    if start and not lists:
        return HttpResponseRedirect(saved_views.address(start))
    own = {PLAIN: "yes"} if start else {}  # every link of the page leads past the start view
    query = read(of.spec, lists, other=(PLAIN,))
    if not query.problems and any("" in texts for texts in lists.values()):
        return HttpResponseRedirect(query.url(request.path, own))
    return Asked(of, actor, query, request.path, own, saved)


def empty(narrowed: bool, title: str, text: str) -> dict[str, Any]:
    """What a table without rows says: that the filters leave nothing, or where rows come from."""
    if narrowed:
        title = gettext("Nothing matches the filters")
        text = gettext("Take off a filter, or search for another word.")
    return {"empty_title": title, "empty_text": text}


def _lists(request: HttpRequest) -> dict[str, list[str]]:
    return {key: [str(text) for text in texts] for key, texts in request.GET.lists()}


def options(of: CouncilList, actor: Actor) -> Mapping[str, Options]:
    """The choices of units and committees."""
    if of is RESOLUTIONS:
        return {"unit": unit_choices()}
    if of is MEETINGS:
        rows = council.committees(actor).values_list("pk", "name")
        return {"committee": [(str(key), name) for key, name in rows]}
    return {}


def words_of(of: CouncilList) -> Callable[[Actor, str], Sequence[str]]:
    """What a stored query string of the list selects, in words."""

    def words(actor: Actor, query: str) -> list[str]:
        return saved_reading.words(saved_reading.of_text(of.spec, query), options(of, actor))

    return words


def _export(of: CouncilList, request: HttpRequest, form: str) -> HttpResponseBase:
    if form not in FORMS:
        raise NotFound
    actor = actor_of(request)
    query = read(of.spec, _lists(request))
    selection = dict(query.pairs(selection_only=True))
    record_export(of.code, form, actor=actor, selection=selection)
    return respond(form, of.spec.table, of.rows(actor, query))


@needs(policy_council.VIEW)
def papers_export(request: HttpRequest, form: str) -> HttpResponseBase:
    """The selected papers as CSV, XLSX or JSON."""
    return _export(PAPERS, request, form)


@needs(policy_council.VIEW)
def trackings_export(request: HttpRequest, form: str) -> HttpResponseBase:
    """The selected resolutions as CSV, XLSX or JSON."""
    return _export(RESOLUTIONS, request, form)


@needs(policy_council.VIEW)
def council_export(request: HttpRequest, form: str) -> HttpResponseBase:
    """The selected meetings with deadlines as CSV, XLSX or JSON."""
    return _export(MEETINGS, request, form)


def export_title(code: str) -> str:
    """Name of the list that an export recorded by its code."""
    return next((str(of.label) for of in LISTS if of.code == code), code)
