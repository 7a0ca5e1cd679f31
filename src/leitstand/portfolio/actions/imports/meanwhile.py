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
from leitstand.portfolio.actions.imports import money
from leitstand.portfolio.actions.imports.references import fold
from leitstand.portfolio.models import FieldOfAction, Goal, ImportRow, ImportRun, Programme, Project

_LONGEST_TRANSACTION = timedelta(minutes=1)
_REFERENCES: tuple[tuple[tuple[str, ...], Any], ...] = (
    (("lead_unit", "participating_units"), living_units),
    (("lead", "sponsor"), lambda: Person.objects.filter(active=True)),
    (("programme",), Programme.objects.all),
    (("fields_of_action",), FieldOfAction.objects.all),
    (("goals",), Goal.objects.all),
)


def changed() -> Conflict:
    """Return the error that sends the person back to the preview."""
    text = _(
        "Something was changed here while the preview was open. Nothing was applied; look again."
    )
    return Conflict(text, theirs={}, mine={}, version=0)


class Expected:
    """What the database must still look like; prepared before the transaction.

    ``versions`` are those of the projects to be changed, ``begun`` is when the rows were last
    compared with the database; ``held`` names the budget lines and fundings that will be changed.
    """

    def __init__(
        self, run: ImportRun, rows: Iterable[ImportRow], versions: Mapping[uuid.UUID, int],
        begun: datetime, held: Mapping[uuid.UUID, frozenset[tuple[uuid.UUID, int]]],
    ) -> None:  # fmt: skip
        rows = list(rows)
        self.run, self.versions, self.begun, self.held = run, versions, begun, held
        new = [row.parsed for row in rows if row.project_id is None]
        self.keys = {fold(values["external_key"]) for values in new if values.get("external_key")}
        self.titles = {fold(values["title"]): bool(values.get("external_key")) for values in new}
        self.wanted: list[tuple[set[uuid.UUID], Any]] = []
        for names, living in _REFERENCES:
            texts = {ref["id"] for row in rows for ref in _refs(row.parsed, names)}
            if texts:
                self.wanted.append(({uuid.UUID(text) for text in texts}, living))

    def check(self, actor: Actor) -> None:
        """Raise ``Conflict`` if a project was saved, a double created, a named object has gone."""
        if self.versions:
            self._check_versions()
        if self.titles:
            self._check_doubles(actor)
        if self.held:
            now = money.versions_of(money.load(self.held))
            if any(now.get(key, frozenset()) != rows for key, rows in self.held.items()):
                raise changed()
        for wanted, living in self.wanted:
            if not wanted <= set(living().values_list("pk", flat=True)):
                raise changed()

    def _check_versions(self) -> None:
        """Nobody may have saved one of these projects, nor may until the transaction ends."""
        rows = ImportRow.objects.filter(run=self.run, chosen=True).exclude(project=None)
        found = Project.objects.select_for_update(of=("self",)).filter(
            pk__in=rows.values("project_id")
        )
        now = dict(found.order_by("pk").values_list("pk", "version"))
        if any(now.get(key) != version for key, version in self.versions.items()):
            raise changed()

    def _check_doubles(self, actor: Actor) -> None:
        """Somebody may have imported the same list a moment ago."""
        since = self.begun - _LONGEST_TRANSACTION
        recent = policy.visible(actor).filter(updated_at__gte=since)
        for title, key in recent.values_list("title", "external_key"):
            keyed = self.titles.get(fold(title))
            if (key and fold(key) in self.keys) or keyed is False or (keyed and not key):
                raise changed()


def _refs(values: Mapping[str, Any], names: Iterable[str]) -> Iterable[Mapping[str, str]]:
    for name in names:
        found = values.get(name) or []
        for ref in found if isinstance(found, list) else [found]:
            if "id" in ref:
                yield ref
