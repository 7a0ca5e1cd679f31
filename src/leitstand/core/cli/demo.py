"""``leitstand demo``: creates the demo city once and serves it in the foreground."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from leitstand.conf import Config, load
from leitstand.core.cli import ports
from leitstand.core.cli.failure import Failure, disk_failure

if TYPE_CHECKING:
    from leitstand.core.demo.accounts import Login

# The state of affairs in the demo data; only the demo fixes the day.
TODAY = "2026-11-20"
_EPILOG = """\
Prints READY <url>, then per role LOGIN <role> <user> <password> and TOKEN <role> <token>; the same
in DATA/demo.json. A second start keeps data and log-ins. The day is fixed to 20 November 2026,
unless LEITSTAND_TODAY says otherwise. Not for real data: no second factor, log-ins in the open.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG


def run(args: argparse.Namespace) -> int:
    """Create the city if need be and serve until SIGTERM or Ctrl-C."""
    for name, value in (
        ("LEITSTAND_DEMO", "1"),
        ("LEITSTAND_TODAY", TODAY),
        ("LEITSTAND_LOG_LEVEL", "WARNING"),
    ):
        os.environ.setdefault(name, value)
    config = load()
    if not ports.is_free(config.host, config.port):
        raise Failure(ports.taken_text(config.host, config.port))
    from leitstand.core.cli.serve import Supervisor
    from leitstand.core.cli.start import run_with_django

    run_with_django(lambda _: prepare(config), args)
    return Supervisor(config, ready=lambda: announce(config)).run()


def prepare(config: Config) -> int:
    """Bring the database up to date and load the city if the database is empty."""
    from django.db import connection

    from leitstand.core.cli import locks, migrate, upgrades
    from leitstand.core.cli.archive import loading as tables
    from leitstand.core.cli.archive import state
    from leitstand.core.demo import loading
    from leitstand.core.history import actions as history

    upgrades.check_database()
    with locks.one_migration():
        new = not state.applied()
        if new:
            print("creating the demo city, this takes a moment", file=sys.stderr, flush=True)
        if state.pending():
            migrate.bring_up_to_date(backup=True)
        loaded = loading.is_loaded()
        if not loaded and tables.has_data():
            raise Failure(
                f"{config.data} holds an instance that is not a demo; set LEITSTAND_DATA to "
                "another folder (or LEITSTAND_DATABASE_URL to another database)."
            )
        history.repair()  # a kill after the last migration leaves no triggers behind it
        if not loaded:
            loading.load(lambda logins: keep(config, logins))
        elif not read(config):
            renew(config)
    connection.close()
    return 0


def renew(config: Config) -> None:
    """Make new passwords and tokens, because ``demo.json`` is gone or unreadable."""
    from django.db import transaction

    from leitstand.core.base.actor import Actor
    from leitstand.core.demo.accounts import renew_accounts

    with transaction.atomic():
        keep(config, renew_accounts(Actor.system("demo")))


def keep(config: Config, logins: Sequence[Login]) -> None:
    """Write ``DATA/demo.json`` (0600) in one piece."""
    path = config.data / "demo.json"
    text = json.dumps(
        {"url": config.base_url, "logins": [dataclasses.asdict(login) for login in logins]},
        indent=2,
    )
    try:
        descriptor, part = tempfile.mkstemp(dir=config.data, prefix=".demo-")
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text + "\n")
            out.flush()
            os.fsync(out.fileno())
        Path(part).replace(path)
    except OSError as problem:
        raise disk_failure(problem, path, "the demo's log-ins were not written") from problem


def read(config: Config) -> list[Login]:
    """Return the log-ins kept in ``DATA/demo.json``; none if it is missing or unreadable."""
    from leitstand.core.demo.accounts import Login

    try:
        said = json.loads((config.data / "demo.json").read_text("utf-8"))
        return [Login(**entry) for entry in said["logins"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def announce(config: Config) -> None:
    """Print what the outside contract promises; the file gets the present address."""
    logins = read(config)
    keep(config, logins)
    print(f"READY {config.base_url}")
    for login in logins:
        print(f"LOGIN {login.role} {login.user} {login.password}")
        print(f"TOKEN {login.role} {login.token}")
    sys.stdout.flush()
