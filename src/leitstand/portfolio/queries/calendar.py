"""Milestones as calendar events."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from leitstand.core.base.icalendar import Occasion
from leitstand.portfolio.models import Milestone, Project


def occasions(projects: QuerySet[Project], address: str) -> Iterator[Occasion]:
    """Milestones of the projects by day; ``address`` is a project's page with ``{}``."""
    rows = (
        Milestone.objects.filter(project__in=projects)
        .order_by("due", "project__number", "pk")
        .values_list(
            "id", "due", "title", "done_on", "updated_at", "version", "project_id",
            "project__number", "project__title",
        )
        .iterator(chunk_size=2000)
    )  # fmt: skip
    reached = _("reached")
    for key, due, title, done_on, stamp, version, project, number, name in rows:
        mark = f" ({reached})" if done_on else ""
        yield Occasion(
            uid=f"{key}@leitstand",
            day=due,
            summary=f"{title}{mark} – {name}",
            stamp=stamp,
            description=f"{number} {name}",
            url=address.format(project),
            sequence=version - 1,
        )
