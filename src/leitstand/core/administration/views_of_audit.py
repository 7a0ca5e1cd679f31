"""What the pages of the audit trail show, as view models; the job that verifies the chain."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leitstand.core.audit import sealer
from leitstand.core.audit.models import AuditEvent
from leitstand.core.base import events
from leitstand.core.base.kinds import resource_kinds
from leitstand.core.jobs.models import Job
from leitstand.core.jobs.running import JobRun
from leitstand.core.ui.components import Badge, Cell, Column, DataTable, Row

_OWN_KINDS = {
    "audit-trail": gettext_lazy("Audit trail"),
    "file": gettext_lazy("File"),
    "site": gettext_lazy("Site"),
}


def kind_label(code: str) -> str:
    """Return the name of a kind of object."""
    if code in resource_kinds:
        return str(resource_kinds[code].label)
    return str(_OWN_KINDS.get(code, code))


def kind_choices() -> list[tuple[str, str]]:
    """Return all known kinds of objects by name."""
    codes = {*resource_kinds.names(), *_OWN_KINDS}
    return sorted(((code, kind_label(code)) for code in codes), key=lambda pair: pair[1])


def type_label(code: str) -> str:
    """Return the sentence of an event type; the code itself for one no longer known."""
    return str(events.event_types[code].label) if code in events.event_types else code


def changes_text(changes: dict[str, Any]) -> str:
    """Return changed fields in words: "name: Amt → Fachbereich"."""
    return "; ".join(
        f"{field}: {_shown(pair[0])} → {_shown(pair[1])}"
        if isinstance(pair, list) and len(pair) == 2
        else f"{field}: {_shown(pair)}"
        for field, pair in changes.items()
    )


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def who(event: AuditEvent) -> str:
    """Return who did it, or that this was erased."""
    personal = event.personal
    if personal.shredded_at:
        return _("erased")
    return personal.actor_name or _("not logged in")


def trail_table(found: Iterable[AuditEvent]) -> DataTable:
    """Return the trail as a table; events must come with their personal part."""
    rows = []
    for event in found:
        url = ""
        if event.object_kind in resource_kinds and event.object_id:
            url = f"/id/{event.object_kind}/{event.object_id}"
        details = [event.reason, changes_text(event.changes), _details(event)]
        rows.append(
            Row(
                [
                    Cell(event.at, note=str(event.pk)),
                    Cell(type_label(event.type)),
                    Cell(who(event), note=event.personal.address),
                    Cell(event.object_title or kind_label(event.object_kind), url),
                    Cell("; ".join(filter(None, details))),
                ],
                label=str(event.pk),
            )
        )
    return DataTable(
        caption=_("Audit trail"),
        columns=[
            Column("at", _("Time"), nowrap=True),
            Column("what", _("What")),
            Column("who", _("Who")),
            Column("object", _("Object")),
            Column("details", _("Details")),
        ],
        rows=rows,
        empty_title=_("No event fits."),
        empty_text=_("Change the filter."),
    )


def _details(event: AuditEvent) -> str:
    details = event.personal.details
    return "; ".join(f"{name}: {_shown(value)}" for name, value in details.items() if value)


def export_row(event: AuditEvent) -> dict[str, object]:
    """Return one event as a row of :data:`leitstand.core.administration.tables.TRAIL`."""
    return {
        "number": event.pk,
        "at": timezone.localtime(event.at).strftime("%d.%m.%Y %H:%M:%S"),
        "what": type_label(event.type),
        "who": who(event),
        "address": event.personal.address,
        "object": event.object_title or kind_label(event.object_kind),
        "object_id": str(event.object_id or ""),
        "changes": changes_text(event.changes),
        "reason": event.reason,
        "request": event.request_id,
    }


def verify(run: JobRun) -> dict[str, Any]:
    """Verify the chain (a job); the result names at most 50 findings."""
    result = sealer.verify(progress=run.step)
    return {
        "ok": result.ok,
        "seals": result.seals,
        "sealed": result.sealed_events,
        "unsealed": result.unsealed_events,
        "shredded": result.shredded,
        "head": result.head,
        "findings": result.findings[:50],
    }


def last_verification() -> dict[str, Any] | None:
    """Return when the chain was last verified and with what result."""
    job = Job.objects.filter(kind="audit.verify", state=Job.State.DONE).order_by("-pk").first()
    if job is None:
        return None
    result = job.result
    sealed, unsealed = int(result.get("sealed", 0)), int(result.get("unsealed", 0))
    return {
        "at": job.finished_at,
        "badge": Badge(_("intact"), "success")
        if result.get("ok")
        else Badge(_("broken"), "danger"),
        "sealed": ngettext("%(n)d event sealed", "%(n)d events sealed", sealed) % {"n": sealed},
        "unsealed": ngettext("%(n)d event not yet sealed", "%(n)d events not yet sealed", unsealed)
        % {"n": unsealed},
        "findings": result.get("findings", []),
        "head": result.get("head", ""),
    }
