"""Writers of the project itself."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import events, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.base.models import Level
from leitstand.core.base.records import plain
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.comments.actions import forget as forget_comments
from leitstand.core.files.actions import remove_file
from leitstand.core.files.models import StoredFile
from leitstand.core.org.models import OrgUnit
from leitstand.portfolio import policy
from leitstand.portfolio.actions.notes import is_of_closer_time
from leitstand.portfolio.actions.numbers import number_text, take_numbers
from leitstand.portfolio.models import Phase, Project, ProjectPerson

MANY = ("fields_of_action", "goals")
FIELDS = (
    "external_key", "title", "need", "summary", "phase", "programme", "lead_unit", "size",
    "start", "start_precision", "end", "end_precision", "due", "due_kind", "due_basis",
    "progress", "light", "light_note", "source_status", "confidentiality", "published",
    "public_text", "public_contact",
)  # fmt: skip


def event(
    type_: str,
    project: Project,
    actor: Actor,
    changes: Mapping[str, Any],
    reason: str = "",
    *,
    level_before: int = 0,
) -> events.Event:
    """Return the audit event of a project, as protected as the project itself.

    ``level_before``: the event names old texts too, so the higher of both levels holds.
    """
    return events.Event(
        type=type_,
        actor=actor,
        object_kind="project",
        object_id=project.id,
        object_title=project.title,
        changes=changes,
        reason=reason,
        level=max(project.confidentiality, level_before),
        unit_id=project.lead_unit_id,
    )


def check(values: Mapping[str, Any]) -> None:
    """Raise ``Invalid`` with all broken rules of a project's complete set of values."""
    errors: dict[str, list[Any]] = {}
    if not str(values.get("title") or "").strip():
        errors["title"] = [_("The project needs a title.")]
    if values.get("lead_unit") is None:
        errors["lead_unit"] = [_("Name the unit that leads the project.")]
    start, end = values.get("start"), values.get("end")
    if start and end and end < start:
        errors["end"] = [_("The end lies before the start.")]
    if not 0 <= int(values.get("progress") or 0) <= 100:
        errors["progress"] = [_("The progress lies between 0 and 100 percent.")]
    if values.get("published") and values.get("confidentiality") != Level.PUBLIC:
        errors["published"] = [
            _("Only a project of the level “public” can be published. Change the level first.")
        ]
    if values.get("due_kind") and not values.get("due"):
        errors["due"] = [_("Give the due date, or leave its kind open.")]
    if errors:
        raise Invalid(errors)


def check_public(values: Mapping[str, Any]) -> None:
    """Raise ``Invalid`` unless a page for the public would say something, and whom to ask."""
    errors: dict[str, list[Any]] = {}
    if not str(values.get("public_text") or "").strip():
        errors["public_text"] = [_("Write a text for the public before you publish the project.")]
    if not str(values.get("public_contact") or "").strip():
        text = _("Name a contact for the public before you publish the project.")
        errors["public_contact"] = [text]
    if errors:
        raise Invalid(errors)


@transaction.atomic
def create_project(*, actor: Actor, values: Mapping[str, Any], reason: str = "") -> Project:
    """Create a project from model field values; raises ``Invalid`` or ``NotAllowed``.

    The lead unit and the level decide whether the actor may; publishing needs its own permission.
    """
    project = _insert(actor, values, reason)
    _check_sight(actor, project)
    return project


COPIED = ("summary", "size", "programme", "confidentiality", *MANY)


@transaction.atomic
def sketch_project(
    *, actor: Actor, values: Mapping[str, Any], copy_of: uuid.UUID | None = None
) -> Project:
    """Create a project in phase idea; ``copy_of`` lends strategy, size, level and description.

    Who may not change projects of the unit by role becomes the sketch's lead, so that she can
    go on with it.
    """
    lent: dict[str, Any] = {}
    if copy_of is not None:
        source = current_values(policy.get_visible(actor, copy_of))
        lent = {name: source[name] for name in COPIED}
    project = _insert(actor, {**lent, **values, "phase": Phase.IDEA}, "")
    if actor.person_id and not policy.can(actor, policy.CHANGE, project):
        _appoint(actor, actor.person_id, project)
    _check_sight(actor, project)
    return project


def _appoint(actor: Actor, person_id: uuid.UUID, project: Project) -> None:
    role = ProjectPerson.Role.LEAD
    row = ProjectPerson.objects.create(project=project, person_id=person_id, role=role)
    changes = {"part": [None, "person"], "role": [None, role.value]}
    plain_event = event("portfolio.item.added", project, actor, changes)
    personal = {"person": [None, str(row.person)], "part": str(row.pk)}
    events.record(events.Event(**{**plain_event.__dict__, "personal": personal}))


def _check_sight(actor: Actor, project: Project) -> None:
    """Nobody may move a project out of her own sight: she could not take it back."""
    if not policy.can(actor, policy.VIEW, project):
        text = _(
            "With this unit and this confidentiality level you would no longer see the project."
        )
        raise Invalid(text, field="confidentiality")


def _insert(actor: Actor, values: Mapping[str, Any], reason: str) -> Project:
    fields = {name: values[name] for name in FIELDS if name in values}
    refuse_unstorable({**fields, "reason": reason})
    check({**_defaults(), **fields})
    unit: OrgUnit = fields["lead_unit"]
    level = int(fields.get("confidentiality", Level.INTERNAL))
    policy.require_level(actor, policy.CREATE, unit.id, min(level, Level.INTERNAL))
    if fields.get("published"):
        policy.require_level(actor, policy.PUBLISH, unit.id, level)
    project = Project(**fields)
    project.title = project.title.strip()
    _clean(project)
    project.number = number_text(take_numbers())
    project.save(force_insert=True)
    for name in MANY:
        if name in values:
            getattr(project, name).set(values[name])
    changes = {name: [None, plain(value)] for name, value in fields.items() if value}
    events.record(event("portfolio.project.created", project, actor, changes, reason))
    return project


def _defaults() -> dict[str, Any]:
    return {"progress": 0, "confidentiality": Level.INTERNAL, "published": False}


def current_values(project: Project) -> dict[str, Any]:
    """Return all values of a project as the actions take them."""
    values = {name: getattr(project, name) for name in FIELDS}
    return {**values, **{name: list(getattr(project, name).all()) for name in MANY}}


@transaction.atomic
def change_project(
    project_id: uuid.UUID,
    *,
    actor: Actor,
    version: int,
    values: Mapping[str, Any],
    reason: str = "",
) -> Project:
    """Change the given fields; raises ``Conflict`` with both versions if somebody was faster.

    Fields that are not in ``values`` stay as they are. Without a real change nothing is written.
    """
    policy.require(actor, policy.CHANGE, policy.get_visible(actor, project_id))
    project = versions.locked(Project, project_id)
    old = current_values(project)
    new = {name: value for name, value in values.items() if name in old}
    refuse_unstorable({**new, "reason": reason})
    versions.check_version(
        project,
        version,
        _("Somebody else has changed this project in the meantime."),
        theirs={name: old[name] for name in new},
        mine=new,
    )
    changed = versions.changed(old, new, _differs)
    if not changed:
        return project
    before, level = project.confidentiality, int(new.get("confidentiality", Level.STRICT))
    if "light_note" not in new and is_of_closer_time(project, before, level):
        changed["light_note"] = (project.light_note, "")
    check({**old, **new})
    if new.get("published") and not old["published"]:
        check_public({**old, **new})
    _check_rights(project, actor, {name: value for name, (_old, value) in changed.items()})
    level_before = project.confidentiality
    _write(project, {name: value for name, (_old, value) in changed.items()})
    _check_sight(actor, project)
    changes = {name: [plain(before), plain(after)] for name, (before, after) in changed.items()}
    kind = "portfolio.project.changed"
    events.record(event(kind, project, actor, changes, reason, level_before=level_before))
    return project


def _check_rights(project: Project, actor: Actor, changed: Mapping[str, Any]) -> None:
    """Moving, lowering the level, publishing and what the public reads need rights by role."""
    unit_id = changed["lead_unit"].id if "lead_unit" in changed else project.lead_unit_id
    level = int(changed.get("confidentiality", project.confidentiality))
    if level < project.confidentiality:
        policy.require_lowering(actor, project)
    if "published" in changed or (project.published and policy.PUBLIC_TEXTS & changed.keys()):
        policy.require_level(actor, policy.PUBLISH, unit_id, Level.PUBLIC)
    if "lead_unit" in changed:
        policy.require_level(actor, policy.CREATE, unit_id, min(level, Level.INTERNAL))


def _differs(old: Any, new: Any) -> bool:
    if isinstance(old, list):
        return {item.pk for item in old} != {item.pk for item in new}
    return bool(old != new)


def _write(project: Project, changed: Mapping[str, Any]) -> None:
    for name, value in changed.items():
        if name not in MANY:
            setattr(project, name, value)
    project.title = project.title.strip()
    project.version += 1
    _clean(project)
    project.save()
    for name in MANY:
        if name in changed:
            getattr(project, name).set(changed[name])


def _clean(project: Project) -> None:
    """Refuse texts that are too long and values that are no choice; SQLite would take them."""
    try:
        project.clean_fields(exclude=["number", "programme", "lead_unit"])
    except ValidationError as problem:
        raise Invalid(problem.message_dict) from None


@transaction.atomic
def delete_project(project_id: uuid.UUID, *, actor: Actor, version: int, reason: str) -> None:
    """Delete a project with its parts and files; the trail keeps a tombstone and the reason."""
    policy.require(actor, policy.DELETE, policy.get_visible(actor, project_id))
    if not reason.strip():
        raise Invalid(_("State why the project is deleted."), field="reason")
    refuse_unstorable({"reason": reason})
    project = versions.locked(Project, project_id)
    versions.check_version(
        project, version, _("Somebody else has changed this project in the meantime.")
    )
    changes = {"number": [project.number, None], "title": [project.title, None]}
    events.record(event("portfolio.project.deleted", project, actor, changes, reason))
    used = project.documents.exclude(file=None).values("file")
    files = list(StoredFile.objects.filter(pk__in=used))
    forget_comments("project", project.pk)
    forget_comments("status-report", *project.status_reports.values_list("pk", flat=True))
    project.delete()
    for file in files:
        remove_file(file)
