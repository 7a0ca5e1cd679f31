"""``leitstand report create``: papers from the command line, read as the product itself."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leitstand.core.base.papers import Document

KINDS = ("sachstand", "inquiry", "campaign")
LEVELS = ("public", "internal", "confidential", "strict")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("what", choices=("create",))
    parser.add_argument("--kind", choices=KINDS, default="sachstand")
    parser.add_argument(
        "--as-of", type=date.fromisoformat, help="day of the figures; default: today"
    )
    parser.add_argument("--since", type=date.fromisoformat, help="day of the report before")
    parser.add_argument("--format", default="pdf", help="html,pdf,docx,xlsx; several with commas")
    parser.add_argument("--out", type=Path, default=Path("."), help="folder to write to")
    parser.add_argument("--title", default="", help="title of the paper")
    parser.add_argument("--level", choices=LEVELS, default="public",
                        help="what is confidential beyond this level is left out")  # fmt: skip
    parser.add_argument("--long", action="store_true", help="everything instead of four pages")
    parser.add_argument("--select", default="", metavar="QUERY",
                        help="projects as in the list's address, such as programme=…&late=yes")  # fmt: skip
    parser.add_argument("--template", type=Path, help="DOCX with {{ inhalt }}, for the format docx")
    parser.add_argument("--rollout", default="",
                        help="inquiry: title of the rollout to ask about; without it: projects")  # fmt: skip
    parser.add_argument("--campaign", default="", help="campaign: title of the campaign")
    parser.add_argument("--question", default="", help="inquiry: the question in its own words")
    parser.add_argument("--columns", default="", help="inquiry: columns, with commas")
    parser.add_argument("--compare", type=date.fromisoformat, metavar="DAY",
                        help="inquiry: mark what differs from this day")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Make the paper; 1 if a format failed (the others are written)."""
    from django.utils import translation

    from leitstand.core.base.errors import DomainError

    with translation.override("de"):
        try:
            formats = _formats(args.format)
            return _write(_document(args), formats, args)
        except DomainError as problem:
            _complain(problem)
            return 1


def _formats(text: str) -> list[str]:
    from leitstand.core.base.errors import Invalid
    from leitstand.reporting.output.formats import FORMATS

    chosen = list(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    unknown = [code for code in chosen if code not in FORMATS]
    if unknown or not chosen:
        raise Invalid(
            f"Unbekanntes Format: {', '.join(unknown) or '–'}. Es gibt {', '.join(FORMATS)}."
        )
    return chosen


def _document(args: argparse.Namespace) -> Document:
    from leitstand.core.base import clock
    from leitstand.core.base.actor import Actor
    from leitstand.reporting.queries import documents

    actor = Actor.system("leitstand report")
    day = args.as_of or clock.today()
    level = LEVELS.index(args.level)
    if args.kind == "campaign":
        return documents.campaign(
            actor, args.campaign, day=day, level=level, since=args.since, title=args.title
        )
    if args.kind == "inquiry":
        return _inquiry(args, actor, day, level)
    return documents.sachstand(
        actor, day=day, since=args.since, level=level, long=args.long, selection=args.select,
        title=args.title,
    )  # fmt: skip


def _inquiry(args: argparse.Namespace, actor: Any, day: date, level: int) -> Document:
    from leitstand.core.base.report_sections import ReportFrame
    from leitstand.reporting.queries import documents, inquiries

    frame = ReportFrame(actor, day, level)
    source = inquiries.named(frame, args.rollout)
    columns = tuple(part.strip() for part in args.columns.split(",") if part.strip())
    return documents.inquiry(
        actor, inquiries.Inquiry(args.question, source, columns), day=day, level=level,
        compare=args.compare, selection=args.select, title=args.title,
    )  # fmt: skip


def _write(document: Document, formats: list[str], args: argparse.Namespace) -> int:
    """Write every format; a failure of one is told and does not stop the others."""
    from leitstand.core.base.errors import DomainError

    try:
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        print(f"leitstand report: {args.out}: {problem.strerror}", file=sys.stderr)
        return 1
    failed = 0
    for code in formats:
        target = args.out / f"{args.kind}-{document.day.isoformat()}.{code}"
        try:
            written = _made(document, code, args)
            target.write_bytes(written.data)
        except (DomainError, OSError) as problem:
            failed = 1
            _complain(problem)
            continue
        for remark in written.remarks:
            print(f"Hinweis: {remark}", file=sys.stderr)
        print(target)
    return failed


def _made(document: Document, code: str, args: argparse.Namespace) -> Any:
    from leitstand.reporting.domain import covers
    from leitstand.reporting.output import word_template
    from leitstand.reporting.output.formats import FORMATS

    if code == "docx" and args.template:
        return word_template.into_template(document, args.template, covers.every_field())
    return FORMATS[code].write(document)


def _complain(problem: Exception) -> None:
    parts = [getattr(problem, "text", str(problem)), getattr(problem, "remedy", "")]
    print(f"leitstand report: {' '.join(filter(None, parts))}", file=sys.stderr)
