"""What may have happened between the preview and the moment in which it is written.

Called inside the writing transaction, with a fixed number of statements.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict
from leitstand.core.org.models import Person
from leitstand.core.org.queries import living_units
from leitstand.portfolio import policy
from leitstand.portfolio.actions.imports.references import fold
from leitstand.portfolio.models import FieldOfAction, Goal, ImportRow, ImportRun, Programme, Project

_LONGEST_TRANSACTION = timedelta(minutes=1)
_REFERENCES: tuple[tuple[str, tuple[str, ...], Any], ...] = (
    ("units", ("lead_unit", "participating_units"), living_units),
    ("people", ("lead", "sponsor"), lambda: Person.objects.filter(active=True)),
    ("programme", ("programme",), Programme.objects.all),
    ("fields_of_action", ("fields_of_action",), FieldOfAction.objects.all),
    ("goals", ("goals",), Goal.objects.all),
)


def changed() -> Conflict:
    """Return the error that sends the person back to the preview."""
    text = _("Something was changed here while the preview was open. Nothing was applied; look again.")
    return Conflict(text, theirs={}, mine={}, version=0)


def check(
    run: ImportRun,
    versions: Mapping[uuid.UUID, int],
    rows: Iterable[ImportRow],
    actor: Actor,
    begun: datetime,
) -> None:
    """Raise ``Conflict`` if a project was saved, a double created or a named object has gone.

    ``versions`` are those of the projects to be changed, ``begun`` is when the rows were last
    compared with the database.
    """
    rows = list(rows)
    if versions:
        _check_versions(run, versions)
    _check_doubles([row.parsed for row in rows if row.project_id is None], actor, begun)
    _check_references([row.parsed for row in rows])


def _check_versions(run: ImportRun, versions: Mapping[uuid.UUID, int]) -> None:
    """Nobody may have saved one of these projects, nor may until the transaction ends."""
    tied = ImportRow.objects.filter(run=run, chosen=True).exclude(project=None).values("project_id")
    found = Project.objects.select_for_update(of=("self",)).filter(pk__in=tied).order_by("pk")
    now = dict(found.values_list("pk", "version"))
    if any(now.get(key) != version for key, version in versions.items()):
        raise changed()


def _check_doubles(new: list[dict[str, Any]], actor: Actor, begun: datetime) -> None:
    """Somebody may have imported the same list a moment ago."""
    if not new:
        return
    keys = {fold(values["external_key"]) for values in new if values.get("external_key")}
    titles = {fold(values["title"]): bool(values.get("external_key")) for values in new}
    recent = policy.visible(actor).filter(updated_at__gte=begun - _LONGEST_TRANSACTION)
    for title, key in recent.values_list("title", "external_key"):
        keyed = titles.get(fold(title))
        if (key and fold(key) in keys) or keyed is False or (keyed and not key):
            raise changed()


def _check_references(rows: list[dict[str, Any]]) -> None:
    for _kind, names, living in _REFERENCES:
        wanted = {uuid.UUID(ref["id"]) for values in rows for ref in _refs(values, names)}
        if wanted and not wanted <= set(living().values_list("pk", flat=True)):
            raise changed()


def _refs(values: Mapping[str, Any], names: Iterable[str]) -> Iterable[Mapping[str, str]]:
    for name in names:
        found = values.get(name) or []
        for ref in found if isinstance(found, list) else [found]:
            if "id" in ref:
                yield ref
