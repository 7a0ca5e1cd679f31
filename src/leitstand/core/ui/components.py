"""What the components of the kit are given: small frozen dataclasses without behaviour.

Templates and tags read attributes only, so a dict with the same keys or any other
object with these attributes will do as well. Texts are escaped unless they are
`SafeString`s. Numbers and dates are written in the reader's language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text: TypeAlias = str | _StrPromise
else:
    Text: TypeAlias = object

Kind: TypeAlias = Literal["neutral", "info", "success", "warning", "danger"]
Sort: TypeAlias = Literal["", "none", "ascending", "descending"]


@dataclass(frozen=True, slots=True)
class Link:
    """A link with a text. `current` marks the page or section the reader is in."""

    label: Text
    url: str = ""
    current: bool = False
    children: Sequence[Link] = ()
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """A button of a page header: a link, or with `post` a form that posts to `url`.

    `icon` is the name of a KERN icon, such as "add" or "download".
    """

    label: Text
    url: str
    kind: Literal["primary", "secondary", "tertiary"] = "secondary"
    icon: str = ""
    post: bool = False


@dataclass(frozen=True, slots=True)
class Badge:
    """A state in words, with colour and icon by `kind`."""

    text: Text
    kind: Kind = "neutral"
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure with its name, and what it means underneath."""

    label: Text
    value: object
    note: Text = ""
    url: str = ""
    unit: Text = ""
    kind: Kind = "neutral"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    `edit_url` makes the value editable in place: the address is fetched by htmx into
    the cell, and without JavaScript it is an ordinary page. `numeric` None means as
    the column says. `note` is a second, quieter line.
    """

    text: object = ""
    url: str = ""
    badge: Badge | None = None
    numeric: bool | None = None
    edit_url: str = ""
    note: Text = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `sort_url` sorts by it, `sort` says how it is sorted now."""

    name: str
    label: Text
    sort_url: str = ""
    sort: Sort = ""
    numeric: bool = False
    nowrap: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `key` is the value of its check box, `label` its name for screen readers
    (the first cell's text if empty), `kind` tints the row's left edge, `checked` ticks the box."""

    cells: Sequence[Cell | object]
    key: str = ""
    label: Text = ""
    kind: Kind | Literal[""] = ""
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under a common heading. `count` defaults to the number of rows."""

    label: Text
    rows: Sequence[Row]
    url: str = ""
    count: int | None = None
    note: Text = ""


@dataclass(frozen=True, slots=True)
class DataTable:
    """A table for `{% data_table %}`.

    Either `rows` or `groups`. The first column holds the row's heading. `select_name`
    puts a check box with this name before every row that has a `key`; `select_form`
    is the id of the form that the boxes belong to. `on_phone` "cards" stacks the cells
    of a row, "pairs" sets them two in a line (short values, long lists), "scroll" keeps the
    table and scrolls it sideways. `caption_visible` False
    leaves the caption to screen readers.
    """

    caption: Text
    columns: Sequence[Column]
    rows: Sequence[Row] = ()
    groups: Sequence[Group] = ()
    footer: Row | None = None
    id: str = "table"
    select_name: str = ""
    select_form: str = ""
    on_phone: Literal["cards", "pairs", "scroll"] = "cards"
    caption_visible: bool = False
    empty_title: Text = ""
    empty_text: Text = ""
    empty_actions: Sequence[Action] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a wizard; `url` lets the reader go back to a step that is done."""

    label: Text
    state: Literal["done", "current", "todo"]
    url: str = ""


@dataclass(frozen=True, slots=True)
class DiffField:
    """One field of two versions. The radio group `name` posts `mine_value` or `theirs_value`
    (by default the words "mine" and "theirs"); `base` is what both started from, shown if
    given."""

    name: str
    label: Text
    mine: object
    theirs: object
    base: object = None
    choice: Literal["mine", "theirs"] = "mine"
    mine_value: str = "mine"
    theirs_value: str = "theirs"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One event of a history; `changes` are (label, before, after)."""

    at: object
    who: Text
    text: Text
    reason: Text = ""
    changes: Sequence[tuple[Text, object, object]] = ()
