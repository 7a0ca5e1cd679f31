"""``leitstand migrate``: brings the database up to date, after an upgrade check and a backup."""

from __future__ import annotations

import argparse
import sys

_EPILOG = """\
Before anything is changed: is the database of a version that this program may upgrade? Is it in
one piece? If it holds data, a backup goes to DATA/backups. A second migrate waits for the first.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    parser.add_argument("--no-backup", action="store_true", help="skip the backup before it")
    parser.add_argument("--check", action="store_true", help="only say what would be done")


def run(args: argparse.Namespace) -> int:
    """Migrate; 1 with a text if the check objects, the backup or a migration fails.

    With ``--check`` nothing is changed and 1 means that migrations are pending.
    """
    from leitstand.core.cli import locks, upgrades
    from leitstand.core.cli.archive import state

    upgrades.check_database()
    if args.check:
        waiting = state.pending()
        for app, name in waiting:
            print(f"{app} {name}")
        return 1 if waiting else 0
    with locks.one_migration():
        return bring_up_to_date(backup=not args.no_backup)


def bring_up_to_date(*, backup: bool) -> int:
    """Check, back up and migrate under the lock; raises ``Failure`` with a text."""
    from leitstand import __version__
    from leitstand.core.cli import upgrades
    from leitstand.core.cli.archive import loading, saving, state
    from leitstand.core.history import actions as history

    upgrades.check_database()
    if not state.pending():
        history.repair()
        upgrades.record_version()
        print("database is up to date", file=sys.stderr)
        return 0
    if backup and loading.has_data():
        path = saving.automatic_backup(f"before-{__version__}")
        print(f"backup written to {path}", file=sys.stderr)
    apply()
    upgrades.record_version()
    print("database is up to date", file=sys.stderr)
    return 0


def apply() -> None:
    """Run the pending migrations; raises ``Failure`` naming the database's words."""
    from django.core.management import call_command
    from django.core.management.commands import migrate as command
    from django.db import DatabaseError

    from leitstand.core.cli.failure import Failure
    from leitstand.core.cli.recording import RecordingExecutor

    command.MigrationExecutor = RecordingExecutor  # type: ignore[attr-defined]
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as problem:
        text = " ".join(str(problem).split())[:300]
        raise Failure(
            f"a migration failed: {text}. What was applied before it is kept; mend the cause and "
            "run leitstand migrate again, or restore the backup with the former version."
        ) from problem
