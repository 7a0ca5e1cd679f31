"""What the pages of the audit trail show, as view models; the job that verifies the chain."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leitstand.core.audit import sealer
from leitstand.core.audit.models import AuditEvent
from leitstand.core.base import events
from leitstand.core.base.changes import change_formats
from leitstand.core.base.kinds import resource_kinds
from leitstand.core.jobs.models import Job
from leitstand.core.jobs.running import JobRun
from leitstand.core.org.models import UnitKind
from leitstand.core.policy import registry
from leitstand.core.ui.components import Badge, Cell, Column, DataTable, Row

_OWN_KINDS = {
    "audit-trail": gettext_lazy("Audit trail"),
    "file": gettext_lazy("File"),
    "site": gettext_lazy("Site"),
    "site-text": gettext_lazy("Text of the site"),
    "accessibility-feedback": gettext_lazy("Report of a barrier"),
}


def kind_label(code: str) -> str:
    """Return the name of a kind of object."""
    if code in resource_kinds:
        return str(resource_kinds[code].label)
    if code in change_formats:
        return str(change_formats[code].label)
    return str(_OWN_KINDS.get(code, code))


def kind_choices() -> list[tuple[str, str]]:
    """Return all known kinds of objects by name."""
    codes = {*resource_kinds.names(), *change_formats.names(), *_OWN_KINDS}
    return sorted(((code, kind_label(code)) for code in codes), key=lambda pair: pair[1])


def type_label(code: str) -> str:
    """Return the sentence of an event type; the code itself for one no longer known."""
    return str(events.event_types[code].label) if code in events.event_types else code


def changes_text(kind: str, changes: dict[str, Any]) -> str:
    """Return changed fields in words: "Name: Amt → Fachbereich"; the kind's own format first."""
    if kind in change_formats:
        lines = change_formats[kind].lines(changes)
        return "; ".join(_change(label, before, after) for label, before, after in lines)
    return "; ".join(
        _change(_label(field), _shown(field, before), _shown(field, after))
        for field, (before, after) in (
            (name, pair if isinstance(pair, list) and len(pair) == 2 else (None, pair))
            for name, pair in changes.items()
        )
    )


def _change(label: str, before: str, after: str) -> str:
    if not before and not after:
        return label
    return f"{label}: {before} → {after or '–'}" if before else f"{label}: {after}"


def _label(field: str) -> str:
    """Return the name of a field of the kernel's own objects."""
    labels = {
        "username": _("user name"),
        "name": _("Name"),
        "short_name": _("Short name"),
        "given_name": _("Given name"),
        "family_name": _("Family name"),
        "title": _("Title"),
        "code": _("Unit code"),
        "kind": _("Kind"),
        "email": _("E-mail"),
        "parent": _("Belongs to"),
        "into": _("Merged into"),
        "people": _("People"),
        "person": _("Person"),
        "unit": _("Unit"),
        "role": _("Role"),
        "with_subunits": _("with sub-units"),
        "valid_from": _("From"),
        "valid_until": _("To"),
        "active": _("active"),
        "is_active": _("active"),
        "language": _("Language"),
        "scope": _("Scope"),
        "removed": _("removed"),
        "size": _("Size in bytes"),
        "sha256": _("Checksum"),
        "events": _("Events"),
        "before": _("Events before"),
        "page": _("Page"),
        "characters": _("Characters"),
        "filter": _("Selected by"),
        "selection": _("Selection"),
    }
    return str(labels.get(field, field))


def _shown(field: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field == "role" and str(value) in registry.roles:
        return str(registry.roles[str(value)].label)
    if field == "kind" and str(value) in UnitKind.values:
        return str(UnitKind(str(value)).label)
    if isinstance(value, dict):
        return ", ".join(f"{_label(name)} {_shown(name, part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(_shown(field, part) for part in value)
    return str(value)


def object_title(event: AuditEvent) -> str:
    """Return what the event was about; people's names stand in the personal part alone."""
    kind, personal = event.object_kind, event.personal
    if event.object_title:
        known = kind in change_formats
        return change_formats[kind].title(event.object_title) if known else event.object_title
    details = personal.details if isinstance(personal.details, dict) else {}
    if kind == "account" and personal.account_id == event.object_id:
        return str(details.get("username") or personal.actor_name or kind_label(kind))
    if kind in ("account", "person"):
        return str(details.get("username") or details.get("name") or kind_label(kind))
    return kind_label(kind)


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
        changes = changes_text(event.object_kind, event.changes)
        details = [event.reason, changes, _details(event)]
        rows.append(
            Row(
                [
                    Cell(event.at, note=str(event.pk)),
                    Cell(type_label(event.type)),
                    Cell(who(event), note=event.personal.address),
                    Cell(object_title(event), url, note=_note(event)),
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


def _note(event: AuditEvent) -> str:
    kind = kind_label(event.object_kind)
    return "" if kind == object_title(event) else kind


def _details(event: AuditEvent) -> str:
    """The personal part in words; what the column of objects shows is not repeated."""
    details = event.personal.details if isinstance(event.personal.details, dict) else {}
    kind, shown = event.object_kind, object_title(event)
    if kind in change_formats:
        pairs = {name: value for name, value in details.items() if isinstance(value, list)}
        rest = {name: value for name, value in details.items() if isinstance(value, dict) and value}
        return "; ".join(filter(None, (changes_text(kind, pairs), changes_text("", rest))))
    rest = {name: value for name, value in details.items() if value and value != shown}
    return changes_text("", rest)


def export_row(event: AuditEvent) -> dict[str, object]:
    """Return one event as a row of :data:`leitstand.core.administration.tables.TRAIL`."""
    return {
        "number": event.pk,
        "at": timezone.localtime(event.at).strftime("%d.%m.%Y %H:%M:%S"),
        "what": type_label(event.type),
        "who": who(event),
        "address": event.personal.address,
        "object": object_title(event),
        "object_id": str(event.object_id or ""),
        "changes": changes_text(event.object_kind, event.changes),
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
