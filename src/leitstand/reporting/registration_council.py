"""What council papers and resolution tracking add to the kernel's registries."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leitstand.core.administration import api_registry
from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.base.changes import ChangeFormat, change_formats
from leitstand.core.base.kinds import ResourceKind, resource_kinds
from leitstand.core.demo.registry import DemoData, demo_data
from leitstand.core.jobs.running import minute_rounds
from leitstand.core.org.registry import DissolutionGuard, dissolution_guards
from leitstand.core.saved.registry import ViewPage
from leitstand.core.saved.registry import pages as saved_pages
from leitstand.core.ui.registry import (
    TOGETHER,
    NavEntry,
    PastPages,
    Place,
    StartSection,
    navigation,
    past_pages,
    start_sections,
)
from leitstand.reporting import jobs, policy_council


def register() -> None:
    """Fill the registries; called once when Django is ready."""
    from leitstand.reporting.actions import oparl_sources, organisation, telling_council
    from leitstand.reporting.queries import council_due

    policy_council.register()
    jobs.register()
    telling_council.register()
    council_due.register()
    dissolution_guards.add(
        "council", DissolutionGuard(organisation.objection, organisation.hand_over)
    )
    minute_rounds.add("reporting.reports", telling_council.remind_of_reports)
    minute_rounds.add("reporting.oparl", oparl_sources.read_nightly)
    events.register(
        ("reporting.oparl.added", _("Council information system added")),
        ("reporting.oparl.changed", _("Council information system changed")),
        ("reporting.oparl.removed", _("Council information system removed")),
        ("reporting.oparl.read", _("Council information system read")),
        ("reporting.paper.created", _("Paper entered")),
        ("reporting.paper.changed", _("Paper changed")),
        ("reporting.paper.removed", _("Paper removed")),
        ("reporting.committee.created", _("Committee entered")),
        ("reporting.meeting.created", _("Council meeting entered")),
        ("reporting.meeting.changed", _("Council meeting changed")),
        ("reporting.meeting.removed", _("Council meeting removed")),
        ("reporting.council.exported", _("List of the council exported")),
        ("reporting.lead_times.changed", _("Deadlines of papers changed")),
        ("reporting.tracking.begun", _("Tracking of a resolution begun")),
        ("reporting.tracking.changed", _("Tracked resolution changed")),
        ("reporting.tracking.ended", _("Tracking of a resolution ended")),
        ("reporting.tracking.tied", _("Project tied to a resolution")),
        ("reporting.tracking.untied", _("Project taken off a resolution")),
    )
    navigation.add(
        "reporting.council",
        NavEntry(_("Committees"), "reporting:council", 38, policy_council.VIEW, TOGETHER,
                 ("/gremien/",)),
    )  # fmt: skip
    api_registry.add("/council", "leitstand.reporting.api.council_writing:router")
    demo_data.add("council", DemoData(180, _load_demo))
    demo_data.add("council-history", DemoData(910, _load_demo_history))
    _register_kinds()
    _register_pages()


def _load_demo(folder: Path, actor: Actor) -> None:
    from leitstand.reporting import demo_council  # the importers are needed only here

    demo_council.load(folder, actor)


def _load_demo_history(folder: Path, actor: Actor) -> None:
    from leitstand.reporting import demo_council

    demo_council.load_history(folder, actor)


def _register_kinds() -> None:
    kinds: tuple[tuple[str, Any, Callable[[Actor, uuid.UUID], Any | None], str], ...] = (
        ("paper", _("Paper"), _paper, "paper"),
        ("council-meeting", _("Council meeting"), _meeting, "council_meeting"),
    )
    for code, label, find, name in kinds:
        resource_kinds.add(code, ResourceKind(code, label, find, str, _address(name)))


def _address(name: str) -> Callable[[Any], str]:
    return lambda thing: reverse(f"reporting:{name}", args=[thing.pk])


def _paper(actor: Actor, key: uuid.UUID) -> Any | None:
    return policy_council.visible(actor).filter(pk=key).first()


def _meeting(actor: Actor, key: uuid.UUID) -> Any | None:
    return policy_council.visible_meetings(actor).filter(pk=key).first()


def _register_pages() -> None:
    from leitstand.core.saved.reading import problems  # all these load models not ready before
    from leitstand.reporting.queries import changes, versions
    from leitstand.reporting.web import council_lists, council_start

    for code, label in (
        ("paper", _("Paper")), ("council-meeting", _("Council meeting")),
        ("committee", _("Committee")), ("resolution", _("Tracked resolution")),
        ("lead-times", _("Deadlines of papers")),
    ):  # fmt: skip
        change_formats.add(code, ChangeFormat(label, changes.lines))
    change_formats.add(
        "council-export",
        ChangeFormat(_("Exported list"), changes.of_export, council_lists.export_title),
    )
    for of in council_lists.LISTS:
        page = ViewPage(
            of.label, of.url_name, policy_council.VIEW,
            problems=functools.partial(problems, of.spec), words=council_lists.words_of(of),
        )  # fmt: skip
        saved_pages.add(of.code, page)
    past_pages.add(
        "reporting.council",
        PastPages(
            names=frozenset(f"reporting:{name}" for name in ("trackings", "trackings_export", "paper")),
            neighbours=versions.of_resolutions,
            api=("/council/resolutions",),
            of=("reporting.ResolutionTracking",),
        ),
    )
    change_formats.add(
        "oparl-source", ChangeFormat(_("Council information system"), changes.of_reading)
    )
    for name, order, section, place in (
        ("own", 2, council_start.own, Place.FIRST),
        ("due", 9, council_start.due, Place.WAITING),
        ("followed", 32, council_start.followed, Place.CHANGED),
    ):
        start_sections.add(
            f"reporting.{name}",
            StartSection(order, "reporting/start/council.html", section, place),
        )
