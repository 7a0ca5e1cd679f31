"""The only writers of the city's Word templates."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import events, records, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, Refused
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.files import store
from leitstand.core.files.actions import keep_stored, remove_file
from leitstand.core.policy import grants
from leitstand.reporting import policy_templates
from leitstand.reporting.domain import covers
from leitstand.reporting.models import PaperTemplate
from leitstand.reporting.output import word_template

LARGEST = 10 * 1024 * 1024
_MOST_FIELDS = 20


def add_template(
    *, actor: Actor, name: str, own_fields: str = "", file_name: str, data: bytes
) -> tuple[PaperTemplate, tuple[str, ...]]:
    """Keep a template; ``own_fields`` are the city's further fields, a line each.

    Returns it and the content controls in it that are no fields. Raises ``Invalid`` if the file does
    not fit, naming all that is wrong.
    """
    grants.require(actor, policy_templates.CHANGE, citywide=True)
    values = _values(name, own_fields)
    found, stored = _stored(data, values["own_fields"])
    with transaction.atomic():
        file = keep_stored(stored, actor=actor, name=file_name)
        row = PaperTemplate(**values, fields=list(found.fields), file=file)
        records.create(row)
        _record("created", row, actor, records.first_values({**values, "file": file.name}))
    return row, found.other_controls


def change_template(
    template_id: uuid.UUID, *, actor: Actor, version: int, name: str, own_fields: str = "",
    file_name: str = "", data: bytes = b"",
) -> tuple[PaperTemplate, tuple[str, ...]]:  # fmt: skip
    """Change a template; without ``data`` its file stays. Raises ``Conflict`` or ``Invalid``."""
    grants.require(actor, policy_templates.CHANGE, citywide=True)
    values: dict[str, Any] = _values(name, own_fields)
    old = policy_templates.get_visible(actor, template_id).file
    if data:
        found, stored = _stored(data, values["own_fields"])
    else:
        found, stored = _inspected(content(old), values["own_fields"]), None
    with transaction.atomic():
        row = versions.locked(PaperTemplate, template_id)
        text = _("Somebody else has changed this entry in the meantime.")
        versions.check_version(row, version, text)
        replaced = row.file
        if stored:
            values["file"] = keep_stored(stored, actor=actor, name=file_name)
        changes = records.apply(row, version, {**values, "fields": list(found.fields), "active": True})
        if changes:
            _record("changed", row, actor, changes)
        if stored and replaced.pk != row.file_id:
            remove_file(replaced)
    return row, found.other_controls


@transaction.atomic
def remove_template(template_id: uuid.UUID, *, actor: Actor, reason: str = "") -> bool:
    """Take a template away; one that papers use is only no longer offered. Whether it is gone."""
    grants.require(actor, policy_templates.CHANGE, citywide=True)
    refuse_unstorable({"reason": reason})
    row = versions.locked(PaperTemplate, template_id)
    if row.reports.exists():
        changes = records.set_values(row, {"active": False})
        if changes:
            _record("changed", row, actor, changes, reason)
        return False
    _record("removed", row, actor, {"name": [row.name, None]}, reason)
    file = row.file
    row.delete()
    remove_file(file)
    return True


def content(file: Any) -> bytes:
    """The bytes of a kept template; raises ``Invalid`` if they are gone."""
    try:
        return store.path_of(file.sha256).read_bytes()
    except OSError:
        raise Invalid(_("The file of the template is missing. Upload it again.")) from None


def _values(name: str, own_fields: str) -> dict[str, Any]:
    refuse_unstorable({"name": name, "own_fields": own_fields})
    lines = (" ".join(line.split()) for line in own_fields.splitlines())
    own = list(dict.fromkeys(filter(None, lines)))
    if len(own) > _MOST_FIELDS or any(len(one) > 60 or re.search(r"[{}]", one) for one in own):
        text = _("At most %(n)d fields of at most 60 characters each, without braces.")
        raise Invalid(text % {"n": _MOST_FIELDS}, field="own_fields")
    return {"name": records.needed(name, "name", _("Give a name.")), "own_fields": own}


def _stored(data: bytes, own: list[str]) -> tuple[word_template.Inspected, tuple[str, int, str]]:
    if len(data) > LARGEST:
        text = _("The template is larger than %(n)d MB. Make its pictures smaller.")
        raise Invalid(text % {"n": LARGEST >> 20}, field="file")
    found = _inspected(data, own)
    try:
        return found, store.put([data])
    except Refused as problem:
        raise Invalid(f"{problem.text} {problem.remedy}", field="file") from None


def _inspected(data: bytes, own: list[str]) -> word_template.Inspected:
    try:
        return word_template.inspect(data, (*covers.every_field(), *own))
    except Refused as problem:
        raise Invalid(f"{problem.text} {problem.remedy}", field="file") from None


def _record(
    what: str, row: PaperTemplate, actor: Actor, changes: Mapping[str, Any], reason: str = ""
) -> None:
    events.record(
        events.Event(
            type=f"reporting.template.{what}", actor=actor, object_kind="paper-template",
            object_id=row.pk, object_title=row.name, changes=changes, reason=reason,
        )
    )  # fmt: skip
