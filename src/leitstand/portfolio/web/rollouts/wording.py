"""A forecast in words, with what it assumes and how sure it is."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.tables.dates import PartialDate, Precision
from leitstand.core.ui.datatable import text_of
from leitstand.portfolio.domain import forecast as pace
from leitstand.portfolio.queries.rollouts.boards import Board


def month(day: Any) -> str:
    """A day as its month (03/2027): a forecast is never exact to the day."""
    return PartialDate(day, Precision.MONTH).show() if day else _("after more than 30 years")


def short(board: Board) -> str:
    """One line: expected in the middle, between which months."""
    answer = board.forecast
    if isinstance(answer, pace.Finished):
        return _("all units have gone live") if board.affected else _("no units yet")
    if isinstance(answer, pace.TooLittle):
        return _("too little data for a forecast")
    return _("expected %(middle)s (between %(early)s and %(late)s)") % {
        "middle": month(answer.p50), "early": month(answer.p10), "late": month(answer.p90),
    }  # fmt: skip


def sentences(board: Board) -> list[str]:
    """The forecast at length, or what it lacks."""
    answer = board.forecast
    if isinstance(answer, pace.Finished):
        return [short(board).capitalize() + "."]
    if isinstance(answer, pace.TooLittle):
        return [_too_little(answer)]
    values = {
        "early": month(answer.p10), "middle": month(answer.p50), "late": month(answer.p90),
    }  # fmt: skip
    found = [
        _("At the pace so far the last unit goes live most likely around %(middle)s.") % values,
        _("With a probability of 80 % the end lies between {early} and {late}.").format(**values),
    ]
    due = board.rollout.due
    if due:
        found.append(_against(answer, due))
    found.append(_("This is a calculation from the past, not a promise."))
    return found


def _too_little(answer: pace.TooLittle) -> str:
    have = ngettext(
        "%(number)d unit with a known go-live day", "%(number)d units with a known go-live day",
        answer.finished,
    ) % {"number": answer.finished}  # fmt: skip
    return _(
        "Too little data for a forecast: there are %(have)s within %(weeks)d weeks; it takes at "
        "least %(units)d units and %(least)d weeks. Enter the actual go-live days."
    ) % {
        "have": have, "weeks": answer.days // 7, "units": pace.FEWEST_UNITS,
        "least": pace.FEWEST_DAYS // 7,
    }  # fmt: skip


def _against(answer: pace.Forecast, due: Any) -> str:
    day = {"day": text_of(due)}
    if answer.p90 and due >= answer.p90:
        return _("The date %(day)s will be kept with more than 90 %% probability.") % day
    if answer.p50 and due >= answer.p50:
        return _("The date %(day)s will more likely be kept than not.") % day
    if answer.p10 and due >= answer.p10:
        return _("The date %(day)s will more likely be missed than kept.") % day
    return _("The date %(day)s will be missed with more than 90 %% probability at this pace.") % day


def assumptions(board: Board) -> list[str]:
    """What the forecast rests on."""
    answer = board.forecast
    if not isinstance(answer, pace.Forecast):
        return []
    windows = "; ".join(
        _("last %(weeks)d weeks: %(units)d units") % {"weeks": p.days // 7, "units": p.finished}
        for p in answer.paces
    )
    found = [
        _("Pace so far: %(windows)s. Each of these spans counts the same.") % {"windows": windows},
        ngettext("%(number)d unit remains.", "%(number)d units remain.", answer.remaining)
        % {"number": answer.remaining},
        _("Go-lives come in bunches; the more unevenly, the less sure the end."),
        _("Before %(day)s the steps that remain cannot have run.") % {"day": text_of(answer.floor)},
        _("The pace of the future may differ from that of the past by about a fifth either way."),
    ]
    if board.unknown_days:
        found.append(
            ngettext(
                "%(number)d unit has gone live on a day that nobody has entered; it is not "
                "counted for the pace.",
                "%(number)d units have gone live on days that nobody has entered; they are not "
                "counted for the pace.",
                board.unknown_days,
            ) % {"number": board.unknown_days}
        )  # fmt: skip
    return found
