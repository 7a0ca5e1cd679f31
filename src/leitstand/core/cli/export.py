"""``leitstand export all``: everything in an open format."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

_EPILOG = """\
The zip holds one JSON list per kind of object and the stored files, sorted and without time of
writing: two exports of the same state are byte-identical. No passwords, tokens or sessions.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    parser.add_argument("what", choices=("all",), help="what to export")
    parser.add_argument("file", metavar="OUT.zip", type=Path, help="where to write it")


def run(args: argparse.Namespace) -> int:
    """Write the export; 1 if it fails or if stored files are missing on disk."""
    from leitstand.core.cli.archive.exporting import export_all

    summary = export_all(args.file)
    print(f"{args.file}: {summary.rows} objects, {summary.files} files")
    for problem in summary.problems:
        print(f"leitstand: {problem}", file=sys.stderr)
    return 1 if summary.problems else 0
