"""Planned against actual go-lives, and when the last unit will have gone live at this pace."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from leitstand.core.history import past
from leitstand.core.ui import components as ui
from leitstand.core.ui import curve
from leitstand.core.ui.datatable import text_of
from leitstand.portfolio.domain import forecast as pace
from leitstand.portfolio.queries.rollouts.boards import Board, board
from leitstand.portfolio.web.rollouts import wording
from leitstand.portfolio.web.rollouts.frame import place, share_text

MOST_MONTHS = 60
FARTHEST = timedelta(days=5 * 365)
"""The picture ends five years ahead; words and table tell what lies beyond."""


def progress(request: HttpRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """The curve, the same as a table by month, and the forecast in words."""
    at = place(request, rollout_id)
    found = board(at.rollout)
    context = at.context(
        _("Progress and forecast"), "rollout_progress",
        picture=curve.render(picture(found)), table=_table(found),
        sentences=wording.sentences(found), assumptions=wording.assumptions(found),
        plan=_plan(found), certain=isinstance(found.forecast, pace.Forecast),
    )  # fmt: skip
    return render(request, "portfolio/rollouts/progress.html", context)


def _steps(days: Sequence[date], before: int, first: date, last: date) -> list[tuple[date, float]]:
    """The count that holds from each day on, from ``first`` to ``last``."""
    points: list[tuple[date, float]] = [(first, before)]
    for number, day in enumerate(days, start=before + 1):
        points.append((max(day, first), number))
    if points[-1][0] < last:
        points.append((last, points[-1][1]))
    return points


def picture(found: Board) -> curve.Curve:
    """Actual go-lives as a line, the plan dashed, the forecast as a span."""
    actual, planned = found.live_days, found.planned_days
    if not actual and not planned and not found.finished:
        return curve.Curve((), _("Gone live"), 1)
    first = min([found.since, *actual[:1], *planned[:1]])
    lines = [
        curve.Line(_("gone live"), _steps(actual, found.unknown_days, first, found.today), "done")
    ]
    if planned:
        line = _steps(planned, 0, first, planned[-1])
        lines.append(curve.Line(_("planned"), line, "planned", dashed=True))
    word = text_of(found.today) if past.is_past() else _("today")
    marks = [curve.Mark(word, found.today, "neutral")]
    horizon = found.today + FARTHEST
    if found.rollout.due and found.rollout.due <= horizon:
        marks.append(curve.Mark(_("to be finished"), found.rollout.due, "danger"))
    return curve.Curve(
        lines, _("Gone live: %(share)s") % {"share": share_text(len(found.finished), len(found.affected))},
        max(len(found.affected), 1), marks, _span(found, horizon),
        _("expected end (80 %)"),
    )  # fmt: skip


def _span(found: Board, horizon: date) -> tuple[date, date, date] | None:
    answer = found.forecast
    if not isinstance(answer, pace.Forecast) or not answer.p10 or answer.p10 > horizon:
        return None
    days = [min(day or horizon, horizon) for day in (answer.p10, answer.p50, answer.p90)]
    return days[0], days[1], days[2]


def _table(found: Board) -> ui.DataTable:
    """Month by month: planned, actual, difference."""
    columns = (
        ui.Column("month", _("Month")), ui.Column("planned", _("planned"), numeric=True),
        ui.Column("actual", _("gone live"), numeric=True),
        ui.Column("difference", _("Difference"), numeric=True),
    )  # fmt: skip
    rows = []
    for end in _months(found):
        planned = sum(day <= end for day in found.planned_days)
        live: Any = None
        if end.replace(day=1) <= found.today:
            live = found.unknown_days + sum(day <= end for day in found.live_days)
        gap = "" if live is None or not found.planned_days else f"{live - planned:+d}".replace("+0", "0")
        rows.append(ui.Row((f"{end.month:02}/{end.year}", planned, live, gap)))
    return ui.DataTable(
        _("Gone live by month, summed up"), columns, rows, id="by-month", caption_visible=True,
        on_phone="scroll",
        empty_title=_("No planned or actual go-live days yet"),
        empty_text=_("Enter go-live days in “Who is where” or plan waves."),
    )  # fmt: skip


def _months(found: Board) -> list[date]:
    """The last days of the months between the first and the last known or planned day.

    Of more than ``MOST_MONTHS`` those around today: the counts are sums, so what came before is
    in them.
    """
    days = [*found.live_days, *found.planned_days]
    if not days:
        return []
    ends: list[date] = []
    day = min(days).replace(day=1)
    while day <= max(*days, found.today if found.live_days else days[0]):
        following = (day + timedelta(days=32)).replace(day=1)
        ends.append(following - timedelta(days=1))
        day = following
    past = sum(end < found.today for end in ends)
    first = max(0, min(past - MOST_MONTHS // 2, len(ends) - MOST_MONTHS))
    return ends[first : first + MOST_MONTHS]


def _plan(found: Board) -> str:
    """What the plan says: its end, and how many units it does not hold."""
    days = found.planned_days
    if not days:
        return _("No unit has a planned go-live day.")
    open_ones = [m for m in found.affected if m.state != "done" and not found.planned_day(m)]
    said = _("By the plan the last unit goes live on %(day)s.") % {
        "day": days[-1].strftime("%d.%m.%Y")
    }
    if open_ones:
        said += " " + _("Without a planned day: %(number)d units.") % {"number": len(open_ones)}
    return said
