"""What the writers of this feature share: check, save, and say what changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from leitstand.core.base import versions
from leitstand.core.base.errors import Invalid
from leitstand.core.base.texts import refuse_unstorable

Changes = dict[str, list[Any]]
LONGEST = 20_000


def plain(value: Any) -> Any:
    """The value as an event keeps it."""
    if isinstance(value, models.Model):
        return str(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def create(row: models.Model) -> None:
    """Check and insert a row; raises ``Invalid`` with the fields' names."""
    _check(row)
    row.save(force_insert=True)


def apply(row: Any, version: int, values: Mapping[str, Any]) -> Changes:
    """Change the given fields of a locked row; returns what really changed.

    Raises ``Conflict`` with both versions if somebody was faster, ``Invalid`` for broken rules.
    """
    refuse_unstorable(values)
    old = {name: getattr(row, name) for name in values}
    text = _("Somebody else has changed this entry in the meantime.")
    versions.check_version(row, version, text, theirs=old, mine=values)
    return set_values(row, values)


def set_values(row: Any, values: Mapping[str, Any]) -> Changes:
    """Change the given fields of a row that is locked and of the expected version."""
    old = {name: getattr(row, name) for name in values}
    changed = versions.changed(old, values)
    if not changed:
        return {}
    for name, (_old, value) in changed.items():
        setattr(row, name, value)
    row.version += 1
    _check(row)
    row.save()
    return {name: [plain(before), plain(after)] for name, (before, after) in changed.items()}


def first_values(values: Mapping[str, Any]) -> Changes:
    """The changes of an event that creates something."""
    return {name: [None, plain(value)] for name, value in values.items() if value not in (None, "")}


def _check(row: models.Model) -> None:
    errors: dict[str, list[Any]] = {}
    for field in row._meta.fields:
        if isinstance(field, models.TextField) and len(getattr(row, field.attname) or "") > LONGEST:
            text = _("The text is longer than %(n)d characters.")
            errors[field.name] = [text % {"n": LONGEST}]
    try:
        relations = [field.name for field in row._meta.fields if field.is_relation]
        row.clean_fields(exclude=[*relations, "files", "counts"])
    except ValidationError as problem:
        errors |= problem.message_dict
    if errors:
        raise Invalid(errors)
