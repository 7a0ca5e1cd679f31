"""Days and weeks: the planner counts weeks from the Monday of the day it starts from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

from leitstand.planning.domain.capacity import Quarter, quarters
from leitstand.planning.domain.model import Period


@dataclass(frozen=True, slots=True)
class Weeks:
    """Weeks from a Monday on, for some years."""

    today: date
    years: int

    @property
    def start(self) -> date:
        """The Monday that week 0 begins with."""
        return self.today - timedelta(self.today.weekday())

    def of(self, day: date) -> int:
        """The week that a day lies in; negative before the start."""
        return (day - self.start).days // 7

    def due(self, day: date) -> int:
        """The slot at whose beginning everything must have ended to be in time on ``day``."""
        return ((day - self.start).days + 1) // 7

    def day(self, slot: int) -> date:
        """The Monday of a slot."""
        return self.start + timedelta(7 * slot)

    def last_day(self, finish: int) -> date:
        """The Friday before the slot in which nothing is done any more."""
        return self.start + timedelta(7 * finish - 3)

    def quarters(self) -> list[Quarter]:
        """The quarters of the horizon, the present one first."""
        return quarters(self.start, self.years * 4 + 1)

    def periods(self) -> tuple[Period, ...]:
        """The quarters as the planner takes them; a week belongs to the quarter of its Monday."""
        found = []
        for place, quarter in enumerate(self.quarters()):
            slot = 0 if place == 0 else math.ceil((quarter.first - self.start).days / 7)
            label = f"{quarter.year}-{quarter.number}"
            found.append(Period(slot, label, quarter.year - self.start.year))
        return tuple(found)


def weeks_between(first: date, last: date) -> int:
    """Weeks that a stretch of days takes, at least one."""
    return max(1, math.ceil(((last - first).days + 1) / 7))
