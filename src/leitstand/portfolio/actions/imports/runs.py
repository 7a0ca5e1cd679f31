"""Life of an import run: started, mapped, confirmed, discarded; stopped; removed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid, NotAllowed, NotFound
from leitstand.core.files.models import StoredFile
from leitstand.core.jobs.actions import enqueue
from leitstand.core.jobs.models import Job
from leitstand.core.org.models import OrgUnit
from leitstand.core.policy import grants
from leitstand.portfolio import policy
from leitstand.portfolio.actions.imports import remembered, rights
from leitstand.portfolio.models import ImportRow, ImportRun

State = ImportRun.State
WORKING = frozenset((State.UPLOADED, State.CHECKING, State.APPLYING))
TAKEN = (ImportRow.Verdict.NEW, ImportRow.Verdict.CHANGED, ImportRow.Verdict.CONFLICT)


def default_options(actor: Actor) -> dict[str, Any]:
    """Return the options of a new run: a first import creates the units that it names."""
    first = rights.may_create_units(actor) and OrgUnit.objects.count() <= 1
    return {
        "missing_units": "create" if first else "error",
        "missing_people": "create" if first else "skip",
        "missing_strategy": "create" if rights.may_create_strategy(actor) else "skip",
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
    """Set which file column (index as text, from 0) fills which field; rows are checked anew.

    ``remember`` keeps the assignment for the next file with this header.
    """
    run = get_run(run_id, actor=actor)
    _require_creating(actor, options or {})
    if run.state not in {State.MAPPING, State.PREVIEW}:
        raise Invalid(_("This import is being worked on. Wait until it has finished."))
    run.options = {**run.options, **(options or {})}
    has_unit = bool(run.options.get("default_unit"))
    run.mapping = remembered.check_mapping(mapping, len(run.titles), has_unit)
    run.state, run.error = State.CHECKING, ""
    run.save()
    ImportRow.objects.filter(run=run).update(verdict="", errors=[], diff={}, chosen=True)
    if remember:
        remembered.remember(run.titles, run.mapping, run.file.name)
    _ask(run, "portfolio.import.check", actor)
    return run


def _require_creating(actor: Actor, options: Mapping[str, Any]) -> None:
    """Raise ``NotAllowed`` if the import may not create what the options say."""
    wanted = {name for name, value in options.items() if value == "create"}
    if wanted & {"missing_units", "missing_people"} and not rights.may_create_units(actor):
        raise NotAllowed(_("Your role does not allow to create units and people."))
    if "missing_strategy" in wanted and not rights.may_create_strategy(actor):
        raise NotAllowed(_("Your role does not allow to create entries of the strategy."))


@transaction.atomic
def choose_rows(
    run_id: uuid.UUID, *, actor: Actor, chosen: Iterable[int], shown: Iterable[int]
) -> None:
    """Take the rows numbered in ``chosen`` and leave out the others of ``shown``."""
    run = get_run(run_id, actor=actor)
    if run.state != State.PREVIEW:
        raise Invalid(_("The preview has changed. Load the page again."))
    picked = set(chosen)
    rows = ImportRow.objects.filter(run=run, number__in=list(shown), verdict__in=TAKEN)
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
    if not ImportRow.objects.filter(run=run, chosen=True, verdict__in=TAKEN).exists():
        raise Invalid(_("No row is chosen. Tick the rows that are to be taken over."))
    run.state, run.error = State.APPLYING, ""
    run.save()
    _ask(run, "portfolio.import.apply", actor)
    return run


@transaction.atomic
def discard(run_id: uuid.UUID, *, actor: Actor) -> ImportRun:
    """Throw the run away; projects were not touched."""
    run = get_run(run_id, actor=actor)
    if run.state in {State.DONE, State.APPLYING}:
        raise Invalid(_("This import has already been applied."))
    _discard(run)
    _note(run, "discarded", actor, {})
    return run


def _discard(run: ImportRun) -> None:
    run.state, run.error = State.DISCARDED, ""
    run.save()
    ImportRow.objects.filter(run=run).delete()


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


def back_to_check(run: ImportRun, text: str) -> ImportRun:
    """Check the rows once more, because the preview has aged; ``text`` will say so."""
    run.refresh_from_db()
    run.state, run.error = State.CHECKING, text
    run.save(update_fields=["state", "error", "updated_at"])
    return run


@transaction.atomic
def stopped(run_id: uuid.UUID, job_id: uuid.UUID, text: str, *, cancelled: bool) -> None:
    """Leave a clear state when a step was cancelled or has failed.

    The person is back at the page from which she started the step, with ``text`` on it; a file
    that cannot be read ends the import.
    """
    run = ImportRun.objects.select_for_update(of=("self",)).filter(pk=run_id, job_id=job_id).first()
    if run is None or run.state not in WORKING:
        return
    run.error = text
    if run.state == State.CHECKING:
        run.state = State.MAPPING
    elif run.state == State.APPLYING:
        run.state = State.PREVIEW
    elif cancelled:
        _discard(run)
        return
    else:
        run.state = State.FAILED
        ImportRow.objects.filter(run=run).delete()
    run.version += 1
    run.save()


def settle(run: ImportRun) -> bool:
    """Whether a run that seems to be worked on has lost its job; it gets a clear state then."""
    if run.state not in WORKING or (run.job is not None and not run.job.is_finished):
        return False
    job = run.job
    text = (job.error or job.message) if job else ""
    text = text or _("The work was interrupted. Nothing was changed.")
    if job is None:
        ImportRun.objects.filter(pk=run.pk, job=None).update(state=State.FAILED, error=text)
    else:
        stopped(run.pk, job.pk, text, cancelled=job.state == Job.State.CANCELLED)
    return True
