"""Draws a `DataTable` as HTML.

Python instead of a template because a list page shows up to a thousand cells, and a
template costs about ten times as much for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.ui.components import Cell

_PHONE = {"scroll": "scroll", "pairs": "cards ls-table--pairs"}
LONG = 25  # rows from which on a table scrolls in itself, so that its head stays in view
KINDS = frozenset({"neutral", "info", "success", "warning", "danger"})


def get(thing: Any, name: str, default: Any = "") -> Any:
    """Attribute or key `name` of a view-model given as an object or as a mapping."""
    if isinstance(thing, Mapping):
        return thing.get(name, default)
    return getattr(thing, name, default)


def text_of(value: object) -> str:
    """A value as escaped text in the reader's language; None is empty."""
    if isinstance(value, str):
        return conditional_escape(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return escape(_("yes") if value else _("no"))
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return escape(date_format(local, "SHORT_DATETIME_FORMAT"))
    if isinstance(value, date):
        return escape(date_format(value, "SHORT_DATE_FORMAT"))
    return escape(str(localize(value)))


_BADGE_ICONS = {"info": "info", "success": "success", "warning": "warning", "danger": "danger"}


def badge(text: object, kind: str = "neutral", icon: str = "") -> SafeString:
    """A badge; an unknown kind is a programming error and raises `ValueError`."""
    if kind not in KINDS:
        raise ValueError(f"unknown badge kind {kind!r}")
    icon = icon or _BADGE_ICONS.get(kind, "")
    mark = (
        f'<span class="kern-icon kern-icon--{escape(icon)}" aria-hidden="true"></span>'
        if icon
        else ""
    )
    return SafeString(
        f'<span class="kern-badge kern-badge--small kern-badge--{kind}">{mark}'
        f'<span class="kern-label">{text_of(text)}</span></span>'
    )


def _content(cell: Any, row_label: str, column_label: str) -> str:
    state = get(cell, "badge", None)
    if state:
        inner = str(badge(get(state, "text"), get(state, "kind", "neutral"), get(state, "icon")))
    else:
        inner = text_of(get(cell, "text", ""))
    url, edit_url, note = get(cell, "url"), get(cell, "edit_url"), get(cell, "note")
    if url:
        inner = f'<a class="ls-cell-link" href="{escape(url)}">{inner}</a>'
    if edit_url:
        inner = _editable(inner, edit_url, row_label, column_label, linked=bool(url))
    return f'{inner}<span class="ls-note">{text_of(note)}</span>' if note else inner


def cell(view: Any, *, row_label: object, column_label: object) -> SafeString:
    """What a cell holds, for a view that answers htmx with one cell."""
    return SafeString(_content(view, text_of(row_label), text_of(column_label)))


def _editable(inner: str, url: str, row_label: str, column_label: str, *, linked: bool) -> str:
    """A link that htmx turns into an input in the cell, and that is a page without it."""
    name = escape(_("Change %(column)s of %(row)s")) % {"column": column_label, "row": row_label}
    pen = '<span class="kern-icon kern-icon--edit ls-edit__pen" aria-hidden="true"></span>'
    attributes = (
        f'class="ls-edit" href="{escape(url)}" hx-get="{escape(url)}" '
        'hx-target="closest .ls-cell" hx-swap="innerHTML"'
    )
    if linked:
        return f'{inner} <a {attributes}>{pen}<span class="kern-sr-only">{name}</span></a>'
    shown = inner or '<span aria-hidden="true">–</span>'
    return f'<a {attributes}>{shown}{pen}<span class="kern-sr-only"> – {name}</span></a>'


def _is_view(cell: Any) -> bool:
    """Whether a cell is a view-model (`components.Cell` or the like) and not a bare value."""
    return isinstance(cell, (Cell, Mapping)) or hasattr(cell, "edit_url")


def _plain(cell: Any) -> str:
    """The text of a row's first cell, as the row's name; escaped."""
    if not _is_view(cell):
        return text_of(cell)
    state = get(cell, "badge", None)
    return text_of(get(state, "text") if state else get(cell, "text", ""))


class _Columns:
    """What the drawing of rows needs of the columns, worked out once."""

    def __init__(self, columns: Sequence[Any], select_name: str, select_form: str) -> None:
        self.labels = [text_of(get(column, "label")) for column in columns]
        self.numeric = [bool(get(column, "numeric", False)) for column in columns]
        self.nowrap = [bool(get(column, "nowrap", False)) for column in columns]
        self.span = len(columns) + (1 if select_name else 0)
        self.select_name = escape(select_name)
        self.select_word = escape(_("Select"))
        self.select_form = f' form="{escape(select_form)}"' if select_form else ""


def _box(row: Any, label: str, columns: _Columns) -> str:
    key = get(row, "key")
    if not columns.select_name:
        return ""
    if not key:
        return '<td class="kern-table__cell ls-select" role="cell"></td>'
    ticked = " checked" if get(row, "checked", False) else ""
    return (
        '<td class="kern-table__cell ls-select" role="cell"><label class="ls-select__target">'
        f'<input class="ls-box" type="checkbox" name="{columns.select_name}" value="{escape(key)}"'
        f'{columns.select_form}{ticked}><span class="kern-sr-only">{columns.select_word}: {label}'
        "</span></label></td>"
    )


def _row(row: Any, columns: _Columns) -> str:
    cells = get(row, "cells", ())
    label = text_of(get(row, "label")) or (_plain(cells[0]) if cells else "")
    kind = get(row, "kind")
    tint = f" ls-row--{kind}" if kind in KINDS else ""
    parts = [f'<tr class="kern-table__row{tint}" role="row">', _box(row, label, columns)]
    for number, cell in enumerate(cells):
        parts.append(_cell(cell, number, columns, label))
    parts.append("</tr>")
    return "".join(parts)


def _cell(cell: Any, number: int, columns: _Columns, row_label: str) -> str:
    label, numeric = columns.labels[number], columns.numeric[number]
    if _is_view(cell):
        own = get(cell, "numeric", None)
        numeric = numeric if own is None else own
        inner = _content(cell, row_label, label)
    else:
        inner = text_of(cell)
    extra = " kern-table__cell--numeric" if numeric else ""
    extra += " ls-nowrap" if columns.nowrap[number] else ""
    extra += "" if inner else " ls-empty-cell"
    if number == 0:
        return (
            f'<th class="kern-table__cell ls-row-head{extra}" scope="row" role="rowheader">'
            f'<div class="ls-cell">{inner}</div></th>'
        )
    return (
        f'<td class="kern-table__cell{extra}" role="cell" data-label="{label}">'
        f'<div class="ls-cell">{inner}</div></td>'
    )


def _header(column: Any, label: str) -> str:
    sort, url = get(column, "sort"), get(column, "sort_url")
    classes = "kern-table__header" + (
        " kern-table__cell--numeric" if get(column, "numeric", False) else ""
    )
    state = f' aria-sort="{escape(sort)}"' if sort in ("ascending", "descending") else ""
    if url:
        mark = '<span class="ls-sort__mark" aria-hidden="true"></span>'
        label = f'<a class="ls-sort ls-sort--{escape(sort or "none")}" href="{escape(url)}">{label}{mark}</a>'
    return f'<th class="{classes}" scope="col" role="columnheader"{state}>{label}</th>'


def _head(table: Any, columns: _Columns) -> str:
    cells = [_header(*pair) for pair in zip(get(table, "columns", ()), columns.labels, strict=True)]
    if columns.select_name:
        every, heading = escape(_("Select all")), escape(_("Selection"))
        cells.insert(
            0,
            '<th class="kern-table__header ls-select" scope="col" role="columnheader">'
            '<label class="ls-select__target" data-select-all hidden>'
            f'<input class="ls-box" type="checkbox"><span class="kern-sr-only">{every}</span>'
            f'</label><span class="kern-sr-only">{heading}</span></th>',
        )
    row = f'<tr class="kern-table__row" role="row">{"".join(cells)}</tr>'
    return f'<thead class="kern-table__head" role="rowgroup">{row}</thead>'


def _group(group: Any, columns: _Columns) -> str:
    rows = get(group, "rows", ())
    count = get(group, "count", None)
    count = len(rows) if count is None else count
    label, url, note = text_of(get(group, "label")), get(group, "url"), get(group, "note")
    title = f'<a class="kern-link" href="{escape(url)}">{label}</a>' if url else label
    number = ngettext("%(number)s entry", "%(number)s entries", count) % {"number": localize(count)}
    quiet = f' <span class="ls-note">{text_of(note)}</span>' if note else ""
    return (
        '<tbody class="kern-table__body" role="rowgroup"><tr class="ls-group" role="row">'
        f'<th class="kern-table__cell" colspan="{columns.span}" scope="rowgroup" role="rowheader">'
        f'{title} <span class="ls-group__count">{escape(number)}</span>{quiet}</th></tr>'
        f"{_body(rows, columns)}</tbody>"
    )


def _body(rows: Iterable[Any], columns: _Columns) -> str:
    return "".join([_row(row, columns) for row in rows])


def render(table: Any) -> SafeString:
    """The table inside its scrolling region; the caller handles the empty table."""
    columns = _Columns(
        get(table, "columns", ()), get(table, "select_name"), get(table, "select_form")
    )
    groups, rows = get(table, "groups", ()), get(table, "rows", ())
    if groups:
        body = "".join([_group(group, columns) for group in groups])
    else:
        body = f'<tbody class="kern-table__body" role="rowgroup">{_body(rows, columns)}</tbody>'
    footer = get(table, "footer", None)
    foot = (
        f'<tfoot class="kern-table__footer" role="rowgroup">{_row(footer, columns)}</tfoot>'
        if footer
        else ""
    )
    caption = text_of(get(table, "caption"))
    shown = "kern-title" if get(table, "caption_visible", False) else "kern-sr-only"
    phone = _PHONE.get(str(get(table, "on_phone", "cards")), "cards")
    number = len(rows) + sum(len(get(group, "rows", ())) for group in groups)
    long = " ls-table--long" if number >= LONG else ""
    return SafeString(
        f'<div class="ls-table ls-table--{phone}{long}" role="region" tabindex="0" aria-label="{caption}">'
        f'<table class="kern-table kern-table--small" id="{escape(get(table, "id", "table"))}" role="table">'
        f'<caption class="{shown}">{caption}</caption>{_head(table, columns)}{body}{foot}</table></div>'
    )


def is_empty(table: Any) -> bool:
    """Whether there is nothing to show: no rows and no group with rows."""
    groups = get(table, "groups", ())
    return not get(table, "rows", ()) and not any(get(group, "rows", ()) for group in groups)
