"""What writers of single rows share: check, save, and say what changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from leitstand.core.base import versions
from leitstand.core.base.errors import Invalid
from leitstand.core.base.integrity import is_duplicate
from leitstand.core.base.texts import refuse_unstorable

Changes = dict[str, list[Any]]
LONGEST = 20_000


def plain(value: Any) -> Any:
    """Return a field's value as JSON for the trail: names instead of objects, ISO dates."""
    if hasattr(value, "pk"):
        return str(value)
    if isinstance(value, date):  # a moment is one, too
        return value.isoformat()
    if isinstance(value, list | tuple | set):
        return sorted(str(item) for item in value)
    return value


def create(row: models.Model) -> None:
    """Check and insert a row; raises ``Invalid`` with the fields' names."""
    check(row)
    save(row, force_insert=True)


def apply(row: Any, version: int, values: Mapping[str, Any]) -> Changes:
    """Change the given fields of a locked row; returns what really changed, "" for nothing.

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
    check(row)
    save(row)
    return {name: [plain(before), plain(after)] for name, (before, after) in changed.items()}


def check(row: models.Model, *later: str) -> None:
    """Refuse what the model forbids, apart from fields that are filled ``later`` and empty lists.

    SQLite would take texts that are too long.
    """
    errors: dict[str, list[Any]] = {}
    for field in row._meta.fields:
        value = getattr(row, field.attname)
        if isinstance(field, models.TextField) and len(value or "") > LONGEST:
            text = _("The text is longer than %(n)d characters.")
            errors[field.name] = [text % {"n": LONGEST}]
    left = [f.name for f in row._meta.fields if f.is_relation or _is_empty_json(row, f)]
    try:
        row.clean_fields(exclude=[*later, *left])
    except ValidationError as problem:
        errors |= problem.message_dict
    if errors:
        raise Invalid(errors)


def _is_empty_json(row: models.Model, field: Any) -> bool:
    return isinstance(field, models.JSONField) and not getattr(row, field.attname)


def save(row: models.Model, **options: Any) -> None:
    """Save; a duplicate is told in words."""
    try:
        with transaction.atomic():
            row.save(**options)
    except IntegrityError as problem:
        if not is_duplicate(problem):
            raise
        raise Invalid(_("This entry is there already.")) from None


def first_values(values: Mapping[str, Any]) -> Changes:
    """The changes of an event that creates something: from nothing to the values given."""
    return {name: [None, plain(value)] for name, value in values.items() if value not in (None, "")}


def needed(text: str, field: str, message: Any) -> str:
    """The text without surrounding blanks; raises ``Invalid`` at ``field`` if nothing is left."""
    refuse_unstorable({field: text})
    stripped = text.strip()
    if not stripped:
        raise Invalid(message, field=field)
    if len(stripped) > LONGEST:
        raise Invalid(_("The text is longer than %(n)d characters.") % {"n": LONGEST}, field=field)
    return stripped
