"""``leitstand backup``: the whole instance in one file, while it runs."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

_EPILOG = """\
The file holds the database in a form that fits SQLite and PostgreSQL, all stored files and a
manifest with checksums. Not in it: the secrets of the installation (LEITSTAND_SECRET_KEY or
DATA/secrets) and sessions; after a restore everybody logs in again. The file holds personal data
and password digests: keep it where only administrators can read it.
It is written beside FILE and renamed when complete: FILE is whole or not there.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "file", metavar="FILE", type=Path, nargs="?", help="where to write the backup"
    )
    what.add_argument(
        "--prune", action="store_true", help="remove old backups from DATA/backups instead"
    )
    parser.add_argument("--dry-run", action="store_true", help="with --prune: only name them")


def run(args: argparse.Namespace) -> int:
    """Write the backup; 1 if it fails or if stored files are missing on disk."""
    if args.prune:
        return _prune(dry=args.dry_run)
    from django.db import DatabaseError

    from leitstand.core.base import actions
    from leitstand.core.cli.archive.saving import save

    summary = save(args.file)
    # The backup is good even if this note of it cannot be kept.
    with contextlib.suppress(DatabaseError):
        actions.remember_now(actions.BACKUP_LAST)
    print(f"{args.file}: {summary.rows} rows, {summary.files} files")
    for problem in summary.problems:
        print(f"leitstand: {problem}", file=sys.stderr)
    return 1 if summary.problems else 0


def _prune(*, dry: bool) -> int:
    from django.conf import settings

    from leitstand.core.cli.archive import pruning

    keep = settings.CONFIG.backups_keep
    gone = pruning.superfluous(keep) if dry else pruning.prune(keep)
    for path in gone:
        print(f"{'would go' if dry else 'removed'}: {path}")
    print(f"{len(gone)} backups; the newest {keep} and the last of each month stay")
    return 0
