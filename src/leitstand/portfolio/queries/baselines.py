"""Baselines of a project, and how the present plan differs from one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from leitstand.portfolio.models import Baseline, Project


@dataclass(frozen=True)
class Difference:
    """One line of a comparison; ``days`` is positive where the plan has moved later.

    ``frozen`` is ``None`` for what has come since, ``now`` for what has been taken out.
    """

    title: str
    frozen: date | None
    now: date | None
    done_on: date | None = None

    @property
    def days(self) -> int | None:
        """Days between the two, or ``None``."""
        return (self.now - self.frozen).days if self.now and self.frozen else None


def of_project(project: Project) -> list[Baseline]:
    """All baselines, oldest first."""
    return list(project.baselines.order_by("number"))


def compare(project: Project, baseline: Baseline) -> list[Difference]:
    """Period and milestones of the present plan against a baseline.

    A baseline that was taken over without milestones is compared by its period alone.
    """
    now = {row.pk: row for row in project.milestones.all()}
    frozen = list(baseline.milestones.order_by("due", "title"))
    lines = [
        Difference(_("Start of the project"), baseline.start, project.start),
        Difference(_("End of the project"), baseline.end, project.end),
    ]
    if not frozen:
        return lines
    for row in frozen:
        present = now.pop(row.milestone_id, None)
        lines.append(
            Difference(
                present.title if present else row.title,
                row.due,
                present.due if present else None,
                present.done_on if present else None,
            )
        )
    lines += [Difference(row.title, None, row.due, row.done_on) for row in now.values()]
    return lines
