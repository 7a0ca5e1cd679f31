"""The section of the Sachstandsbericht that tells what became of the council's resolutions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import F
from django.utils.translation import gettext as _

from leitstand.core.base import clock
from leitstand.core.base.papers import Block, Cell, Column, Kind, Paragraph, Table, Words
from leitstand.core.base.report_sections import ReportFrame
from leitstand.core.history import past, record
from leitstand.reporting import policy_council
from leitstand.reporting.models import ResolutionTracking
from leitstand.reporting.queries import admitted, cells

_DONE = ("done", "rejected", "dropped")


def resolutions(frame: ReportFrame) -> Sequence[Block]:
    """Tracked resolutions, the open ones first, those due to be reported before others.

    A report on a day before resolutions were recorded has no such section. With a selection of
    projects: the resolutions that these carry out.
    """
    if frame.day != clock.present_day() and not _is_known(frame.day):
        return []
    found = list(frame.kept("resolutions", lambda: _tracked(frame)))
    if not found:
        return []
    found.sort(key=lambda one: one.state in _DONE)
    columns = (
        Column(_("Resolution"), weight=3), Column(_("Decided on"), Kind.DATE, 1.25),
        Column(_("State"), weight=1.1), Column(_("What was done"), weight=2.6),
        Column(_("Next report"), Kind.DATE),
    )  # fmt: skip
    shown, longest = found[: frame.most(5, 4, 3, 2, 1)], frame.most(300, 200, 150, 100, 80)
    blocks: list[Block] = [Words("resolutions", _("Remarks on the resolutions"))]
    rows = tuple(_row(one, longest) for one in shown)
    blocks.append(Table(_("Resolutions and what became of them"), columns, rows))
    if len(shown) < len(found):
        text = _("Further resolutions: %(number)s, see the long form.")
        blocks.append(Paragraph(text % {"number": len(found) - len(shown)}, "small"))
    return blocks


def _is_known(day: date) -> bool:
    """Whether it was recorded by that day what becomes of resolutions."""
    with past.present():
        begun = record.first_day([ResolutionTracking._meta.label])
    return begun is not None and day >= begun


def _tracked(frame: ReportFrame) -> list[ResolutionTracking]:
    rows = policy_council.visible_trackings(frame.actor).filter(
        paper__confidentiality__lte=frame.level
    )
    if frame.selection:
        rows = rows.filter(projects__project__in=list(admitted.projects(frame))).distinct()
    ordered = rows.select_related("paper").order_by(F("next_report").asc(nulls_last=True), "pk")
    return list(ordered)


def _row(one: ResolutionTracking, longest: int | None) -> tuple[Cell, ...]:
    number = f" ({one.paper.reference})" if one.paper.reference else ""
    return (
        Cell(f"{cells.cut(one.paper.name, longest)}{number}"), cells.day(one.decided_on),
        Cell(str(ResolutionTracking.State(one.state).label)), Cell(cells.cut(one.progress, longest) or "–"),
        cells.day(one.next_report),
    )  # fmt: skip
