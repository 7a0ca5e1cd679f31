"""``leitstand restore``: an instance from a backup, all of it or nothing."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leitstand.core.cli.archive.reading import Backup, Manifest

_EPILOG = """\
The backup may come from SQLite or PostgreSQL and goes into whatever LEITSTAND_DATABASE_URL names.
Every checksum is compared first; then all is restored or nothing. Without --replace the database
must be empty. Leitstand must not be running. Log-ins stay valid, sessions do not.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    parser.add_argument("file", metavar="FILE", type=Path, help="the backup")
    parser.add_argument("--replace", action="store_true", help="discard the data that is there")
    parser.add_argument("--yes", action="store_true", help="confirm --replace")
    parser.add_argument(
        "--no-backup", action="store_true", help="with --replace: do not back up the old data first"
    )


def run(args: argparse.Namespace) -> int:
    """Restore; 1 with a text if the backup or the target is not fit, nothing changed then."""
    from leitstand.core.cli import locks, upgrades
    from leitstand.core.cli.archive.reading import Backup

    if args.replace and not args.yes:
        print("leitstand: --replace discards the data that is there; add --yes to confirm",
              file=sys.stderr)  # fmt: skip
        return 2
    with locks.instance_alone(), locks.one_migration(), Backup(args.file) as backup:
        manifest = backup.check()
        upgrades.check_version(manifest.product_version, "the backup")
        _check_known(manifest)
        _prepare_target(args)
        count = _restore(backup, manifest)
    print(f"{count} rows restored from {args.file} of {manifest.created_at}")
    for problem in manifest.problems:
        print(f"leitstand: already so when the backup was written: {problem}", file=sys.stderr)
    print("now run: leitstand doctor", file=sys.stderr)
    return 0


def _check_known(manifest: Manifest) -> None:
    from leitstand.core.cli.archive import state
    from leitstand.core.cli.failure import Failure

    if foreign := state.unknown(manifest.migrations):
        app, name = foreign[0]
        raise Failure(
            f"the backup has {app} {name}, which this program does not know: use the version "
            f"that has written it ({manifest.product_version}). Nothing was changed."
        )


def _prepare_target(args: argparse.Namespace) -> None:
    """Make sure that nothing is lost; raises ``Failure`` unless the target may be replaced."""
    from django.db import DatabaseError

    from leitstand.core.cli.archive import loading, saving
    from leitstand.core.cli.failure import Failure

    try:
        others = loading.other_tables()
        filled = loading.has_data()
    except DatabaseError as problem:
        if not args.replace:
            raise Failure(
                f"the database cannot be read ({problem}). To put the backup in its place: "
                "leitstand restore FILE --replace --yes"
            ) from problem
        print("leitstand: the old database cannot be read, it is not backed up", file=sys.stderr)
        return
    if others:
        raise Failure(
            f"the database holds tables that are not Leitstand's ({', '.join(others[:3])}); "
            "name an empty database."
        )
    if not filled:
        return
    if not args.replace:
        raise Failure(
            "the database holds data; nothing was changed. To discard it: "
            "leitstand restore FILE --replace --yes"
        )
    if not args.no_backup:
        path = saving.automatic_backup("before-restore")
        print(f"backup of the old data written to {path}", file=sys.stderr)


def _restore(backup: Backup, manifest: Manifest) -> int:
    from django.conf import settings

    from leitstand.core.cli import upgrades
    from leitstand.core.cli.archive import loading, swapping

    def fill() -> int:
        count = loading.fill(backup, manifest)
        upgrades.record_version()
        return count

    swapping.check_room(backup, manifest, settings.CONFIG.data)
    written = swapping.restore_files(backup, manifest)
    try:
        return swapping.restore_database(fill)
    except BaseException:
        swapping.forget_files(written)
        raise
