"""The running numbers of projects."""

from __future__ import annotations

from leitstand.portfolio.actions.locking import one_at_a_time
from leitstand.portfolio.models import NumberSeries, Project

SERIES = "project"


def take_numbers(count: int = 1) -> int:
    """Take ``count`` consecutive running numbers and return the first.

    A number is never given twice, not even after its project was deleted: the series remembers
    the last one. Others who want one wait until the transaction ends.
    """
    one_at_a_time("portfolio.project.number")
    series = NumberSeries.objects.filter(pk=SERIES).first()
    if series is None:
        series = NumberSeries(code=SERIES, last=_highest())
    first = series.last + 1
    series.last += count
    series.save()
    return first


def number_text(number: int) -> str:
    """Return the identifier of a running number."""
    return f"P-{number:05d}"


def _highest() -> int:
    """Return the highest number in use, by value: as texts, P-100000 comes before P-99999."""
    texts = Project.objects.values_list("number", flat=True)
    return max((int(text.rpartition("-")[2]) for text in texts), default=0)
