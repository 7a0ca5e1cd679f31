"""``leitstand oparl``: reads a council information system or a folder of its objects."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="what", required=True)
    read = actions.add_parser("import", help="read committees, meetings and papers")
    read.add_argument("place", metavar="URL|FOLDER")
    help_text = "read everything again instead of what has changed since the last time"
    read.add_argument("--all", action="store_true", dest="whole", help=help_text)
    read.add_argument("--json", action="store_true", help="print counts, failures, findings")


def run(args: argparse.Namespace) -> int:
    """Read; returns 1 if anything could not be read, whatever was read stays."""
    from django.utils import translation

    from leitstand.core.base.actor import Actor

    actor = Actor.system("leitstand oparl")
    with translation.override("de"):
        if Path(args.place).is_dir():
            return _folder(args, actor)
        return _server(args, actor)


def _folder(args: argparse.Namespace, actor: Any) -> int:
    from leitstand.reporting.actions.oparl_runs import read_folder

    report, writer = read_folder(args.place, actor=actor)
    failures = [{"address": f.address, "text": f.text, "kind": f.kind} for f in report.failures]
    return _say(args, dict(writer.counts), failures, report.findings())


def _server(args: argparse.Namespace, actor: Any) -> int:
    from leitstand.reporting.actions.oparl_runs import read_source
    from leitstand.reporting.actions.oparl_sources import source_for

    source = source_for(args.place, actor=actor)
    source = read_source(source.pk, actor=actor, whole=args.whole)
    return _say(args, source.counts, source.failures, source.findings)


def _say(args: argparse.Namespace, counts: Any, failures: Any, findings: Any) -> int:
    from leitstand.reporting.queries.oparl import advice, count_lines, finding_text

    if args.json:
        print(json.dumps({"counts": counts, "failures": failures, "findings": findings}))
        return 1 if failures else 0
    for failure in failures:
        print(f"{failure['address']}: {failure['text']}", file=sys.stderr)
    for text in advice(failures):
        print(f"→ {text}", file=sys.stderr)
    for finding in findings[:30]:
        print(f"Hinweis: {finding_text(finding)}", file=sys.stderr)
    for line in count_lines(counts):
        print(line)
    return 1 if failures else 0
