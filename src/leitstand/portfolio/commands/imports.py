"""``leitstand import``: projects, their parts and published lists from files."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

KINDS = ("projects", "parts", "digitale-agenda", "gmpp", "eakte", "units", "people", "needs")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("what", choices=KINDS)
    parser.add_argument("file", type=Path)
    mapping = 'JSON file {"heading": "field"}; for eakte {"office": "code of a unit|neu"}'
    parser.add_argument("--mapping", type=Path, help=mapping)
    parser.add_argument("--dry-run", action="store_true", help="check only, change nothing")
    parser.add_argument("--unit", default="", help="code of the lead unit for rows without one")
    parser.add_argument(
        "--headings", choices=("programme", "fields_of_action", "rows"), default="",
        help="what rows with a single text mean for those below; left out by default",
    )  # fmt: skip
    parser.add_argument("--rollout", default="", help="title of the rollout that eakte updates")
    help_text = "with gmpp: every year becomes a closed status round, too"
    parser.add_argument("--rounds", action="store_true", help=help_text)
    parser.add_argument("--kind", default="milestone", help="kind of parts, such as milestone")


def run(args: argparse.Namespace) -> int:
    """Import the file; returns 1 with the rows and reasons if anything was left out."""
    from django.utils import translation

    from leitstand.core.base.errors import DomainError

    if not args.file.is_file():
        print(f"leitstand import: there is no file {args.file}", file=sys.stderr)
        return 1
    with translation.override("de"):
        try:
            return _import(args)
        except DomainError as problem:
            extra = [getattr(problem, "where", ""), getattr(problem, "remedy", "")]
            print(
                f"leitstand import: {' '.join(filter(None, [problem.text, *extra]))}",
                file=sys.stderr,
            )
            return 1


def _import(args: argparse.Namespace) -> int:
    from leitstand.core.base.actor import Actor

    actor = Actor.system("leitstand import")
    if args.what == "parts":
        return _parts(args, actor)
    if args.what in {"units", "people"}:
        return _organisation(args, actor)
    if args.what == "needs":
        return _needs(args, actor)
    if args.what == "eakte":
        from leitstand.portfolio.commands import rollouts

        return rollouts.run(args, actor)
    from leitstand.portfolio.actions.imports import cleaning, direct

    options = {"default_unit": _unit(args.unit, actor, needed=args.what == "digitale-agenda")}
    options["headings"] = args.headings
    if args.what == "projects":
        mapping = json.loads(args.mapping.read_text()) if args.mapping else None
        run = direct.import_file(
            args.file, actor=actor, mapping=mapping, options=options, dry_run=args.dry_run
        )
    else:
        from leitstand.portfolio.adapters import digitale_agenda, gmpp

        reader = digitale_agenda.read if args.what == "digitale-agenda" else gmpp.read
        foreign = reader(args.file)
        run = direct.import_foreign(
            args.file, foreign, actor=actor, options=options, dry_run=args.dry_run
        )
    code = _report(run, args.dry_run)
    if args.dry_run:
        cleaning.remove(run)
    elif args.what == "gmpp" and args.rounds:
        _rounds(args.file, actor)
    return code


def _rounds(path: Path, actor: Any) -> None:
    from leitstand.portfolio.actions.rounds import history
    from leitstand.portfolio.adapters import gmpp

    found = history.import_history(gmpp.history(path), actor=actor, title="GMPP")
    print(
        f"{found.rounds} Statusrunden angelegt, {found.same} schon vorhanden, "
        f"{found.reports} Statusberichte, {found.unknown} ohne Vorhaben"
    )


def _unit(code: str, actor: Any, *, needed: bool) -> str:
    """Return the id of the unit for rows without one; a list without units needs one."""
    from leitstand.core.base.errors import Invalid
    from leitstand.core.org import actions
    from leitstand.core.org.models import OrgUnit

    if code:
        unit = OrgUnit.objects.filter(code=code).first()
        if unit is None:
            raise Invalid(f"Es gibt keine Organisationseinheit mit dem Kürzel {code}.")
        return str(unit.id)
    if not needed:
        return ""
    root = OrgUnit.objects.filter(parent=None, active_to=None).order_by("code").first()
    if root is None:
        root = actions.create_unit(actor=actor, kind="city", code="00", name="Stadtverwaltung")
    return str(root.id)


def _report(run: Any, dry_run: bool) -> int:
    from leitstand.portfolio.models import ImportRow
    from leitstand.portfolio.queries.imports import summary, understood, what_happens

    for note in run.notes:
        print(f"Hinweis: {note}", file=sys.stderr)
    if dry_run:
        for title, label in understood(run):
            print(f"{title} → {label}")
    wrong = ImportRow.objects.filter(run=run, verdict__in=("error", "conflict"))
    for row in wrong.order_by("number")[:100]:
        print(f"Zeile {row.number}: {what_happens(row)}", file=sys.stderr)
    if dry_run:
        names = (
            ("new", "neu"),
            ("changed", "geändert"),
            ("same", "unverändert"),
            ("error", "fehlerhaft"),
            ("heading", "Überschriften"),
        )
        counts = ((run.counts.get(key, 0), key, word) for key, word in names)
        print(", ".join(f"{n} {word}" for n, key, word in counts if n or key != "heading"))
    else:
        print(", ".join(f"{number} {label}" for label, number in summary(run)))
    return 1 if wrong.exists() else 0


def _parts(args: argparse.Namespace, actor: Any) -> int:
    from leitstand.portfolio.actions.imports.parts import import_parts
    from leitstand.portfolio.actions.items import ITEM_KINDS

    if args.kind not in ITEM_KINDS:
        print(
            f"leitstand import: --kind must be one of {', '.join(ITEM_KINDS.names())}",
            file=sys.stderr,
        )
        return 2
    result = import_parts(args.kind, args.file, actor=actor, dry_run=args.dry_run)
    for number, text in result.errors[:100]:
        print(f"Zeile {number}: {text}", file=sys.stderr)
    print(f"{result.added} angelegt, {result.same} unverändert, {len(result.errors)} fehlerhaft")
    return 1 if result.errors else 0


def _organisation(args: argparse.Namespace, actor: Any) -> int:
    from leitstand.core.administration import tables
    from leitstand.core.administration.imports import read_rows
    from leitstand.core.org import actions

    if args.what == "units":
        table, load = tables.UNITS, actions.import_units
    else:
        table, load = tables.PEOPLE, actions.import_people
    with args.file.open("rb") as source:
        rows = read_rows(source, table)
    result = load(rows, actor=actor, dry_run=True)
    for problem in sorted(result.problems, key=lambda p: p.row):
        print(f"Zeile {problem.row}: {problem.text}", file=sys.stderr)
    if not result.problems and not args.dry_run:
        result = load(rows, actor=actor)
    print(
        f"{len(result.created)} angelegt, {len(result.changed)} geändert, "
        f"{result.unchanged} unverändert, {len(result.problems)} fehlerhaft"
    )
    return 1 if result.problems else 0


def _needs(args: argparse.Namespace, actor: Any) -> int:
    from leitstand.core.administration.imports import read_rows
    from leitstand.portfolio.actions.need_import import import_needs
    from leitstand.portfolio.tables.intake import NEEDS

    with args.file.open("rb") as source:
        rows = read_rows(source, NEEDS)
    result = import_needs(rows, actor=actor, dry_run=args.dry_run)
    for number, text in result.errors[:100]:
        print(f"Zeile {number}: {text}", file=sys.stderr)
    filed = len(rows) - result.same - len(result.errors) if args.dry_run else len(result.filed)
    print(f"{filed} angelegt, {result.same} unverändert, {len(result.errors)} fehlerhaft")
    return 1 if result.errors else 0
