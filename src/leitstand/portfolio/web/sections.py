"""The sections of a profile: one table per kind of part, drawn from the part's columns."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.tables import columns as table_columns
from leitstand.core.tables import values
from leitstand.core.tables.columns import ColumnType
from leitstand.core.ui.components import Badge, Cell, Column, DataTable, Row
from leitstand.portfolio.domain.money import excess
from leitstand.portfolio.models import (
    BudgetLine,
    Funding,
    MandatoryConsultation,
    Project,
    ProjectDocument,
    Risk,
)
from leitstand.portfolio.queries.profile import Profile, is_overdue, part_rows
from leitstand.portfolio.tables import ITEM_TABLES
from leitstand.portfolio.web.wording import excess_text

GROUPS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("plan", gettext_lazy("Plan"), ("milestone", "work-package", "waiting")),
    ("menschen", gettext_lazy("People and units"), ("person", "participation", "partner")),
    ("mittel", gettext_lazy("Money and effort"), ("budget", "funding", "effort")),
    ("pflichten", gettext_lazy("Consultations and decisions"),
     ("consultation", "decision", "document")),
    ("risiken", gettext_lazy("Risks and obstacles"), ("risk", "obstacle")),
)  # fmt: skip


NARROW = frozenset({"person", "participation", "partner", "effort", "waiting", "document"})


@dataclass(frozen=True)
class Section:
    """One kind of part on the profile: its table, and what is being done in it just now."""

    kind: str
    title: str
    label: str
    table: DataTable
    count: int
    add_url: str
    url: str
    form: Any = None
    form_title: str = ""
    action: str = ""
    submit: str = ""
    danger: bool = False
    question: str = ""
    version: int = 0
    conflict: Mapping[str, Any] | None = None
    focus: bool = False

    @property
    def narrow(self) -> bool:
        """Whether two such sections find room side by side."""
        return self.kind in NARROW or not (self.count or self.form or self.conflict)

    @property
    def id(self) -> str:
        """The section's place on the page."""
        return f"teil-{self.kind}"


def sections(profile: Profile) -> list[tuple[str, str, list[Section]]]:
    """All sections in groups of (id, heading, sections)."""
    return [
        (
            code,
            str(label),
            [
                section(profile.project, kind, profile.parts[kind], profile.today,
                        change=profile.may.change)
                for kind in kinds
            ],
        )
        for code, label, kinds in GROUPS
    ]  # fmt: skip


def section_of(project: Project, kind: str, today: date, *, change: bool, **doing: Any) -> Section:
    """One section read anew, for the answer to a change in place."""
    return section(project, kind, list(part_rows(project, kind)), today, change=change, **doing)


def section(
    project: Project, kind: str, rows: Sequence[Any], today: date, *, change: bool, **doing: Any
) -> Section:
    """A section with its table."""
    table = ITEM_TABLES[kind]
    return Section(
        kind=kind,
        title=str(table.label_plural),
        label=str(table.label),
        table=_table(project, kind, rows, today, change=change),
        count=len(rows),
        add_url=reverse("portfolio:item_add", args=[project.pk, kind]) if change else "",
        url=reverse("portfolio:section", args=[project.pk, kind]),
        **doing,
    )


def _table(
    project: Project, kind: str, rows: Sequence[Any], today: date, *, change: bool
) -> DataTable:
    table = ITEM_TABLES[kind]
    shown = [column for column in table if _is_shown(kind, column, rows)]
    longer = [column for column in table if column.type is ColumnType.LONGTEXT]
    heads = [Column(c.name, c.label, numeric=c.type.is_number) for c in shown]
    state = STATES.get(kind)
    if state:
        heads.append(Column("state_badge", _("State")))
    if change:
        heads.append(Column("actions", _("Actions"), nowrap=True))
    actions = _Actions(project, kind)
    drawn = []
    for row in rows:
        cells: list[Any] = [_cell(column, row) for column in shown]
        cells[0] = _first(kind, project, row, cells[0], longer)
        if state:
            cells.append(Cell(badge=state(row, today)))
        if change:
            cells.append(Cell(text=actions(row)))
        drawn.append(Row(cells=cells, label=str(row)))
    return DataTable(caption=table.label_plural, columns=heads, rows=drawn, id=f"tabelle-{kind}")


def _is_shown(kind: str, column: table_columns.Column, rows: Sequence[Any]) -> bool:
    """Long texts stand beneath the first cell; a column in which nothing is entered is left out."""
    if column.type is ColumnType.LONGTEXT or column.name in _MERGED.get(kind, ()):
        return False
    return column.required or any(getattr(row, column.name) not in (None, "") for row in rows)


def _cell(column: table_columns.Column, row: Any) -> Cell:
    value = getattr(row, column.name)
    if column.type in (ColumnType.UNIT, ColumnType.PERSON, ColumnType.REFERENCE):
        return Cell(text=getattr(value, "name", "") or str(value or ""))
    text = values.show(column, value)
    if text and column.unit and column.type not in (ColumnType.MONEY, ColumnType.PERCENT):
        text = f"{text} {column.unit}"
    return Cell(text=text)


def _first(
    kind: str, project: Project, row: Any, cell: Cell, longer: Sequence[table_columns.Column]
) -> Cell:
    """The first cell: with the long texts beneath, and the way to a document."""
    notes = [values.show(column, getattr(row, column.name)) for column in longer]
    if kind == "milestone" and row.frozen_due and row.frozen_due != row.due:
        days = (row.due - row.frozen_due).days
        notes.append(
            _("Baseline: %(day)s (%(days)+d days)")
            % {"day": row.frozen_due.strftime("%d.%m.%Y"), "days": days}
        )
    url = ""
    if kind == "document":
        url, note = _document(project, row)
        notes.append(note)
    note = "\n".join(text for text in notes if text)
    return Cell(text=cell.text, url=url, note=note)


def _document(project: Project, row: ProjectDocument) -> tuple[str, str]:
    if row.file:
        size = max(row.file.size // 1024, 1)
        url = reverse("portfolio:document", args=[project.pk, row.pk])
        return url, _("File %(name)s, %(size)d kB") % {"name": row.file.name, "size": size}
    return row.url, row.url


_NOBODY = uuid.UUID(int=0)


class _Actions:
    """Links of a row that htmx opens in the section, and that are pages without it.

    The addresses are worked out once per section: a profile may hold hundreds of rows.
    """

    def __init__(self, project: Project, kind: str) -> None:
        place = [project.pk, kind, _NOBODY]
        self._edit = reverse("portfolio:item_edit", args=place)
        self._remove = reverse("portfolio:item_remove", args=place)
        self._words = (_("Edit"), _("Remove"))

    def __call__(self, row: Any) -> SafeString:
        """The links of one row."""
        key, nobody, name = str(row.pk), str(_NOBODY), str(row)
        return format_html(
            _LINK + _LINK,
            self._edit.replace(nobody, key), self._edit.replace(nobody, key),
            "edit", self._words[0], name,
            self._remove.replace(nobody, key), self._remove.replace(nobody, key),
            "delete", self._words[1], name,
        )  # fmt: skip


_LINK = (
    '<a class="kern-btn kern-btn--tertiary pf-act" href="{}" hx-get="{}">'
    '<span class="kern-icon kern-icon--{}" aria-hidden="true"></span>'
    '<span class="kern-sr-only">{}: {}</span></a>'
)


# --- states as badges ---------------------------------------------------------------------

# Columns that the badge says already.
_MERGED = {
    "milestone": ("done_on",),
    "work-package": ("done",),
    "consultation": ("state", "done_on"),
    "funding": ("state",),
    "risk": ("state",),
    "obstacle": ("resolved_on",),
    "document": ("url",),
}


def _day(day: date) -> str:
    return day.strftime("%d.%m.%Y")


def _milestone(row: Any, today: date) -> Badge:
    if row.done_on:
        return Badge(_("done on %(day)s") % {"day": _day(row.done_on)}, "success")
    if row.due < today:
        days = (today - row.due).days
        return Badge(_("overdue by %(days)d days") % {"days": days}, "danger")
    return Badge(_("open"))


def _work_package(row: Any, today: date) -> Badge:
    if row.done:
        return Badge(_("done"), "success")
    if row.end and row.end < today:
        return Badge(_("overdue"), "danger")
    if row.start and row.start <= today:
        return Badge(_("in progress"), "info")
    return Badge(_("open"))


def _consultation(row: MandatoryConsultation, today: date) -> Badge:
    if row.state == MandatoryConsultation.State.DONE and row.done_on:
        return Badge(_("done on %(day)s") % {"day": _day(row.done_on)}, "success")
    text = row.get_state_display()
    if is_overdue(row, today):
        return Badge(_("overdue (%(state)s)") % {"state": text}, "danger")
    kinds: dict[str, Any] = {"done": "success", "requested": "info"}
    return Badge(text, kinds.get(row.state, "neutral"))


def _funding(row: Funding, today: date) -> Badge:
    kinds: dict[str, Any] = {"granted": "success", "accounted": "success", "rejected": "danger",
                             "applied": "info"}  # fmt: skip
    return Badge(row.get_state_display(), kinds.get(row.state, "neutral"))


def _risk(row: Risk, today: date) -> Badge:
    """The product of probability and impact: from 15 high, from 8 medium (of 25)."""
    score = row.probability * row.impact
    text = row.get_state_display()
    if row.state == Risk.State.CLOSED:
        return Badge(text, "success")
    high: Any = "danger" if score >= 15 else "warning" if score >= 8 else "neutral"
    word = {"danger": _("high"), "warning": _("medium"), "neutral": _("low")}[high]
    return Badge(_("%(level)s, %(state)s") % {"level": word, "state": text}, high)


def _obstacle(row: Any, today: date) -> Badge:
    if row.resolved_on:
        return Badge(_("resolved on %(day)s") % {"day": _day(row.resolved_on)}, "success")
    return Badge(_("unresolved"), "warning")


def _budget(row: BudgetLine, today: date) -> Badge:
    found = excess(row.planned, row.committed, row.spent)
    if found is None:
        return Badge(_("within the plan"), "success")
    return Badge(excess_text(found), "danger" if found.spent else "warning")


STATES: Mapping[str, Callable[[Any, date], Badge]] = {
    "budget": _budget,
    "milestone": _milestone,
    "work-package": _work_package,
    "consultation": _consultation,
    "funding": _funding,
    "risk": _risk,
    "obstacle": _obstacle,
}
