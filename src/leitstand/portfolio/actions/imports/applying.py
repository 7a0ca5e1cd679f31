"""Step 3: write the confirmed rows in one set-based transaction.

Everything that costs time (objects, SQL values) is prepared before; inside the transaction stand
the check that nobody was faster and a fixed number of set-based statements.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from leitstand.core.base import clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict
from leitstand.portfolio.actions.imports.creating import Created, create_missing
from leitstand.portfolio.actions.projects import event, next_number, number_text
from leitstand.portfolio.models import (
    ImportRow,
    ImportRun,
    Participation,
    Project,
    ProjectPerson,
)

Step = Callable[[int, int, str], None]
Verdict = ImportRow.Verdict
_TAKEN = (Verdict.NEW, Verdict.CHANGED, Verdict.CONFLICT)
_DATES = ("start", "end", "due")
_LINKS = ("fields_of_action", "goals", "participating_units", "lead", "sponsor")
_BATCH = 400


@dataclass
class Batch:
    """What will be written: new and changed projects and their links."""

    new: list[Project] = field(default_factory=list)
    changed: list[Project] = field(default_factory=list)
    versions: dict[uuid.UUID, int] = field(default_factory=dict)
    links: list[tuple[uuid.UUID, str, Any]] = field(default_factory=list)
    rows: list[tuple[int, uuid.UUID]] = field(default_factory=list)
    diffs: dict[uuid.UUID, dict[str, Any]] = field(default_factory=dict)


def apply_rows(run: ImportRun, actor: Actor, step: Step) -> ImportRun:
    """Apply the chosen rows; raises ``Conflict`` (nothing written) if projects were changed."""
    rows = list(ImportRow.objects.filter(run=run, chosen=True, verdict__in=_TAKEN))
    total = len(rows)
    step(0, total + 1, "")
    with transaction.atomic():
        created = create_missing(run, rows, actor)
        batch = _prepare(rows, created, actor)
        _check_versions(batch)
        _number(batch)
        _write(batch, created, actor, run)
        _finish(run, batch, created, actor)
    step(total + 1, total + 1, "")
    return run


def _prepare(rows: list[ImportRow], created: Created, actor: Actor) -> Batch:
    batch = Batch()
    known = {p.pk: p for p in Project.objects.filter(pk__in=_ids(rows)).iterator()}
    moment = clock.now()
    for row in rows:
        values = dict(row.parsed)
        if row.project_id is None:
            project = Project(created_at=moment)
            batch.new.append(project)
        elif row.project_id in known:
            project = known[row.project_id]
            batch.versions[project.pk] = values.get("_version", project.version)
            batch.changed.append(project)
            values = {k: v for k, v in values.items() if _is_changed(k, row.diff)}
        else:
            raise _changed_meanwhile()
        project.updated_at = moment
        _fill(project, values, created)
        batch.diffs[project.pk] = row.diff
        batch.rows.append((row.pk, project.pk))
        batch.links += [(project.pk, n, values[n]) for n in _LINKS if n in values]
    return batch


def _ids(rows: list[ImportRow]) -> list[uuid.UUID]:
    return [row.project_id for row in rows if row.project_id]


def _is_changed(name: str, diff: dict[str, Any]) -> bool:
    return name.removesuffix("_precision") in diff


def _fill(project: Project, values: dict[str, Any], created: Created) -> None:
    for name, value in values.items():
        if name in _LINKS or name.startswith("_"):
            continue
        if name in _DATES:
            setattr(project, name, date.fromisoformat(value) if value else None)
        elif name == "lead_unit":
            project.lead_unit_id = created.resolve("units", value)  # type: ignore[assignment]
        elif name == "programme":
            project.programme_id = created.resolve("programme", value)
        else:
            setattr(project, name, value)
    project.title = project.title.strip()
    if project.start and project.end and project.end < project.start:
        project.end = project.start
    if project.confidentiality > 0:
        project.published = False


def _check_versions(batch: Batch) -> None:
    """Nobody may have saved one of these projects since the preview."""
    ids = list(batch.versions)
    now: dict[uuid.UUID, int] = {}
    for part in _parts(ids):
        now |= dict(Project.objects.filter(pk__in=part).values_list("pk", "version"))
    if any(now.get(key) != version for key, version in batch.versions.items()):
        raise _changed_meanwhile()


def _changed_meanwhile() -> Conflict:
    text = _("Projects were changed while the preview was open. Nothing was applied; look again.")
    return Conflict(text, theirs={}, mine={}, version=0)


def _parts(ids: list[Any]) -> Iterable[list[Any]]:
    return (ids[i : i + _BATCH] for i in range(0, len(ids), _BATCH))


def _number(batch: Batch) -> None:
    first = next_number()
    for offset, project in enumerate(batch.new):
        project.number = number_text(first + offset)
    for project in batch.changed:
        project.version += 1


def _write(batch: Batch, created: Created, actor: Actor, run: ImportRun) -> None:
    Project.objects.bulk_create(batch.new, batch_size=_BATCH)
    _update(batch.changed)
    _write_links(batch, created)
    kinds = {p.pk: "portfolio.project.created" for p in batch.new}
    reason = _("Import of %(file)s") % {"file": run.file.name}
    events.record(
        *(
            event(
                kinds.get(p.pk, "portfolio.project.changed"), p, actor,
                batch.diffs[p.pk] or {"title": [None, p.title]}, reason,
            )
            for p in (*batch.new, *batch.changed)
        )
    )  # fmt: skip


def _update(projects: list[Project]) -> None:
    """Write changed projects with one prepared statement (bulk_update is far slower)."""
    fields = [f for f in Project._meta.concrete_fields if not f.primary_key]
    quoted = ", ".join(f'"{f.column}" = %s' for f in fields)
    sql = f'UPDATE portfolio_project SET {quoted} WHERE "id" = %s'
    key = Project._meta.pk
    values = [
        [f.get_db_prep_save(f.pre_save(p, add=False), connection) for f in fields]
        + [key.get_db_prep_save(p.pk, connection)]
        for p in projects
    ]
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(sql, values)


def _write_links(batch: Batch, created: Created) -> None:
    for name in ("fields_of_action", "goals"):
        _write_many(name, [link for link in batch.links if link[1] == name], created)
    participating = [link for link in batch.links if link[1] == "participating_units"]
    _clear(Participation.objects, [key for key, _, _ in participating])
    Participation.objects.bulk_create(
        [
            Participation(project_id=key, unit_id=unit)
            for key, _, refs in participating
            for unit in dict.fromkeys(created.resolve("units", ref) for ref in refs)
        ],
        batch_size=_BATCH,
    )
    for role in ("lead", "sponsor"):
        links = [link for link in batch.links if link[1] == role]
        _clear(ProjectPerson.objects.filter(role=role), [key for key, _, _ in links])
        ProjectPerson.objects.bulk_create(
            [
                ProjectPerson(project_id=key, role=role, person_id=created.resolve("people", ref))
                for key, _, ref in links
                if ref
            ],
            batch_size=_BATCH,
        )


def _write_many(name: str, links: list[tuple[uuid.UUID, str, Any]], created: Created) -> None:
    relation = Project._meta.get_field(name)
    through: Any = getattr(Project, name).through
    column = relation.m2m_reverse_field_name()  # type: ignore[union-attr]
    _clear(through.objects, [key for key, _, _ in links])
    rows = [
        through(**{"project_id": key, f"{column}_id": target})
        for key, _, refs in links
        for target in dict.fromkeys(created.resolve(name, ref) for ref in refs)
    ]
    through.objects.bulk_create(rows, batch_size=_BATCH)


def _clear(rows: Any, keys: list[uuid.UUID]) -> None:
    for part in _parts(keys):
        rows.filter(project_id__in=part).delete()


def _finish(run: ImportRun, batch: Batch, created: Created, actor: Actor) -> None:
    key = Project._meta.pk
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE portfolio_importrow SET project_id = %s WHERE id = %s",
            [(key.get_db_prep_save(project, connection), row) for row, project in batch.rows],
        )
    run.refresh_from_db()
    run.state = ImportRun.State.DONE
    run.version += 1
    run.counts["applied"] = {"new": len(batch.new), "changed": len(batch.changed), **created.counts}
    run.save()
    events.record(
        events.Event(
            type="portfolio.import.applied",
            actor=actor,
            object_kind="import",
            object_id=run.id,
            object_title=run.file.name,
            changes={name: [None, number] for name, number in run.counts["applied"].items()},
        )
    )


