"""Builds the frozen content of a report: one consistent read, section by section."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from django.utils.translation import gettext as _

from leitstand.core.base import clock
from leitstand.core.base.errors import Invalid
from leitstand.core.base.report_sections import ReportFrame, ordered
from leitstand.core.history import past
from leitstand.core.history.reading import one_moment
from leitstand.reporting.domain.content import Editions, Section


@contextmanager
def standing_at(day: date) -> Iterator[None]:
    """Read one moment: the present, or the end of a past day.

    Raises ``Invalid`` for a day that is still to come or of which nothing is recorded.
    """
    if day > clock.present_day():
        raise Invalid(_("Figures of a day that is still to come do not exist."), field="day")
    with one_moment():
        if day == clock.present_day():
            yield
            return
        begun = past.first_day()
        if begun is None or day < begun:
            text = _("No states are recorded for this day. The first one is %(day)s.")
            raise Invalid(text % {"day": f"{begun:%d.%m.%Y}" if begun else "–"}, field="day")
        with past.as_of(day):
            yield


@contextmanager
def present_moment(day: date) -> Iterator[None]:
    """Read one moment of what is kept without a past; ``Invalid`` for a day still to come."""
    if day > clock.present_day():
        raise Invalid(_("Figures of a day that is still to come do not exist."), field="day")
    with one_moment():
        yield


def build(frame: ReportFrame, codes: Sequence[str] | None = None) -> Editions:
    """The sections with their figures, all of the same moment: the fullest edition first, then
    those that say less. The long form has one edition."""
    with standing_at(frame.day):
        made = [
            tuple(
                Section(one.code, str(one.label), tuple(one.build(step)), one.annex)
                for one in ordered(codes)
            )
            for step in frame.terser()
        ]
    return tuple(made[n] for n in range(len(made)) if n == 0 or made[n] != made[n - 1])
