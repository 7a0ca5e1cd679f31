"""Figures of done, started and planned projects as tiles, bars and tables with links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.tables.query import Query
from leitstand.core.ui import components as ui
from leitstand.core.ui.stack import Part
from leitstand.portfolio.queries.indicators import PARTS, Figures, Share


def labels() -> dict[str, Any]:
    """The parts in words."""
    return {
        "done": _("completed"),
        "started": _("started"),
        "planned": _("planned"),
        "ideas": _("ideas"),
        "cancelled": _("cancelled"),
    }


KINDS = {"done": "done", "started": "running", "planned": "planned"}


def link(query: Query, filters: Mapping[str, Any], part: str = "") -> str:
    """The list that holds exactly the counted projects; "" where no query string says that.

    Figures count within the selection, and a query string holds one condition per filter: where
    the selection has another one of the same name, both cannot be asked for.
    """
    more = dict(filters)
    if part:
        own = query.filters.get("phase")
        more["phase"] = tuple(p for p in PARTS[part] if own is None or p in own)
        if not more["phase"]:
            return ""
    if any(not _narrows(name, value, query.filters.get(name)) for name, value in filters.items()):
        return ""
    return query.having(**more).url(reverse("portfolio:list"), selection_only=True)


def _narrows(name: str, value: Any, own: Any) -> bool:
    """Whether a condition may take the place of the selection's own of the same name."""
    if own is None or own == value:
        return True
    if name in ("programme", "size", "lead_unit_only"):
        return set(value) <= set(own)
    if name == "budget_year":
        least, most = own
        return (least is None or least <= value[0]) and (most is None or value[1] <= most)
    return False


def bar(figures: Figures, query: Query, filters: Mapping[str, Any]) -> list[Part]:
    """Done, started, planned; each linked to its list."""
    words = labels()
    return [
        Part(words[name], getattr(figures, name), kind, link(query, filters, name))
        for name, kind in KINDS.items()
    ]


def percent(part: int, whole: int) -> str:
    """A share in whole percent; "–" of nothing."""
    return f"{round(100 * part / whole)} %" if whole else "–"


def tiles(figures: Figures, query: Query, filters: Mapping[str, Any]) -> list[ui.Tile]:
    """The three figures with their shares."""
    words = labels()
    return [
        ui.Tile(
            words[name],
            getattr(figures, name),
            _("%(share)s of %(whole)d counted projects")
            % {"share": percent(getattr(figures, name), figures.counted), "whole": figures.counted},
            link(query, filters, name),
        )
        for name in KINDS
    ]


def table(
    caption: Any, first: Any, shares: Sequence[Share], query: Query, *, id: str, page: str = ""
) -> ui.DataTable:
    """Figures per part as a table; ``page`` is the URL name of a part's own page."""
    words = labels()
    columns = [ui.Column("name", first)]
    columns += [ui.Column(name, words[name], numeric=True) for name in PARTS]
    columns += [
        ui.Column("total", _("total"), numeric=True),
        ui.Column("share", _("completed, share"), numeric=True),
    ]
    rows = [_row(share, query, page) for share in shares]
    return ui.DataTable(caption, columns, rows, id=id, caption_visible=True, on_phone="scroll")


def _row(share: Share, query: Query, page: str) -> ui.Row:
    own = reverse(f"portfolio:{page}", args=[share.id]) if page and share.id else ""
    cells: list[Any] = [ui.Cell(share.label or _("not given"), url=own)]
    for name in PARTS:
        number = getattr(share.figures, name)
        cells.append(ui.Cell(number, url=link(query, share.filters, name) if number else ""))
    total = share.figures.total
    cells.append(ui.Cell(total, url=link(query, share.filters) if total else ""))
    cells.append(percent(share.figures.done, share.figures.counted))
    return ui.Row(cells)
