"""What all views of the portfolio share: who reads, the query string, filters and tabs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.accounts.identity import actor_of, of_token
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotAllowed
from leitstand.core.policy.grants import grants, why
from leitstand.core.saved import queries as saved_views
from leitstand.core.saved import reading as saved_reading
from leitstand.core.saved.selection import PLAIN
from leitstand.core.tables.query import Query, read
from leitstand.core.ui.components import Link
from leitstand.core.ui.filterform import active_filters, filter_form
from leitstand.portfolio import policy
from leitstand.portfolio.queries import options
from leitstand.portfolio.queries.projects import PROJECT_LIST
from leitstand.portfolio.tables import PROJECTS

FIRST = ("q", "lead_unit", "programme", "mine", "late")
MORE = (
    "phase", "light", "fields_of_action", "goals", "lead_name",
    "start", "end", "due", "due_kind", "law_at_risk", "progress", "size", "budget_year",
    "confidentiality", "published",
)  # fmt: skip


def reader(request: HttpRequest) -> Actor:
    """The actor, if she may see projects at all; otherwise `NotAllowed` with the reason.

    Reading takes a bearer token too, so that scripts and calendars can fetch what people see.
    """
    actor = _token_actor(request) or actor_of(request)
    if not actor.is_system and not grants(actor, policy.VIEW):
        raise NotAllowed(why(actor, policy.VIEW).text)
    return actor


def _token_actor(request: HttpRequest) -> Actor | None:
    scheme, _blank, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.casefold() != "bearer" or request.method not in ("GET", "HEAD"):
        return None
    return of_token(text.strip(), request)


@dataclass(frozen=True)
class View:
    """One request of a view: who asks, what for, and the page's own parameters."""

    request: HttpRequest
    actor: Actor
    query: Query
    name: str
    own: dict[str, str]
    saved: saved_views.Offered | None = None

    @property
    def path(self) -> str:
        """The page's address."""
        return self.request.path

    @property
    def reset_url(self) -> str:
        """The page with everything, past a start view of one's own."""
        return f"{self.path}?{PLAIN}=yes" if PLAIN in self.own else self.path

    def url(self, **own: str) -> str:
        """This page with other parameters of its own; an empty one is left out."""
        merged = {**self.own, **own}
        return self.query.url(self.path, {name: text for name, text in merged.items() if text})

    def context(self, title: Any, **more: Any) -> dict[str, Any]:
        """The template's context: filters, chips, tabs, hints and what the view adds."""
        choices = options.for_filters(self.query.filters)
        parts = [(_("More filters"), filter_form(self.query, MORE, choices, prefix="m"))]
        return {
            "title": title,
            "crumbs": [Link(_("Start page"), "/"), Link(title)],
            "query": self.query,
            "filter": filter_form(self.query, FIRST, choices, prefix="f"),
            "more": parts,
            "keep": [*self.own, "group", "sort", "columns"],
            "active": active_filters(self.query, choices, self.path, self.own),
            "reset_url": self.reset_url,
            "problems": self.query.problems,
            "views": tabs(self.query, self.name, self.own),
            "saved": self.saved.context(self.url().partition("?")[2]) if self.saved else None,
            **more,
        }


_TABS = (
    ("list", gettext_lazy("Table")),
    ("roadmap", gettext_lazy("Roadmap")),
    ("board", gettext_lazy("Board")),
    ("matrix", gettext_lazy("Priorities")),
    ("indicators", gettext_lazy("Indicators")),
    ("downloads", gettext_lazy("Download")),
)


def tabs(query: Query, current: str, own: Mapping[str, str]) -> Sequence[Link]:
    """The views of the same selection; past start views if this page was opened so."""
    plain = {PLAIN: own[PLAIN]} if PLAIN in own else {}
    return [
        Link(
            label,
            query.url(reverse(f"portfolio:{name}"), plain, selection_only=True),
            current=name == current,
        )
        for name, label in _TABS
    ]


def view(request: HttpRequest, name: str, *, own: Collection[str] = ()) -> View:
    """Read the request; ``own`` are the page's own parameters."""
    actor = reader(request)
    data = {key: [str(text) for text in texts] for key, texts in request.GET.lists()}
    query = read(PROJECT_LIST, data, other=(*own, PLAIN))
    chosen = {key: data[key][-1][:40] for key in own if data.get(key) and data[key][-1]}
    saved = saved_views.offered(actor, name)
    if saved and saved.start:
        chosen[PLAIN] = "yes"  # every link of the page leads past the start view
    return View(request, actor, query, name, chosen, saved)


def tidy(asked: View) -> HttpResponse | None:
    """A redirect to one's start view, or to the short form of what a form has sent, or None.

    Forms send every empty field; the short form is what people copy, and it is the same for
    the same selection.
    """
    lists = dict(asked.request.GET.lists())
    if not lists and asked.saved and asked.saved.start and asked.request.method == "GET":
        return HttpResponseRedirect(saved_views.address(asked.saved.start))
    if asked.query.problems or asked.request.method != "GET":
        return None
    if all("" not in texts for texts in lists.values()):
        return None
    usual = [column.name for column in PROJECTS.visible() if column.name not in ("title", "number")]
    unchanged = list(asked.query.columns) == usual
    query = replace(asked.query, columns=()) if unchanged else asked.query
    return HttpResponseRedirect(query.url(asked.path, asked.own))


def words(actor: Actor, query: str, own: Collection[str] = ()) -> list[str]:
    """What a stored query string selects, and how it is shown, in words."""
    found = saved_reading.of_text(PROJECT_LIST, query, own)
    return saved_reading.words(found, options.for_filters(found.filters))
