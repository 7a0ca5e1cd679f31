"""Writers of prioritisation: criteria, and the score of a project for one of them."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from leitstand.core.base import events, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed, NotFound
from leitstand.core.base.integrity import is_duplicate
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.policy import grants as policy_grants
from leitstand.portfolio import policy
from leitstand.portfolio.actions.projects import event
from leitstand.portfolio.models import PriorityCriterion, PriorityScore

HIGHEST = {PriorityCriterion.Kind.MUST: 1, PriorityCriterion.Kind.WEIGHTED: 5}


@transaction.atomic
def set_score(
    project_id: uuid.UUID,
    criterion_id: uuid.UUID,
    *,
    actor: Actor,
    score: int | None,
    note: str = "",
) -> PriorityScore | None:
    """Score a project for a criterion: 0-5, must criteria 0 or 1; ``None`` takes the score away.

    Raises ``NotFound`` for a hidden project, ``NotAllowed``, or ``Invalid`` outside the range.
    """
    project = policy.get_visible(actor, project_id)
    policy.require(actor, policy.PRIORITY, project)
    criterion = PriorityCriterion.objects.filter(pk=criterion_id).first()
    if criterion is None:
        raise NotFound
    refuse_unstorable({"note": note})
    _check_score(criterion, score, note)
    row = (
        PriorityScore.objects.select_for_update(of=("self",))
        .filter(project=project, criterion=criterion)
        .first()
    )
    old = (row.score, row.note) if row else (None, "")
    if old == (score, note.strip()):
        return row
    row = _write_score(row, project.id, criterion, score, note.strip())
    changes = {"score": [old[0], score], "criterion": [None, criterion.name]}
    events.record(event("portfolio.priority.scored", project, actor, changes))
    return row


def _check_score(criterion: PriorityCriterion, score: int | None, note: str) -> None:
    highest = HIGHEST[PriorityCriterion.Kind(criterion.kind)]
    if score is not None and not 0 <= score <= highest:
        raise Invalid(
            _("The score for “%(name)s” lies between 0 and %(highest)d.")
            % {"name": criterion.name, "highest": highest},
            field="score",
        )
    if len(note.strip()) > 300:
        raise Invalid(_("The note is limited to 300 characters."), field="note")


def _write_score(
    row: PriorityScore | None,
    project_id: uuid.UUID,
    criterion: PriorityCriterion,
    score: int | None,
    note: str,
) -> PriorityScore | None:
    if score is None:
        if row:
            row.delete()
        return None
    row = row or PriorityScore(project_id=project_id, criterion=criterion, version=0)
    row.score, row.note = score, note
    row.version += 1
    row.save()
    return row


@transaction.atomic
def save_criterion(
    criterion_id: uuid.UUID | None = None,
    *,
    actor: Actor,
    name: str,
    kind: str,
    weight: int = 1,
    help: str = "",
    position: int = 0,
    version: int | None = None,
) -> PriorityCriterion:
    """Create a criterion (no id) or change one; needs the permission city-wide.

    A weighted criterion with scores above 1 cannot become a must criterion. Raises ``Invalid``,
    ``NotAllowed``, ``NotFound``, or ``Conflict`` if ``version`` is given and outdated.
    """
    require_city_wide(actor)
    new = {
        "name": name.strip(), "kind": kind, "weight": weight,
        "help": help.strip(), "position": position,
    }  # fmt: skip
    row = _criterion(criterion_id)
    old = {field: getattr(row, field) for field in new} if criterion_id else dict.fromkeys(new)
    if criterion_id and version is not None:
        text = _("Somebody else has changed this criterion in the meantime.")
        versions.check_version(row, version, text, theirs=old, mine=new)
    refuse_unstorable(new)
    _check_criterion(row, new)
    changed = versions.changed(old, new)
    if not changed:
        return row
    for field, (_old, value) in changed.items():
        setattr(row, field, value)
    row.version += bool(criterion_id)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as problem:
        if not is_duplicate(problem):
            raise
        raise Invalid(_("There is already a criterion of this name."), field="name") from None
    _record_criterion(actor, row, {field: list(pair) for field, pair in changed.items()})
    return row


@transaction.atomic
def delete_criterion(criterion_id: uuid.UUID, *, actor: Actor) -> None:
    """Delete a criterion that no project has been scored for; otherwise raises ``Invalid``."""
    require_city_wide(actor)
    row = _criterion(criterion_id)
    if row.scores.exists():
        raise Invalid(_("Projects have been scored for this criterion; it cannot be deleted."))
    _record_criterion(actor, row, {"name": [row.name, None]})
    row.delete()


def keeps_criteria(actor: Actor) -> bool:
    """Whether the actor may create, change and delete criteria."""
    return policy_grants.grants(actor, policy.PRIORITY).city_level >= 0


def require_city_wide(actor: Actor) -> None:
    """Criteria hold for all projects: a right in one unit is not enough (``NotAllowed``)."""
    policy_grants.require(actor, policy.PRIORITY)
    if not keeps_criteria(actor):
        raise NotAllowed(_("Criteria hold for the whole city; your role covers single units only."))


def _criterion(criterion_id: uuid.UUID | None) -> PriorityCriterion:
    if criterion_id is None:
        return PriorityCriterion()
    return versions.locked(PriorityCriterion, criterion_id)


def _check_criterion(row: PriorityCriterion, new: dict[str, object]) -> None:
    errors: dict[str, list[str]] = {}
    if not new["name"]:
        errors["name"] = [_("The criterion needs a name.")]
    elif len(str(new["name"])) > 120:
        errors["name"] = [_("The name is limited to 120 characters.")]
    if new["kind"] not in PriorityCriterion.Kind.values:
        errors["kind"] = [_("Choose must criterion or weighted criterion.")]
    if not 0 <= int(str(new["weight"])) <= 100:
        errors["weight"] = [_("The weight lies between 0 and 100.")]
    if not 0 <= int(str(new["position"])) <= 9999:
        errors["position"] = [_("The position lies between 0 and 9999.")]
    if len(str(new["help"])) > 500:
        errors["help"] = [_("The explanation is limited to 500 characters.")]
    becomes_must = new["kind"] == PriorityCriterion.Kind.MUST and not row._state.adding
    if becomes_must and row.scores.filter(score__gt=1).exists():
        errors["kind"] = [_("Projects already have scores above 1 for this criterion.")]
    if errors:
        raise Invalid(errors)


def _record_criterion(
    actor: Actor, row: PriorityCriterion, changes: dict[str, list[object]]
) -> None:
    events.record(
        events.Event(
            type="portfolio.priority.criterion",
            actor=actor,
            object_kind="priority-criterion",
            object_id=row.id,
            object_title=row.name,
            changes=changes,
        )
    )
