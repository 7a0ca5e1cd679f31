"""Writers of everything that belongs to a project.

Milestones, budget lines, risks and so on differ in their columns only; ``ITEM_KINDS`` lists them
once and three functions write them all: added, changed, removed are the business events.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from leitstand.core.base import events, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.base.integrity import is_duplicate
from leitstand.core.base.records import plain
from leitstand.core.base.registry import Registry
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.files.actions import remove_file
from leitstand.core.tables.columns import Table
from leitstand.portfolio import models as m
from leitstand.portfolio import policy
from leitstand.portfolio.actions.projects import event
from leitstand.portfolio.models import Project
from leitstand.portfolio.tables.items import ITEM_TABLES

PERSONAL = {"person", "contact", "name"}


@dataclass(frozen=True)
class ItemKind:
    """A kind of part: its model, its columns and the name of the reverse relation."""

    code: str
    model: type[models.Model]
    table: Table
    relation: str


ITEM_KINDS: Registry[ItemKind] = Registry("kind of project part")
for _code, _model, _relation in (
    ("participation", m.Participation, "participations"),
    ("person", m.ProjectPerson, "people"),
    ("milestone", m.Milestone, "milestones"),
    ("work-package", m.WorkPackage, "work_packages"),
    ("effort", m.RoleEffort, "efforts"),
    ("budget", m.BudgetLine, "budget_lines"),
    ("funding", m.Funding, "fundings"),
    ("consultation", m.MandatoryConsultation, "consultations"),
    ("waiting", m.WaitingTime, "waiting_times"),
    ("risk", m.Risk, "risks"),
    ("obstacle", m.Obstacle, "obstacles"),
    ("decision", m.Decision, "decisions"),
    ("document", m.ProjectDocument, "documents"),
    ("partner", m.ExternalPartner, "partners"),
):
    ITEM_KINDS.add(_code, ItemKind(_code, _model, ITEM_TABLES[_code], _relation))


@transaction.atomic
def add_item(
    kind: str, project_id: uuid.UUID, *, actor: Actor, values: Mapping[str, Any]
) -> models.Model:
    """Add a part to a project; ``values`` are model field values."""
    item_kind = ITEM_KINDS[kind]
    project = _changeable(project_id, actor)
    refuse_unstorable(values)
    item = item_kind.model(project=project, **dict(values))
    _check(item)
    _save(item, force_insert=True)
    changes = {name: [None, plain(value)] for name, value in values.items()}
    _record("added", item_kind, project, item, actor, changes)
    return item


@transaction.atomic
def change_item(
    kind: str, item_id: uuid.UUID, *, actor: Actor, version: int, values: Mapping[str, Any]
) -> models.Model:
    """Change a part; raises ``Conflict`` with both versions if somebody was faster."""
    item_kind = ITEM_KINDS[kind]
    project, item = _locked(item_kind, item_id, actor)
    refuse_unstorable(values)
    old = {name: getattr(item, name) for name in values}
    versions.check_version(item, version, _conflict_text(), theirs=old, mine=values)
    changed = versions.changed(old, values)
    if not changed:
        return item  # type: ignore[no-any-return]
    for name, (_old, value) in changed.items():
        setattr(item, name, value)
    item.version += 1
    _check(item)
    _save(item)
    changes = {name: [plain(before), plain(after)] for name, (before, after) in changed.items()}
    _record("changed", item_kind, project, item, actor, changes)
    return item  # type: ignore[no-any-return]


@transaction.atomic
def remove_item(kind: str, item_id: uuid.UUID, *, actor: Actor, version: int) -> None:
    """Remove a part, a document with its file; removing twice raises ``NotFound``.

    Raises ``Conflict`` if somebody has changed the part since ``version``.
    """
    item_kind = ITEM_KINDS[kind]
    project, item = _locked(item_kind, item_id, actor)
    versions.check_version(item, version, _conflict_text())
    names = [column.name for column in item_kind.table]
    changes = {name: [plain(getattr(item, name)), None] for name in names}
    _record("removed", item_kind, project, item, actor, changes)
    file = getattr(item, "file", None)
    item.delete()
    if file is not None:
        remove_file(file)


def _conflict_text() -> str:
    return _("Somebody else has changed this entry in the meantime.")


def _locked(kind: ItemKind, item_id: uuid.UUID, actor: Actor) -> tuple[Project, Any]:
    """Return the project and its part, locked, for somebody who may change them."""
    known: Any = kind.model._default_manager.filter(pk=item_id).first()
    if known is None:
        raise NotFound
    return _changeable(known.project_id, actor), versions.locked(kind.model, item_id)


def _changeable(project_id: uuid.UUID, actor: Actor) -> Project:
    project = policy.get_visible(actor, project_id)
    policy.require(actor, policy.CHANGE, project)
    return project


def _check(item: models.Model) -> None:
    try:
        item.full_clean(exclude=["project"], validate_unique=False, validate_constraints=False)
        item.validate_constraints(exclude=["id"])
    except ValidationError as problem:
        raise Invalid(_in_words(item, problem)) from None


def _in_words(item: models.Model, problem: ValidationError) -> dict[str, list[Any]]:
    """Name the field of a broken rule; constraints speak of the end or of a duplicate."""
    if hasattr(problem, "error_dict"):
        errors = dict(problem.message_dict)
    else:
        errors = {"__all__": problem.messages}
    general = errors.pop("__all__", None)
    if general:
        start, end = getattr(item, "start", None), getattr(item, "end", None)
        if start and end and end < start:
            errors["end"] = [_("The end lies before the start.")]
        elif _is_duplicate(problem):
            errors[""] = [_("This entry already exists in the project.")]
        else:
            errors[""] = general
    return errors


def _is_duplicate(problem: ValidationError) -> bool:
    found = problem.error_dict.get("__all__", []) if hasattr(problem, "error_dict") else [problem]
    return any(error.code in ("unique", "unique_together") for error in found)


def _save(item: models.Model, **options: Any) -> None:
    try:
        with transaction.atomic():
            item.save(**options)
    except IntegrityError as problem:
        if not is_duplicate(problem):
            raise
        raise Invalid(_("This entry already exists in the project.")) from None


def _record(
    what: str,
    kind: ItemKind,
    project: Project,
    item: models.Model,
    actor: Actor,
    changes: dict[str, Any],
) -> None:
    personal = {name: pair for name, pair in changes.items() if name in PERSONAL}
    public = {name: pair for name, pair in changes.items() if name not in PERSONAL}
    base = event(f"portfolio.item.{what}", project, actor, {"part": [None, kind.code], **public})
    events.record(events.Event(**{**base.__dict__, "personal": {**personal, "part": str(item.pk)}}))
