"""Who is held up by what."""

from __future__ import annotations

import uuid
from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from leitstand.core.base import clock
from leitstand.core.ui import components as ui
from leitstand.portfolio.models import Obstacle
from leitstand.portfolio.queries.rollouts import parts as queries
from leitstand.portfolio.web.rollouts.frame import place


def obstacles(request: HttpRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """Open obstacles by kind with the units they hold up; ``?erledigte=1`` shows resolved ones."""
    at = place(request, rollout_id)
    resolved = bool(request.GET.get("erledigte"))
    rows = queries.obstacles(at.rollout, resolved=resolved)
    today = clock.today()
    groups = []
    open_ones = Counter(row.kind for row in rows if row.resolved_on is None)
    for kind, label in sorted(Obstacle.Kind.choices, key=lambda pair: -open_ones[pair[0]]):
        lines = [
            ui.Row((
                ui.Cell(row.member.unit.name, url=at.url("rollout_unit", row.member_id),
                        note=row.member.wave.title if row.member.wave else ""),
                row.title, row.since,
                _age(row, today),
                row.resolved_on,
            ))
            for row in rows if row.kind == kind
        ]  # fmt: skip
        if lines:
            groups.append(ui.Group(label, lines))
    columns = (
        ui.Column("unit", _("Unit")), ui.Column("title", _("Title")),
        ui.Column("since", _("Since"), nowrap=True), ui.Column("age", _("Days"), numeric=True),
        ui.Column("resolved", _("Resolved on"), nowrap=True),
    )  # fmt: skip
    toggle = ui.Action(
        _("Open ones only") if resolved else _("Show resolved ones too"),
        at.url("rollout_obstacles") + ("" if resolved else "?erledigte=1"),
    )
    context = at.context(
        _("Obstacles"), "rollout_obstacles", actions=[toggle],
        table=ui.DataTable(
            _("Who is held up by what"), columns, groups=groups, id="obstacles",
            empty_title=_("Nothing holds a unit up"),
            empty_text=_("Obstacles are reported on the page of a unit."),
        ),
    )  # fmt: skip
    return render(request, "portfolio/rollouts/table.html", context)


def _age(row: object, today: object) -> int | None:
    since, end = getattr(row, "since", None), getattr(row, "resolved_on", None) or today
    return (end - since).days if since else None
