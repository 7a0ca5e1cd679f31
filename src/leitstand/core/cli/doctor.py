"""``leitstand doctor``: looks at everything that the product rests on; changes nothing."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from collections.abc import Callable, Iterator

from leitstand.conf import Config, ConfigError, load, secret_path
from leitstand.core.cli.checks import database, machine, outside, product
from leitstand.core.cli.checks.result import Check, fail

_NOT_CONFIGURED = 3
_EPILOG = (
    "Exit codes: 0 nothing fails (there may be warnings), 1 something fails, 3 not configured."
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def run(args: argparse.Namespace) -> int:
    """Look and report; 0 ok, 1 something fails, 3 the instance has not been set up."""
    checks: list[Check] = []
    code = 0
    try:
        for check in _all():
            checks.append(check)
            if not args.json:
                _print(check)
    except NotConfigured as problem:
        checks.append(problem.check)
        if not args.json:
            _print(problem.check)
        code = _NOT_CONFIGURED
    if not code and any(check.status == "fail" for check in checks):
        code = 1
    if args.json:
        print(json.dumps(_report(checks, code), ensure_ascii=False))
    else:
        print(_summary(checks), file=sys.stderr)
    return code


class NotConfigured(Exception):
    """The instance has not been set up; carries the finding that says so."""

    def __init__(self, check: Check) -> None:
        super().__init__(check.text)
        self.check = check


def _all() -> Iterator[Check]:
    yield machine.python()
    yield machine.environment(os.environ)
    yield product.front_end()
    yield product.translations()
    config = _config()
    yield from machine.clock(config)
    if not config.data.is_dir():
        raise NotConfigured(fail("data folder", "does not exist", str(config.data),
                                 "leitstand migrate creates it"))  # fmt: skip
    yield from machine.data_folder(config)
    yield machine.secret(config, os.environ)
    check, running = machine.port(config)
    yield check
    yield outside.public_address(config)
    yield outside.mail(config)
    yield outside.login_provider(config)
    yield from _database(config, running)


def _config() -> Config:
    """Read the configuration without creating a secret: doctor changes nothing."""
    values = dict(os.environ)
    try:
        found = load({**values, "LEITSTAND_SECRET_KEY": "-"})
        if not values.get("LEITSTAND_SECRET_KEY") and not secret_path(found.data).exists():
            raise NotConfigured(fail("configuration", "there is no instance here yet",
                                     str(found.data), "leitstand migrate, then leitstand user "
                                     "create NAME --role admin"))  # fmt: skip
        return load(values)
    except ConfigError as problem:
        raise NotConfigured(
            fail("configuration", str(problem), "environment", "see docs/reference/settings.md")
        ) from None


def _database(config: Config, running: bool) -> Iterator[Check]:
    if not database.exists(config):
        raise NotConfigured(
            fail("database", "there is none yet", database.place(config), "leitstand migrate")
        )
    from leitstand.core.cli.start import start_django

    try:
        start_django()
    except ConfigError as problem:
        yield fail("data folder", str(problem), str(config.data), "see the text")
        return
    reachable = database.reachable(config)
    yield reachable
    if reachable.status == "fail":
        return
    yield from _guarded("database settings", lambda: database.settings(config))
    if database.is_empty():
        raise NotConfigured(
            fail("database", "is empty", database.place(config), "leitstand migrate")
        )
    migrated = database.migrated(config)
    yield migrated
    if migrated.status == "ok":
        yield from _guarded("history", lambda: iter((database.versions(config),)))
        yield from _guarded("instance", lambda: _instance(config, running))


def _instance(config: Config, running: bool) -> Iterator[Check]:
    yield product.worker(running)
    yield from product.audit(running)
    yield product.outbox(config)
    yield product.backup(config)


def _guarded(name: str, checks: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    """Run checks of the database; one that breaks is itself a finding."""
    from django.db import DatabaseError

    try:
        yield from checks()
    except DatabaseError as problem:
        yield fail(name, " ".join(str(problem).split())[:200], "database",
                   "see the database's log")  # fmt: skip


def _print(check: Check) -> None:
    where = f" ({check.where})" if check.where else ""
    print(f"{check.status:<5}{check.name}: {check.text}{where}", flush=True)
    if check.status != "ok":
        print(f"     -> {check.remedy}", flush=True)


def _summary(checks: list[Check]) -> str:
    count = {status: sum(check.status == status for check in checks) for status in ("fail", "warn")}
    if not any(count.values()):
        return f"all {len(checks)} checks are ok"
    return f"{len(checks)} checks, {count['fail']} fail, {count['warn']} warn"


def _report(checks: list[Check], code: int) -> dict[str, object]:
    return {
        "ok": code == 0,
        "exit_code": code,
        "checks": [dataclasses.asdict(check) for check in checks],
    }
