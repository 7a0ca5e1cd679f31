"""The sentence beside a project's light, when the project's level is lowered."""

from __future__ import annotations

from typing import Any

from leitstand.portfolio.models import Project
from leitstand.portfolio.queries.rounds import with_level_then


def is_of_closer_time(project: Project, before: int, level: int) -> bool:
    """Whether the sentence was reported while the project was more confidential than ``level``,
    to which it is lowered from ``before``.

    The report keeps it for those who might read it then; the project shows it no longer.
    """
    if not project.light_note or level >= before:
        return False
    said: Any = with_level_then(project.status_reports.filter(summary=project.light_note))
    return bool(said.filter(level_then__gt=level).exists())
