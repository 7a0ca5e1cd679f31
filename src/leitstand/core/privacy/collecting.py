"""Everything about a person: found by the references to her, so that no feature is forgotten.

Texts of what is confidential, and of what has no known level, are left out: that the person has to
do with it is her data, what it says is not (Art. 15 (4) GDPR).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from leitstand.core.accounts.models import Account
from leitstand.core.base.models import Level
from leitstand.core.org.models import OrgUnit, Person
from leitstand.core.privacy.registry import NOT_PERSONAL, Sheet, Subject, sources

MOST_ROWS = 20_000
_SECRET = {"password", "digest", "data", "value", "salt", "session_key", "body", "personal_digest"}
_OURS = {"org", "accounts", "policy", "notify", "jobs", "files", "usersessions", "account", "mfa"}
_SHOWN = (Person, Account, OrgUnit)


def references(to: type[models.Model]) -> Iterator[tuple[type[models.Model], Any]]:
    """Every stored model with a reference to ``to``, and the field."""
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        if not meta.managed or meta.label_lower in NOT_PERSONAL:
            continue
        for field in meta.concrete_fields:
            if field.is_relation and field.related_model is to:
                yield model, field


def everything(subject: Subject) -> list[Sheet]:
    """Return all tables about the person that have rows, the master data first."""
    sheets: list[Sheet] = []
    for row in (subject.person, subject.account):
        if row is not None:
            sheets.append(_master(row))
    for row in (subject.person, subject.account):
        if row is not None:
            sheets += [_referring(model, field, row) for model, field in references(type(row))]
    for source in sources:
        sheets += source.collect(subject)
    return [sheet for sheet in sheets if sheet.rows]


def _master(row: Any) -> Sheet:
    fields = [f for f in row._meta.concrete_fields if f.attname not in _SECRET]
    rows = [[_title(f), _plain(row, f)] for f in fields]
    label = str(row._meta.verbose_name)
    return Sheet(row._meta.label_lower, label, [_("Field"), _("Value")], rows)


def _referring(model: type[models.Model], field: Any, row: Any) -> Sheet:
    fields = [f for f in model._meta.concrete_fields if f.attname not in _SECRET]
    found = model._base_manager.filter(**{field.name: row})
    related = [f.name for f in fields if f.is_relation and f.related_model in _SHOWN]
    parents = [n for n in ("project",) if n in {f.name for f in fields}]
    found = found.select_related(*related, *parents)[:MOST_ROWS]
    rows = [[_cell(item, f) for f in fields] for item in found]
    title = f"{model._meta.verbose_name} ({_title(field)})"
    return Sheet(
        f"{model._meta.label_lower}.{field.name}", title, [_title(f) for f in fields], rows
    )


def _cell(row: models.Model, field: Any) -> Any:
    text = isinstance(field, models.CharField | models.TextField | models.JSONField)
    if text and not field.choices and not _is_open(row):
        return _("[content not included]") if getattr(row, field.attname) else ""
    return _plain(row, field)


def _is_open(row: models.Model) -> bool:
    """Whether the row's texts may be handed out: it is the kernel's, or known to be internal."""
    if row._meta.app_label in _OURS:
        return True
    for holder in (row, getattr(row, "project", None)):
        for name in ("confidentiality", "level"):
            level = getattr(holder, name, None)
            if isinstance(level, int):
                return level <= Level.INTERNAL
    return False


def _plain(row: models.Model, field: Any) -> Any:
    if field.is_relation:
        if field.related_model in _SHOWN:
            other = getattr(row, field.name)
            return str(other) if other is not None else ""
        return plain(getattr(row, field.attname))
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    return plain(getattr(row, field.attname))


def plain(value: Any) -> Any:
    """Return a value that JSON and CSV know; moments in the city's time."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return (
            timezone.localtime(value).isoformat(timespec="seconds") if value.tzinfo else str(value)
        )
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, date | uuid.UUID):
        return str(value)
    return str(value)


def _title(field: Any) -> str:
    return str(field.verbose_name)
