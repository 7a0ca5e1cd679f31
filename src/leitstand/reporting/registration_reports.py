"""What reports add to the kernel's registries."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leitstand.core.administration import api_registry
from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.base.changes import ChangeFormat, Line, change_formats
from leitstand.core.base.kinds import ResourceKind, resource_kinds
from leitstand.core.demo.registry import DemoData, demo_data
from leitstand.core.jobs.running import minute_rounds
from leitstand.core.privacy.registry import KeptRecord, kept_records
from leitstand.core.ui.components import Link
from leitstand.core.ui.registry import (
    STEERING,
    NavEntry,
    Place,
    StartSection,
    navigation,
    start_sections,
)


def register() -> None:
    """Fill the registries; called once when Django is ready."""
    from leitstand.reporting import policy, policy_templates
    from leitstand.reporting.actions import telling_reports
    from leitstand.reporting.queries import sections  # it loads models not ready before

    policy.register()
    policy_templates.register()
    telling_reports.register()
    minute_rounds.add("reporting.cosign", telling_reports.remind)
    sections.register()
    tables = ("cosignature", "reportstep", "resolutiontracking", "follower")
    kept_records.add(
        "reporting",
        KeptRecord(
            "reporting", _("Who co-signed a report, answers for a resolution, or follows a paper"),
            _("Papers of the council are records for good; who left loses her name in them."),
            frozenset(f"reporting.{table}" for table in tables),
        ),
    )  # fmt: skip
    events.register(
        ("reporting.report.created", _("Report made")),
        ("reporting.report.changed", _("Report changed")),
        ("reporting.report.generated", _("Figures of the report taken")),
        ("reporting.report.worded", _("Texts of the report written")),
        ("reporting.report.sent", _("Report sent for co-signature")),
        ("reporting.report.cosigned", _("Report co-signed")),
        ("reporting.report.objected", _("Objected to the report")),
        ("reporting.report.called_back", _("Report called back")),
        ("reporting.report.released", _("Report released")),
        ("reporting.report.withdrawn", _("Report withdrawn")),
        ("reporting.report.downloaded", _("Report downloaded")),
        ("reporting.report.deleted", _("Report deleted")),
        ("reporting.template.created", _("Template of papers added")),
        ("reporting.template.changed", _("Template of papers changed")),
        ("reporting.template.removed", _("Template of papers removed")),
    )
    navigation.add(
        "reporting.reports",
        NavEntry(
            _("Reports"), "reporting:reports", order=50, permission=policy.VIEW, group=STEERING,
            prefixes=("/berichte/",),
        ),
    )  # fmt: skip
    start_sections.add(
        "reporting.cosign", StartSection(8, "reporting/start_cosign.html", _start, Place.WAITING)
    )
    change_formats.add("report", ChangeFormat(_("Progress report"), _lines))
    change_formats.add("paper-template", ChangeFormat(_("Template of papers"), _lines))
    resource_kinds.add(
        "report",
        ResourceKind(
            code="report", label=_("Progress report"), find=_find, title=lambda row: str(row.title),
            url=lambda row: reverse("reporting:report", args=[row.pk]),
        ),
    )  # fmt: skip
    api_registry.add("/committee-reports", "leitstand.reporting.api.report_writing:router")
    demo_data.add("reporting.reports", DemoData(950, _load_demo))


def _start(actor: Actor) -> dict[str, Any] | None:
    """What waits for the co-signature of the reader's units, or None."""
    from leitstand.reporting.queries.reports import waiting_for

    rows = waiting_for(actor)
    if not rows:
        return None
    links = [Link(row.title, reverse("reporting:report", args=[row.pk])) for row in rows]
    return {"title": _("These reports wait for your co-signature"), "links": links}


def _find(actor: Actor, report_id: uuid.UUID) -> Any | None:
    from leitstand.reporting import policy

    return policy.visible(actor).filter(pk=report_id).first()


def _load_demo(folder: Path, actor: Actor) -> None:
    from leitstand.reporting import demo_reports  # the actions are needed only here

    demo_reports.load(folder, actor)


_LABELS = {
    "title": _("Title"), "day": _("Figures as of"), "since": _("Day of the last report"),
    "unit": _("Responsible unit"), "confidentiality": _("Confidentiality"),
    "reference": _("Number of the paper in the council system"), "state": _("State"),
    "selection": _("Projects"), "sections": _("Sections"), "cover": _("Cover sheet"),
    "cover_fields": _("Cover sheet"), "format": _("Format"), "kind": _("Kind"),
    "question": _("Inquiry"), "columns": _("Columns"), "template": _("Word template"),
    "name": _("Name"), "file": _("File"), "fields": _("Fields"), "active": _("offered"),
    "own_fields": _("Further fields of your cover sheet"), "cosign_by": _("Answer by"),
    "long": _("Long form: everything instead of four pages"),
}  # fmt: skip


def _lines(changes: Mapping[str, Any]) -> list[Line]:
    """Changed fields of a report in words; a place for texts is named by its slot."""
    from leitstand.reporting.models import Report

    states = {str(value): str(label) for value, label in Report.State.choices}
    found = []
    for name, change in changes.items():
        before, after = change if isinstance(change, list) and len(change) == 2 else (None, None)
        if before == after or (not before and not after):
            continue
        old, new = ("" if side in (None, "") else str(side) for side in (before, after))
        if name == "state":
            old, new = states.get(old, old), states.get(new, new)
        found.append(Line(str(_LABELS.get(name, _("Text"))), old, new))
    return found
