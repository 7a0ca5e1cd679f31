"""Imports without the browser: commands and the demo run the same three steps in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import transaction

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import DomainError, Invalid
from leitstand.core.base.models import Level
from leitstand.core.files.actions import keep_file
from leitstand.core.tables.mapping import PERIOD
from leitstand.core.tables.values import raw_text
from leitstand.portfolio.actions.imports import applying, checking, cleaning, staging
from leitstand.portfolio.actions.imports.remembered import check_mapping
from leitstand.portfolio.adapters.rows import ForeignList
from leitstand.portfolio.models import ImportRow, ImportRun
from leitstand.portfolio.tables.money import import_table

CREATE = {"missing_units": "create", "missing_people": "create", "missing_strategy": "create"}


def _no_step(done: int, total: int, message: str = "") -> None:
    """Commands show no progress."""


def import_file(
    path: Path,
    *,
    actor: Actor,
    mapping: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
    dry_run: bool = False,
) -> ImportRun:
    """Read, check and apply a spreadsheet; ``mapping`` is heading → field name.

    With ``dry_run`` the run stays at its preview and nothing is applied. A file that is refused
    leaves nothing.
    """
    with path.open("rb") as source:
        chunks = iter(lambda: source.read(1 << 20), b"")
        file = keep_file(chunks, actor=actor, name=path.name, confidentiality=Level.CONFIDENTIAL)
    run = ImportRun.objects.create(file=file, options={**CREATE, **(options or {})})
    try:
        run = staging.read_file(run, _no_step)
        if mapping is not None:
            run.mapping = _by_title(run.titles, mapping)
        has_unit = bool(run.options.get("default_unit"))
        run.mapping = check_mapping(run.mapping, len(run.titles), has_unit)
        return _finish(run, actor, dry_run)
    except DomainError:
        cleaning.remove(run)
        raise


def _by_title(titles: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    known = {c.name for c in import_table(titles).importable()} | {PERIOD}
    found = {}
    for title, name in mapping.items():
        if title not in titles:
            raise Invalid(f"Die Datei hat keine Spalte „{title}“. Spalten: {', '.join(titles)}")
        if name not in known:
            raise Invalid(f"Unbekanntes Feld „{name}“. Felder: {', '.join(sorted(known))}")
        found[str(titles.index(title))] = name
    return found


def import_foreign(
    path: Path,
    foreign: ForeignList,
    *,
    actor: Actor,
    options: Mapping[str, Any] | None = None,
    dry_run: bool = False,
) -> ImportRun:
    """Check and apply the rows of an adapter."""
    file = keep_file(
        [path.read_bytes()], actor=actor, name=path.name, confidentiality=Level.CONFIDENTIAL
    )
    run = ImportRun.objects.create(
        file=file,
        options={**CREATE, **(options or {})},
        titles=list(foreign.mapping),
        mapping={str(index): name for index, name in enumerate(foreign.mapping)},
        counts={"rows": len(foreign.rows)},
    )
    with transaction.atomic():
        ImportRow.objects.bulk_create(
            [
                ImportRow(run=run, number=number, raw=[raw_text(cell) for cell in row])
                for number, row in enumerate(foreign.rows, start=2)
            ],
            batch_size=500,
        )
    return _finish(run, actor, dry_run)


def _finish(run: ImportRun, actor: Actor, dry_run: bool) -> ImportRun:
    run.state = ImportRun.State.CHECKING
    run.save()
    run = checking.check_rows(run, actor, _no_step)
    if not dry_run:
        run.state = ImportRun.State.APPLYING
        run.save()
        applying.apply_rows(run, actor, _no_step)
        run.refresh_from_db()
    return run
