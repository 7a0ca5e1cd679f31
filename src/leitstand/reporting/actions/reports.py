"""The only writers of reports: made, changed, filled with figures and words, deleted."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from leitstand.core.base import events, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid
from leitstand.core.base.models import Level
from leitstand.core.base.report_sections import ReportFrame, report_sections
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.policy import grants
from leitstand.reporting import policy
from leitstand.reporting.domain import content, covers
from leitstand.reporting.models import Report, ReportStep, ReportVersion, ReportWords
from leitstand.reporting.queries import campaigns, inquiries
from leitstand.reporting.queries.building import build

FIELDS = (
    "kind", "question", "source", "columns", "title", "day", "since", "long", "selection",
    "sections", "unit", "confidentiality", "cover", "cover_fields", "template", "reference",
)  # fmt: skip
LONGEST = 20_000
CHANGED = gettext_noop("Somebody else has changed this report in the meantime.")


def create_report(*, actor: Actor, values: Mapping[str, Any]) -> Report:
    """Make a draft with its first figures; raises ``Invalid`` or ``NotAllowed``."""
    refuse_unstorable(values)
    row = Report(**{name: values[name] for name in FIELDS if name in values})
    _check(row)
    grants.require(actor, policy.CHANGE, row.unit_id, row.confidentiality)
    editions = _editions(row, actor)
    with transaction.atomic():
        row.save(force_insert=True)
        record("created", row, actor, {n: [None, _plain(getattr(row, n))] for n in FIELDS})
        _keep(row, editions, actor, "")
    return row


@transaction.atomic
def change_report(
    report_id: uuid.UUID, *, actor: Actor, version: int, values: Mapping[str, Any]
) -> Report:
    """Change what a draft asks for; its figures stay until they are made anew.

    Raises ``Conflict`` if somebody was faster, ``Invalid`` unless it is a draft.
    """
    refuse_unstorable(values)
    row = _draft(report_id, actor)
    old = {name: getattr(row, name) for name in values}
    versions.check_version(row, version, _(CHANGED), theirs=old, mine=values)
    changed = versions.changed(old, values)
    if not changed:
        return row
    for name, (_old, value) in changed.items():
        setattr(row, name, value)
    _check(row)
    grants.require(actor, policy.CHANGE, row.unit_id, row.confidentiality)
    row.version += 1
    row.save()
    levels = changed.get("confidentiality", (row.confidentiality,))
    changes = {n: [_plain(a), _plain(b)] for n, (a, b) in changed.items()}
    record("changed", row, actor, changes, level=max(levels))
    return row


def generate(report_id: uuid.UUID, *, actor: Actor, day: date, reason: str = "") -> ReportVersion:
    """Freeze the figures of ``day`` as the next version; the editors' words stay.

    Raises ``Invalid`` for a day without figures or a report that is no draft.
    """
    refuse_unstorable({"reason": reason})
    row = policy.get_visible(actor, report_id)
    policy.require(actor, policy.CHANGE, row)
    basis, row.day = row.version, day
    _check(row)
    editions = _editions(row, actor)
    with transaction.atomic():
        fresh = _draft(report_id, actor)
        versions.check_version(fresh, basis, _(CHANGED))
        fresh.day = day
        fresh.version += 1
        fresh.save()
        return _keep(fresh, editions, actor, reason)


@transaction.atomic
def set_words(
    report_id: uuid.UUID, *, actor: Actor, words: Mapping[str, str], base: Mapping[str, str]
) -> Report:
    """Keep the editors' texts of some places; ``base`` is what each held when it was opened.

    Raises ``Conflict`` with both texts of every place that somebody else has changed since.
    """
    refuse_unstorable(words)
    row = _draft(report_id, actor)
    given = {slot: text.replace("\r\n", "\n").strip() for slot, text in words.items()}
    too_long = [slot for slot, text in given.items() if len(text) > LONGEST or len(slot) > 120]
    if too_long:
        raise Invalid({slot: [_("At most 20,000 characters.")] for slot in too_long})
    kept = {one.slot: one for one in row.words.all()}
    now = {slot: kept[slot].text if slot in kept else "" for slot in given}
    changed = {slot: text for slot, text in given.items() if text != now[slot]}
    foreign = {
        s: t for s, t in changed.items() if now[s] != base.get(s, "").replace("\r\n", "\n").strip()
    }
    if foreign:
        theirs = {slot: now[slot] for slot in foreign}
        raise Conflict(_(CHANGED), theirs=theirs, mine=foreign, version=row.version)
    for slot, text in changed.items():
        words_row = kept.get(slot) or ReportWords(report=row, slot=slot)
        words_row.text = text
        words_row.version += 1
        words_row.save()
    if changed:
        record("worded", row, actor, {slot: [now[slot], text] for slot, text in changed.items()})
    return row


@transaction.atomic
def delete_report(report_id: uuid.UUID, *, actor: Actor, reason: str) -> None:
    """Delete a draft that was never released; its trail stays."""
    row = _draft(report_id, actor)
    if row.steps.filter(kind="released").exists():
        raise Invalid(_("A report that was released once is kept."))
    record("deleted", row, actor, {"title": [row.title, None]}, reason)
    row.delete()


@transaction.atomic
def note_download(row: Report, form: str, *, actor: Actor) -> None:
    """Note in the trail that the report was taken out as a file."""
    record("downloaded", row, actor, {"format": [None, form]})


def record(
    what: str, row: Report, actor: Actor, changes: Mapping[str, Any], reason: str = "",
    *, level: int | None = None,
) -> None:  # fmt: skip
    """Write an event of the report into the trail; of the level that it has, or a higher one."""
    events.record(
        events.Event(
            type=f"reporting.report.{what}", actor=actor, object_kind="report", object_id=row.pk,
            object_title=row.title, changes=changes, reason=reason,
            level=row.confidentiality if level is None else level, unit_id=row.unit_id,
        )
    )  # fmt: skip


def note_step(row: Report, kind: str, actor: Actor, reason: str = "") -> None:
    """Add a step to the report's own list."""
    newest = row.versions.order_by("-number").values_list("number", flat=True).first()
    ReportStep.objects.create(
        report=row, kind=kind, number=newest or 0, reason=reason, person_id=actor.person_id
    )


def _draft(report_id: uuid.UUID, actor: Actor) -> Report:
    """The report, locked; it is a draft and the actor may write it."""
    row = policy.get_visible(actor, report_id)
    policy.require(actor, policy.CHANGE, row)
    row = versions.locked(Report, report_id)
    if row.state != Report.State.DRAFT:
        raise Invalid(_("Only a draft can be changed. Call the report back first."))
    return row


def _editions(row: Report, actor: Actor) -> content.Editions:
    frame = ReportFrame(
        actor, row.day, row.confidentiality, row.unit_id, since=row.since, long=row.long,
        selection=row.selection,
    )  # fmt: skip
    if row.kind == Report.Kind.CAMPAIGN:
        return (campaigns.build(frame, row.source),)
    if row.kind == Report.Kind.INQUIRY:
        asked = inquiries.Inquiry(row.question, row.source, tuple(row.columns))
        return (inquiries.build(frame, asked),)
    return build(frame, row.sections or None)


def _keep(
    row: Report, editions: content.Editions, actor: Actor, reason: str
) -> ReportVersion:
    newest = row.versions.order_by("-number").values_list("number", flat=True).first()
    made = ReportVersion.objects.create(
        report=row, number=(newest or 0) + 1, day=row.day, reason=reason[:500],
        content={
            "language": get_language() or "de", "sections": content.to_json(editions[0]),
            "shorter": [content.to_json(one) for one in editions[1:]], "level": row.confidentiality,
            "unit": str(row.unit_id),
        },
    )  # fmt: skip
    note_step(row, "generated", actor, reason)
    record("generated", row, actor, {"day": [None, row.day.isoformat()]}, reason)
    return made


def _check(row: Report) -> None:
    row.title = " ".join(str(row.title or "").split())
    errors = _wrong_frame(row) | _wrong_contents(row)
    if errors:
        raise Invalid(errors)


def _wrong_frame(row: Any) -> dict[str, list[Any]]:
    errors: dict[str, list[Any]] = {}
    if not row.title:
        errors["title"] = [_("The report needs a title.")]
    elif len(row.title) > 300:
        errors["title"] = [_("At most 300 characters.")]
    if not isinstance(row.day, date):
        errors["day"] = [_("Give a date.")]
    elif row.since and row.since >= row.day:
        errors["since"] = [_("The report before must lie before the day of the figures.")]
    if row.confidentiality not in Level.values:
        errors["confidentiality"] = [_("Choose a level.")]
    if row.unit_id is None:
        errors["unit"] = [_("Choose a unit.")]
    return errors


def _wrong_contents(row: Report) -> dict[str, list[Any]]:
    errors: dict[str, list[Any]] = {}
    if row.cover not in covers.COVERS:
        errors["cover"] = [_("Choose a cover sheet.")]
    if row.template is not None and not row.template.active and _is_new_template(row):
        errors["template"] = [_("This template is no longer offered.")]
    if len(row.selection) > 2000:
        errors["selection"] = [_("At most 2,000 characters.")]
    if len(row.question) > LONGEST:
        errors["question"] = [_("At most 20,000 characters.")]
    if row.kind not in Report.Kind.values:
        errors["kind"] = [_("Choose a kind of paper.")]
    if len(row.reference) > 80:
        errors["reference"] = [_("At most 80 characters.")]
    if unknown := [code for code in row.sections if code not in report_sections]:
        errors["sections"] = [_("Unknown sections: %(names)s") % {"names": ", ".join(unknown)}]
    if any(len(text) > covers.LONGEST for text in row.cover_fields.values()):
        errors["cover_fields"] = [_("At most 2,000 characters.")]
    return errors


def _is_new_template(row: Report) -> bool:
    return not Report.objects.filter(pk=row.pk, template=row.template_id).exists()


def _plain(value: Any) -> Any:
    """A value as the trail keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if hasattr(value, "pk") else value
