"""Step 3: write the confirmed rows in one set-based transaction.

Everything that costs time (objects, SQL values, audit digests) is prepared before; inside the
transaction stand the check that nobody was faster and a fixed number of set-based statements.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from leitstand.core.base import clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.bulk import Insert, Update
from leitstand.core.tables.problems import ValueProblem
from leitstand.portfolio.actions.imports import meanwhile, money
from leitstand.portfolio.actions.imports.checking import recheck
from leitstand.portfolio.actions.imports.creating import Created, create_missing, new_names
from leitstand.portfolio.actions.imports.linking import LINKS, Link, parts_of, prepare_links
from leitstand.portfolio.actions.imports.world import world
from leitstand.portfolio.actions.locking import one_at_a_time
from leitstand.portfolio.actions.notes import is_of_closer_time
from leitstand.portfolio.actions.numbers import number_text, take_numbers
from leitstand.portfolio.actions.projects import event
from leitstand.portfolio.models import BudgetLine, Funding, ImportRow, ImportRun, Project
from leitstand.portfolio.tables.money import is_money

Step = Callable[[int, int, str], None]
Verdict = ImportRow.Verdict
_TAKEN = (Verdict.NEW, Verdict.CHANGED, Verdict.CONFLICT)
_DATES = ("start", "end", "due")
_REFERENCES = ("lead_unit", "programme")
_PEOPLE = ("lead", "sponsor")


@dataclass
class Batch:
    """What will be written, prepared as far as it can be before the transaction.

    ``pending`` says by column and name which projects (new or not, index) wait for an object
    that is created in the transaction.
    """

    new: list[Project] = field(default_factory=list)
    changed: list[Project] = field(default_factory=list)
    versions: dict[uuid.UUID, int] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    pending: dict[tuple[str, str], list[tuple[bool, int]]] = field(default_factory=dict)
    rows: list[tuple[int, uuid.UUID]] = field(default_factory=list)
    diffs: dict[uuid.UUID, dict[str, Any]] = field(default_factory=dict)
    levels: dict[uuid.UUID, int] = field(default_factory=dict)
    money: money.Plan = field(default_factory=money.Plan)
    held: dict[uuid.UUID, frozenset[tuple[uuid.UUID, int]]] = field(default_factory=dict)


def apply_rows(run: ImportRun, actor: Actor, step: Step) -> ImportRun:
    """Apply the chosen rows; raises ``Conflict`` (nothing written) if the preview has aged.

    A run that is not to be applied (any more) is left alone.
    """
    rows = list(ImportRow.objects.filter(run=run, chosen=True, verdict__in=_TAKEN))
    total = len(rows) + 1
    step(0, total, "")
    begun = clock.now()
    if run.counts.get("world") != world(actor) and not recheck(run, rows, actor):
        raise meanwhile.changed()
    batch = _prepare(rows)
    inserts, updates = Insert(Project, batch.new), Update(Project, batch.changed)
    links = prepare_links(batch.links, {project.pk for project in batch.changed})
    audit = events.prepare(_events(batch, actor, run))
    expected = meanwhile.Expected(run, rows, batch.versions, begun, batch.held)
    amounts = _money_writers(batch)
    named = new_names(rows)
    step(len(rows) // 2, total, "")
    with transaction.atomic():
        if not _is_due(run):
            return run
        one_at_a_time("portfolio.project.number")
        expected.check(actor)
        created = create_missing(named, actor)
        _write_projects(batch, inserts, updates, created)
        for link_set in links:
            link_set.write(created)
        for writer in amounts:
            writer.execute()
        audit()
        _finish(run, batch, created, actor)
    _tie_rows(batch)
    return run


def _is_due(run: ImportRun) -> bool:
    """Whether the run still waits to be applied; locks it, so that it is applied only once."""
    now = ImportRun.objects.select_for_update(of=("self",)).filter(pk=run.pk).first()
    return now is not None and now.state == ImportRun.State.APPLYING


def _prepare(rows: list[ImportRow]) -> Batch:
    batch = Batch()
    keys = [row.project_id for row in rows if row.project_id]
    known: dict[uuid.UUID, Project] = {}
    for part in parts_of(keys):
        known |= {p.pk: p for p in Project.objects.filter(pk__in=part)}
    moment = clock.now()
    amounts: dict[uuid.UUID, dict[str, Any]] = {}
    for row in rows:
        values = dict(row.parsed)
        if row.project_id is None:
            project = Project(created_at=moment)
            batch.new.append(project)
            batch.rows.append((row.pk, project.pk))
        elif row.project_id in known:
            project = known[row.project_id]
            project.version += 1
            batch.versions[project.pk] = values.get("_version", project.version - 1)
            batch.levels[project.pk] = project.confidentiality
            batch.changed.append(project)
        else:
            raise meanwhile.changed()
        is_new = row.project_id is None
        _fill(project, values, batch, (is_new, len(batch.new if is_new else batch.changed) - 1))
        batch.diffs[project.pk] = {**row.diff, **_closed_note(project, values, batch)}
        batch.links += [(project.pk, n, values[n]) for n in LINKS if n in values]
        amounts[project.pk] = {n: values[n] for n in row.diff if n in values and is_money(n)}
    _plan_money(batch, {key: part for key, part in amounts.items() if part})
    return batch


def _plan_money(batch: Batch, amounts: dict[uuid.UUID, dict[str, Any]]) -> None:
    """Turn amounts into budget lines and fundings; what was there is compared once more later."""
    known = [key for key in batch.versions if key in amounts]
    held = money.load(known)
    found = money.versions_of(held)
    batch.held = {key: found.get(key, frozenset()) for key in known}
    for key, values in amounts.items():
        try:
            batch.money.extend(money.plan(key, values, held))
        except ValueProblem:
            raise meanwhile.changed() from None


def _closed_note(project: Project, values: dict[str, Any], batch: Batch) -> dict[str, Any]:
    """A lowered level takes along what was reported in a more confidential time."""
    before = batch.levels.get(project.pk, 0)
    if "light_note" in values or not is_of_closer_time(project, before, project.confidentiality):
        return {}
    said, project.light_note = project.light_note, ""
    return {"light_note": [said, ""]}


def _fill(project: Project, values: dict[str, Any], batch: Batch, place: tuple[bool, int]) -> None:
    for name, value in values.items():
        if name in LINKS or name.startswith("_") or is_money(name):
            continue
        if name in _DATES:
            setattr(project, name, date.fromisoformat(value) if value else None)
        elif name not in _REFERENCES:
            setattr(project, name, value)
        elif "new" in value:  # will be created in the transaction
            batch.pending.setdefault((f"{name}_id", value["new"]), []).append(place)
        else:
            setattr(project, f"{name}_id", uuid.UUID(value["id"]) if value else None)


def _money_writers(batch: Batch) -> list[Insert | Update]:
    parts = [(model, batch.money.of(model)) for model in (BudgetLine, Funding)]
    return [
        *(Insert(model, part.fresh) for model, part in parts),
        *(Update(model, part.changed) for model, part in parts),
    ]


def _events(batch: Batch, actor: Actor, run: ImportRun) -> list[events.Event]:
    reason = _("Import of %(file)s") % {"file": run.file.name}
    new = [
        event("portfolio.project.created", p, actor, {"title": [None, p.title]}, reason)
        for p in batch.new
    ]
    return new + [_changed_event(p, batch, actor, reason) for p in batch.changed]


def _changed_event(project: Project, batch: Batch, actor: Actor, reason: str) -> events.Event:
    """Return the event of a change; people's names go where they can be shredded."""
    diff, kind = batch.diffs[project.pk], "portfolio.project.changed"
    people = {name: diff[name] for name in _PEOPLE if name in diff}
    changes = {name: [None, None] if name in people else pair for name, pair in diff.items()}
    before = batch.levels[project.pk]
    plain = event(kind, project, actor, changes, reason, level_before=before)
    return replace(plain, personal=people) if people else plain


def _write_projects(batch: Batch, inserts: Insert, updates: Update, created: Created) -> None:
    for (attribute, name), places in batch.pending.items():
        kind = "units" if attribute == "lead_unit_id" else "programme"
        target = created.resolve(kind, {"new": name})
        inserts.fill([index for is_new, index in places if is_new], attribute, target)
        updates.fill([index for is_new, index in places if not is_new], attribute, target)
    first = take_numbers(len(inserts)) if len(inserts) else 0
    for index in range(len(inserts)):
        inserts.set(index, "number", number_text(first + index))
    inserts.execute()
    updates.execute()


def _finish(run: ImportRun, batch: Batch, created: Created, actor: Actor) -> None:
    run.refresh_from_db()
    run.state = ImportRun.State.DONE
    run.version += 1
    counts = {"new": len(batch.new), "changed": len(batch.changed), **created.counts}
    for name, model in (("budget", BudgetLine), ("funding", Funding)):
        part = batch.money.of(model)
        counts |= {name: number} if (number := len(part.fresh) + len(part.changed)) else {}
    run.counts["applied"] = counts
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


def _tie_rows(batch: Batch) -> None:
    """Note in the staging rows which project each has become; only for the summary."""
    key = Project._meta.pk
    values = [(key.get_db_prep_save(project, connection), row) for row, project in batch.rows]
    if values:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE portfolio_importrow SET project_id = %s WHERE id = %s", values
            )
