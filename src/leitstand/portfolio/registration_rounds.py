"""What status rounds add to the registries."""

from __future__ import annotations

import functools
import uuid
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leitstand.core.administration import api_registry
from leitstand.core.base import events, middleware
from leitstand.core.base.actor import Actor
from leitstand.core.base.changes import ChangeFormat, change_formats
from leitstand.core.base.kinds import ResourceKind, resource_kinds
from leitstand.core.base.models import Level
from leitstand.core.comments.registry import Commentable, commentables
from leitstand.core.demo.registry import DemoData, demo_data
from leitstand.core.jobs import registry
from leitstand.core.jobs.running import JobRun, minute_rounds
from leitstand.core.notify import kinds
from leitstand.core.ui.registry import (
    STEERING,
    NavEntry,
    Place,
    StartSection,
    navigation,
    start_sections,
)
from leitstand.portfolio import policy


def register() -> None:
    """Fill the registries; called once when Django is ready."""
    from leitstand.portfolio.actions.rounds import reminding, sending, setup
    from leitstand.portfolio.queries import changes
    from leitstand.portfolio.tables.rounds import ROUNDS, SUBSTITUTIONS
    from leitstand.portfolio.web.rounds import start

    events.register(
        ("portfolio.round.created", _("Status round planned")),
        ("portfolio.round.changed", _("Status round changed")),
        ("portfolio.round.opened", _("Status round opened")),
        ("portfolio.round.reminded", _("Reminded of the status round")),
        ("portfolio.round.closed", _("Status round closed")),
        ("portfolio.round.cancelled", _("Status round cancelled")),
        ("portfolio.round.link_used", _("Link of the status round used")),
        ("portfolio.report.given", _("Status reported")),
        ("portfolio.substitution.named", _("Substitute named")),
        ("portfolio.substitution.ended", _("Substitution ended")),
    )
    change_formats.add(
        "status-round", ChangeFormat(_("Status round"), functools.partial(changes.lines, ROUNDS))
    )
    change_formats.add(
        "substitution",
        ChangeFormat(_("Substitution"), functools.partial(changes.lines, SUBSTITUTIONS)),
    )
    registry.register(setup.SEND, _("Opening a status round"), _send)
    registry.register(reminding.REMIND, _("Reminding of a status round"), _remind)
    minute_rounds.add("portfolio.rounds", setup.open_due)
    minute_rounds.add("portfolio.reminders", reminding.remind_due)
    minute_rounds.add("portfolio.substitutes", sending.call_in_substitutes)
    kinds.register(
        sending.NOTICE, _("Status rounds"),
        _("You are asked for the state of your projects, and reminded."),
    )  # fmt: skip
    api_registry.add("", "leitstand.portfolio.api.rounds:router")
    api_registry.add("/substitutions", "leitstand.portfolio.api.substitutions:router")
    middleware.hide_rest_of("/meldung/")
    navigation.add(
        "portfolio.rounds",
        NavEntry(
            _("Status rounds"), "portfolio:rounds", 20, policy.VIEW, STEERING,
            ("/statusrunden/", "/statusmeldungen/", "/meldungen/", "/vertretungen/"),
        ),
    )  # fmt: skip
    resource_kinds.add(
        "status-report",
        ResourceKind("status-report", _("Status report"), _find_report, _title, _address),
    )
    resource_kinds.add(
        "status-round",
        ResourceKind("status-round", _("Status round"), _find_round, str, _address_of_round),
    )
    commentables.add("status-round", Commentable(lambda _row: Level.INTERNAL, lambda _row: None))
    commentables.add("status-report", Commentable(_level, _unit, _followers, _guard))
    demo_data.add("portfolio.rounds", DemoData(150, _load_demo))
    start_sections.add(
        "portfolio.rounds",
        StartSection(6, "portfolio/rounds/start.html", start.owed, Place.WAITING),
    )
    start_sections.add(
        "portfolio.rounds.progress",
        StartSection(24, "portfolio/start/rounds.html", start.progress, Place.PROGRESS),
    )


def _find_report(actor: Actor, report_id: uuid.UUID) -> Any | None:
    from leitstand.portfolio.queries.rounds import visible_report

    return visible_report(actor, report_id)


def _find_round(actor: Actor, round_id: uuid.UUID) -> Any | None:
    from leitstand.portfolio.models import StatusRound
    from leitstand.portfolio.queries.rounds import sees_inside

    return StatusRound.objects.filter(pk=round_id).first() if sees_inside(actor) else None


def _address_of_round(row: Any) -> str:
    return reverse("portfolio:round", args=[row.pk])


def _title(report: Any) -> str:
    values = {"project": report.project.title, "day": f"{report.as_of:%d.%m.%Y}"}
    return str(_("%(project)s, status as of %(day)s") % values)


def _address(report: Any) -> str:
    return reverse("portfolio:report", args=[report.pk])


def _level(report: Any) -> int:
    return int(report.project.confidentiality)


def _unit(report: Any) -> uuid.UUID:
    found: uuid.UUID = report.project.lead_unit_id
    return found


def _guard(report: Any) -> tuple[str, uuid.UUID]:
    return ("project", report.project_id)


def _followers(report: Any) -> list[uuid.UUID]:
    """Whoever reported, and those who lead the project."""
    leads = report.project.people.filter(role__in=("lead", "deputy"))
    found = list(leads.values_list("person_id", flat=True))
    return [*found, report.person_id] if report.person_id else found


def _load_demo(folder: Path, actor: Actor) -> None:
    from leitstand.portfolio import demo_rounds  # the actions are needed only here

    demo_rounds.load(folder, actor)


def _send(run: JobRun) -> dict[str, Any]:
    from leitstand.portfolio.actions.rounds import sending

    return sending.send_round(uuid.UUID(run.args["round"]), run.step)


def _remind(run: JobRun) -> dict[str, Any]:
    from leitstand.portfolio.actions.rounds import reminding

    return reminding.send_reminder(uuid.UUID(run.args["round"]), run.args["day"], run.step)
