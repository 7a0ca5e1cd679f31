"""Public pages of the projects: list, page, feed, open data. The same for every visitor."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import orjson
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import urlize
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_safe

from leitstand.core.base.actor import Actor
from leitstand.core.tables.query import Query, read
from leitstand.core.tables.writing import csv_chunks, json_object
from leitstand.core.ui.components import Badge, Kind, Link, Tile
from leitstand.core.ui.filterform import active_filters
from leitstand.core.ui.public import cacheable, publicly, publisher
from leitstand.portfolio.models import Phase
from leitstand.portfolio.queries import public as queries
from leitstand.portfolio.queries.public import PUBLIC_LIST, Published
from leitstand.portfolio.tables.public import PUBLISHED

_BADGES: dict[str, Kind] = {
    Phase.RUNNING: "info",
    Phase.DONE: "success",
    Phase.PAUSED: "warning",
}


class FilterForm(forms.Form):
    """What the list can be narrowed by."""

    q = forms.CharField(label=gettext_lazy("Search term"), required=False)
    fields_of_action = forms.ChoiceField(label=gettext_lazy("Field of action"), required=False)
    phase = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    lead_unit = forms.ChoiceField(label=gettext_lazy("Responsible"), required=False)

    def __init__(self, query: Query, options: dict[str, list[tuple[str, str]]]) -> None:
        super().__init__(auto_id="filter-%s")
        every = [("", _("all"))]
        for name in ("fields_of_action", "phase", "lead_unit"):
            field: Any = self.fields[name]
            field.choices = every + [(value, str(label)) for value, label in options[name]]
            chosen = query.filters.get(name)
            field.initial = str(chosen[0]) if chosen else ""
        self.fields["q"].initial = query.search


def _asked(request: HttpRequest) -> Query:
    """The query string; what pages for people logged in know besides is unknown here."""
    known = ("q", "fields_of_action", "phase", "lead_unit", "page")
    given = {name: texts for name, texts in request.GET.lists() if name in known}
    return read(PUBLIC_LIST, {name: [str(text) for text in texts] for name, texts in given.items()})


def _options() -> dict[str, list[tuple[str, str]]]:
    phases = [(value, str(label)) for value, label in Phase.choices]
    return {**queries.options(), "phase": phases}


@require_safe
def projects(request: HttpRequest) -> HttpResponseBase:
    """All published projects, filtered and searched."""
    query, options = _asked(request), _options()
    page, found = queries.one_page(query)
    values = {
        "title": _("Digital projects"),
        "crumbs": [Link(_("Start page"), "/"), Link(_("Digital projects"))],
        "tiles": figure_tiles(),
        "page": page,
        "cards": cards(found),
        "filter": FilterForm(query, options),
        "active": active_filters(query, options, request.path),
        "narrowed": query.is_narrowed,
        "problems": query.problems,
        "columns": PUBLISHED.columns,
        "publisher": publisher(),
    }
    return publicly(
        request, "portfolio/public_list.html", values, last_modified=queries.last_change()
    )


def figure_tiles() -> list[Tile]:
    """Done, under way, planned: each leads to the list."""
    found = queries.figures()
    url = reverse("public:projects")
    running = f"{url}?phase=running&phase=paused"
    planned = f"{url}?phase=planned&phase=requested&phase=idea"
    return [
        Tile(_("planned"), found.planned, _("projects"), planned),
        Tile(_("under way"), found.started, _("projects"), running, kind="info"),
        Tile(_("finished"), found.done, _("projects"), f"{url}?phase=done", kind="success"),
    ]


def cards(found: Any) -> list[dict[str, Any]]:
    """Projects as cards: the project and its state as a badge."""
    return [{"project": project, "badge": _badge(project)} for project in found]


def _badge(project: Published) -> Badge:
    return Badge(project.phase_label, _BADGES.get(project.phase, "neutral"))


def start_section(actor: Actor) -> dict[str, Any]:
    """The projects on the start page of visitors."""
    return {
        "tiles": figure_tiles(),
        "cards": cards(queries.newest(queries.NEWEST)),
        "list_url": reverse("public:projects"),
    }


@require_safe
def project(request: HttpRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """One published project."""
    found = queries.one(project_id)
    shows_progress = found.phase not in (Phase.IDEA, Phase.CANCELLED)
    facts = [
        (_("State"), "" if shows_progress else found.phase_text),
        (_("Period"), found.period[:1].upper() + found.period[1:]),
        (_("Responsible"), found.lead_unit),
        (_("Field of action"), "\n".join(found.fields_of_action)),
        (_("Goals"), "\n".join(found.goals)),
        (_("Contact"), SafeString(urlize(found.contact, nofollow=True, autoescape=True))),
        (_("Last change"), timezone.localdate(found.updated_at)),
    ]
    values = {
        "title": found.title,
        "crumbs": [
            Link(_("Start page"), "/"),
            Link(_("Digital projects"), reverse("public:projects")),
            Link(found.title),
        ],
        "project": found,
        "badge": _badge(found),
        "facts": [(label, value) for label, value in facts if value],
        "shows_progress": shows_progress,
    }
    return publicly(
        request, "portfolio/public_project.html", values, last_modified=found.updated_at
    )


# --- for programs: in German, whatever the reader's language -----------------------------------


def _send(
    request: HttpRequest, body: bytes | str, kind: str, changed: datetime | None
) -> HttpResponseBase:
    response = HttpResponse(body, content_type=kind)
    response["Access-Control-Allow-Origin"] = "*"  # open data may be read by any page
    url = publisher().licence_url
    if url:
        response["Link"] = f'<{url}>; rel="license"'
    return cacheable(request, response, last_modified=changed)


@require_safe
@override("de")
def feed(request: HttpRequest) -> HttpResponseBase:
    """The projects that were changed last, as Atom (RFC 4287)."""
    changed = queries.last_change()
    values = {
        "base": settings.CONFIG.base_url,
        "self": settings.CONFIG.base_url + reverse("public:feed"),
        "home": settings.CONFIG.base_url + reverse("public:projects"),
        "publisher": publisher(),
        "updated": (changed or datetime.fromtimestamp(0, tz=timezone.get_default_timezone())),
        "projects": queries.newest(queries.FEED_LENGTH),
    }
    body = render_to_string("portfolio/public_feed.xml", values)
    return _send(request, body, "application/atom+xml; charset=utf-8", changed)


@require_safe
@override("de")
def open_json(request: HttpRequest) -> HttpResponseBase:
    """All published projects as JSON, with what the fields mean."""
    changed, source = queries.last_change(), publisher()
    columns = PUBLISHED.columns
    found = [
        {
            **json_object(columns, queries.row_of(row)),
            "milestones": [
                {"title": step.title, "due": step.due, "done_on": step.done_on}
                for step in row.steps
            ],
        }
        for row in queries.everything()
    ]
    body = {
        "title": _("Digital projects"),
        "publisher": source.name,
        "licence": {"name": source.licence_name, "url": source.licence_url},
        "modified": changed,
        "fields": {c.name: f"{c.label}. {c.help}".strip(". ") for c in columns},
        "count": len(found),
        "projects": found,
    }
    return _send(request, orjson.dumps(body), "application/json", changed)


@require_safe
@override("de")
def open_csv(request: HttpRequest) -> HttpResponseBase:
    """All published projects as CSV for spreadsheet programs."""
    rows = (queries.row_of(row) for row in queries.everything())
    body = b"".join(csv_chunks(PUBLISHED.columns, rows))
    return _send(request, body, "text/csv; charset=utf-8", queries.last_change())
