"""Audit events of rollouts, and the checks that all writers share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.portfolio.models import Rollout

_YEARS = range(1990, 2200)


def event(
    what: str,
    rollout: Rollout,
    actor: Actor,
    changes: Mapping[str, Any],
    reason: str = "",
    *,
    level_before: int = 0,
) -> events.Event:
    """Return the event ``portfolio.rollout.<what>``, as protected as the rollout."""
    return events.Event(
        type=f"portfolio.rollout.{what}",
        actor=actor,
        object_kind="rollout",
        object_id=rollout.pk,
        object_title=rollout.title,
        changes=changes,
        reason=reason,
        level=max(rollout.confidentiality, level_before),
        unit_id=rollout.lead_unit_id,
    )


def check(row: models.Model) -> None:
    """Raise ``Invalid`` with the fields of a row that break a rule."""
    try:
        row.full_clean(validate_constraints=False, validate_unique=False)
        row.validate_constraints(exclude=["id"])
    except ValidationError as problem:
        raise Invalid(_in_words(row, problem)) from None
    days = [field for field in row._meta.concrete_fields if type(field) is models.DateField]
    far = [f.name for f in days if (day := getattr(row, f.attname)) and day.year not in _YEARS]
    if far:
        raise Invalid({name: [_("Give a date between 1990 and 2199.")] for name in far})


def _in_words(row: models.Model, problem: ValidationError) -> dict[str, list[Any]]:
    errors: dict[str, list[Any]] = (
        dict(problem.message_dict) if hasattr(problem, "error_dict") else {"": problem.messages}
    )
    general = errors.pop("__all__", None)
    if general:
        errors.update(_general(row) or {"": [_("This entry already exists in the rollout.")]})
    return errors


def _general(row: Any) -> dict[str, list[Any]]:
    """The broken rule of several fields, at the field that mends it."""
    late = _("The end lies before the start.")
    for first, last in (("start", "go_live"), ("planned_start", "planned_end"),
                        ("actual_start", "actual_end")):  # fmt: skip
        begin, end = getattr(row, first, None), getattr(row, last, None)
        if begin and end and end < begin:
            return {last: [late]}
    if getattr(row, "max_days", 0) < getattr(row, "min_days", 0):
        return {"max_days": [_("“At most” lies below “at least”.")]}
    if getattr(row, "kind", "") == "go_live":
        return {"kind": [_("A rollout has exactly one go-live day.")]}
    if getattr(row, "actual_end", None) and row.state != "done":
        return {"state": [_("With an actual end the state is “done”.")]}
    if getattr(row, "actual_start", None) and row.state not in ("running", "done"):
        return {"state": [_("With an actual start the state is “in progress” or “done”.")]}
    return {}
