"""Life of an import run: started, mapped, confirmed, discarded."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid, NotFound
from leitstand.core.files.models import StoredFile
from leitstand.core.jobs.actions import enqueue
from leitstand.core.policy import grants
from leitstand.core.tables.mapping import PERIOD, digest
from leitstand.portfolio import policy
from leitstand.portfolio.models import ImportMapping, ImportRow, ImportRun
from leitstand.portfolio.tables import PROJECTS

State = ImportRun.State
MISSING = ("error", "create")


def default_options(actor: Actor) -> dict[str, Any]:
    """Return the options of a new run: a first import creates the units that it names."""
    from leitstand.core.org.models import OrgUnit

    may = bool(grants.grants(actor, "org.change"))
    fresh = OrgUnit.objects.count() <= 1
    return {
        "missing_units": "create" if may and fresh else "error",
        "missing_people": "create" if may and fresh else "skip",
        "missing_strategy": "create" if grants.grants(actor, policy.STRATEGY) else "skip",
        "default_unit": "",
    }


@transaction.atomic
def start_import(
    *, actor: Actor, file: StoredFile, options: Mapping[str, Any] | None = None
) -> ImportRun:
    """Create a run for a stored file and ask for its reading in the background."""
    grants.require(actor, policy.IMPORT)
    run = ImportRun.objects.create(
        file=file,
        started_by_id=actor.account_id,
        options={**default_options(actor), **(options or {})},
    )
    _ask(run, "portfolio.import.read", actor)
    _note(run, "started", actor, {"file": [None, file.name]})
    return run


def _ask(run: ImportRun, kind: str, actor: Actor) -> None:
    url = reverse("portfolio:import", args=[run.id])
    run.job = enqueue(kind, actor=actor, next_url=url, run=str(run.id))
    run.save(update_fields=["job", "updated_at"])


def get_run(run_id: uuid.UUID, *, actor: Actor) -> ImportRun:
    """Return one's own run, locked; raises ``NotFound`` for anybody else's."""
    grants.require(actor, policy.IMPORT)
    run = ImportRun.objects.select_for_update(of=("self",)).filter(pk=run_id).first()
    if run is None or not (actor.is_system or run.started_by_id == actor.account_id):
        raise NotFound
    return run


@transaction.atomic
def choose_mapping(
    run_id: uuid.UUID,
    *,
    actor: Actor,
    mapping: Mapping[str, str],
    options: Mapping[str, Any] | None = None,
    remember: bool = True,
) -> ImportRun:
    """Set which file column (index as text, from 0) fills which field; rows are checked anew."""
    run = get_run(run_id, actor=actor)
    if run.state not in {State.MAPPING, State.PREVIEW}:
        raise Invalid(_("This import is being worked on. Wait until it has finished."))
    chosen = check_mapping(mapping, len(run.titles), bool((options or {}).get("default_unit")))
    run.mapping, run.state = chosen, State.CHECKING
    run.options = {**run.options, **(options or {})}
    run.save()
    ImportRow.objects.filter(run=run).update(verdict="", errors=[], diff={}, chosen=True)
    if remember:
        ImportMapping.objects.update_or_create(
            header_digest=digest(run.titles), defaults={"mapping": chosen, "name": run.file.name}
        )
    _ask(run, "portfolio.import.check", actor)
    return run


def check_mapping(mapping: Mapping[str, str], width: int, has_unit: bool) -> dict[str, str]:
    """Return the mapping without empty targets; raises ``Invalid`` if it cannot work."""
    chosen = {index: name for index, name in mapping.items() if name}
    known = {column.name for column in PROJECTS.importable()} | {PERIOD}
    for index, name in chosen.items():
        if name not in known or not index.isdigit() or int(index) >= width:
            raise Invalid(_("Unknown column assignment."), field=index)
    names = list(chosen.values())
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        label = PROJECTS[min(twice)].label if min(twice) in PROJECTS else _("Period")
        raise Invalid(_("Two columns are assigned to “%(field)s”.") % {"field": label})
    if "title" not in names and "number" not in names:
        raise Invalid(_("Say which column holds the title of the project."))
    if not ({"lead_unit", "number"} & set(names)) and not has_unit:
        raise Invalid(
            _("Say which column holds the lead unit, or choose one unit for all rows below.")
        )
    return chosen


@transaction.atomic
def choose_rows(run_id: uuid.UUID, *, actor: Actor, chosen: Iterable[int], shown: Iterable[int]) -> None:
    """Take the rows numbered in ``chosen`` and leave out the others of ``shown``."""
    run = get_run(run_id, actor=actor)
    if run.state != State.PREVIEW:
        raise Invalid(_("The preview has changed. Load the page again."))
    picked = set(chosen)
    rows = ImportRow.objects.filter(run=run, number__in=list(shown))
    rows.filter(number__in=picked).update(chosen=True)
    rows.exclude(number__in=picked).update(chosen=False)


@transaction.atomic
def confirm(run_id: uuid.UUID, *, actor: Actor, version: int) -> ImportRun:
    """Confirm the preview as the person saw it; the rows are applied in the background."""
    run = get_run(run_id, actor=actor)
    if run.state != State.PREVIEW:
        raise Invalid(_("There is nothing to confirm. Load the page again."))
    if run.version != version:
        raise Conflict(
            _("The preview has changed since you opened the page. Look at it again."),
            theirs={}, mine={}, version=run.version,
        )  # fmt: skip
    run.state = State.APPLYING
    run.save()
    _ask(run, "portfolio.import.apply", actor)
    return run


@transaction.atomic
def discard(run_id: uuid.UUID, *, actor: Actor) -> ImportRun:
    """Throw the run away; projects were not touched."""
    run = get_run(run_id, actor=actor)
    if run.state in {State.DONE, State.APPLYING}:
        raise Invalid(_("This import has already been applied."))
    run.state = State.DISCARDED
    run.save()
    ImportRow.objects.filter(run=run).delete()
    _note(run, "discarded", actor, {})
    return run


def _note(run: ImportRun, what: str, actor: Actor, changes: dict[str, Any]) -> None:
    events.record(
        events.Event(
            type=f"portfolio.import.{what}",
            actor=actor,
            object_kind="import",
            object_id=run.id,
            object_title=run.file.name,
            changes=changes,
        )
    )


def fail(run_id: str, text: str) -> None:
    """Mark a run whose job has failed or was cancelled."""
    ImportRun.objects.filter(pk=run_id).exclude(state__in=(State.DONE, State.DISCARDED)).update(
        state=State.FAILED, error=text
    )


def check_again(run: ImportRun, note: str = "") -> None:
    """Send a run to the checking step; ``note`` tells the person why."""
    run.state = State.CHECKING
    run.notes = [note] if note else run.notes
    run.save(update_fields=["state", "notes", "updated_at"])
