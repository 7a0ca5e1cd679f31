"""``leitstand import eakte``: the published table of offices into the E-Akte rollout."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from django.db import transaction

WORDS = (
    ("created", "als neue Einheit angelegt"), ("added", "in den Rollout aufgenommen"),
    ("changed", "geändert"), ("same", "unverändert"), ("skipped", "ausgelassen"),
    ("undecided", "zu entscheiden"), ("error", "fehlerhaft"),
)  # fmt: skip


def run(args: argparse.Namespace, actor: Any) -> int:
    """Import the table; a dry run does everything and takes it back."""
    with transaction.atomic():
        code = _import(args, actor)
        if args.dry_run or code:
            transaction.set_rollback(True)
    return code


def _import(args: argparse.Namespace, actor: Any) -> int:
    from leitstand.core.base.errors import Invalid
    from leitstand.core.tables.mapping import guess
    from leitstand.portfolio.actions.imports.references import fold
    from leitstand.portfolio.actions.rollouts import offices
    from leitstand.portfolio.adapters import office_list

    rollout = _rollout(args, actor)
    table = offices.table_of(rollout)
    found = office_list.read_e_file(args.file, table)
    mapping = guess(found.titles, table)
    decisions = json.loads(args.mapping.read_text(encoding="utf-8")) if args.mapping else {}
    options: dict[str, Any] = {
        "actor": actor, "mapping": mapping, "create_unknown": True,
        "decisions": {fold(name): _decision(text) for name, text in decisions.items()},
    }  # fmt: skip
    plan = offices.plan_offices(rollout, found.rows, **options)
    for row in plan.rows:
        for hint in row.hints:
            print(f"Hinweis, Zeile {row.number} ({row.name}): {hint}", file=sys.stderr)
    for row in plan.wrong:
        print(f"Zeile {row.number}: {' '.join(row.problems)}", file=sys.stderr)
    if not plan.wrong:
        try:
            offices.import_offices(rollout.pk, found.rows, **options)
        except Invalid as problem:
            print(
                "; ".join(text for texts in problem.errors.values() for text in texts),
                file=sys.stderr,
            )
            return 1
    elif plan.count("undecided"):
        print(
            'Entscheiden Sie in einer JSON-Datei, zum Beispiel {"Name in der Liste": "Kürzel der '
            'Einheit", "Anderer Name": "neu"}, und geben Sie sie mit --mapping an.',
            file=sys.stderr,
        )
    print(", ".join(f"{plan.count(key)} {word}" for key, word in WORDS if plan.count(key)))
    _say_state(rollout)
    return 1 if plan.wrong else 0


def _decision(text: str) -> str:
    """``neu``/``new``, ``auslassen``/``skip``, or the code of a unit as its id."""
    from leitstand.core.base.errors import Invalid
    from leitstand.core.org.models import OrgUnit
    from leitstand.portfolio.actions.rollouts.offices import NEW, SKIP

    words = {"neu": NEW, "new": NEW, "auslassen": SKIP, "skip": SKIP}
    if str(text).casefold() in words:
        return words[str(text).casefold()]
    unit = OrgUnit.objects.filter(code=text).first()
    if unit is None:
        raise Invalid(f"Es gibt keine Organisationseinheit mit dem Kürzel {text}.")
    return str(unit.pk)


def _rollout(args: argparse.Namespace, actor: Any) -> Any:
    """The E-Akte rollout; it is created at the first import."""
    from leitstand.core.base.errors import Invalid
    from leitstand.portfolio.actions.imports.creating import root_unit
    from leitstand.portfolio.actions.rollouts import setup, templates
    from leitstand.portfolio.commands.imports import _unit
    from leitstand.portfolio.models import Rollout, RolloutTemplate

    found = list(Rollout.objects.filter(code=templates.E_FILE))
    if args.rollout:
        found = list(Rollout.objects.filter(title=args.rollout))
        if not found:
            raise Invalid(f"Es gibt keinen Rollout mit dem Titel „{args.rollout}“.")
    if len(found) > 1:
        raise Invalid("Es gibt mehrere Rollouts der E-Akte. Nennen Sie einen mit --rollout TITEL.")
    if found:
        return found[0]
    from leitstand.core.org.models import OrgUnit

    templates.install_shipped(actor=actor)
    template = RolloutTemplate.objects.get(code=templates.E_FILE)
    unit = (
        OrgUnit.objects.get(pk=_unit(args.unit, actor, needed=True))
        if args.unit
        else root_unit(actor)
    )
    return setup.create_rollout(
        actor=actor, values={"title": "E-Akte", "lead_unit": unit}, template_id=template.pk
    )


def _say_state(rollout: Any) -> None:
    from leitstand.portfolio.queries.rollouts.boards import board

    found = board(rollout)
    planned = sum(m.state in ("planned", "running") for m in found.affected)
    print(
        f"Stand: {len(found.finished)} von {len(found.affected)} eingeführt, {planned} in Planung"
    )
