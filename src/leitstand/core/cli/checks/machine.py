"""Checks of the machine: Python, data folder, secrets, environment, port, clock."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leitstand.conf import FOR_TESTS, VARIABLES, Config, secret_path
from leitstand.core.cli import ports
from leitstand.core.cli.checks.result import Check, fail, ok, warn

_LOW_ROOM, _NO_ROOM = 1 << 30, 200 << 20
_SHORT_SECRET = 32
_NEWEST_TESTED = (3, 13)
# A web process waits up to 5 s for the database before it says that it is not ready.
_READY_S = 8
# No clock of a machine that runs this version shows an earlier moment (1 November 2026).
_EARLIEST = 1_793_491_200


def python() -> Check:
    """The interpreter is one that was tested; an older one could not even start."""
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] > _NEWEST_TESTED:
        return warn("python", f"Python {found} is newer than what was tested", sys.executable,
                    "use Python 3.11 to 3.13 if something behaves strangely")  # fmt: skip
    return ok("python", f"Python {found}", sys.executable)


def environment(values: Mapping[str, str]) -> Check:
    """No variable is misspelt."""
    strange = sorted(
        name for name in values
        if name.startswith("LEITSTAND_") and name not in {*VARIABLES, *FOR_TESTS}
    )  # fmt: skip
    if strange:
        return warn("environment", f"not known: {', '.join(strange)}", "environment",
                    "correct the name; docs/reference/settings.md lists all")  # fmt: skip
    return ok("environment", "all variables are known")


def data_folder(config: Config) -> Iterator[Check]:
    """The data folder can be written, has room and is closed to others."""
    where = str(config.data)
    try:
        with tempfile.TemporaryFile(dir=config.data) as probe:
            probe.write(b"x" * 4096)
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as problem:
        yield fail("data folder", f"cannot be written: {problem.strerror}", where,
                   "give it to the user that runs Leitstand, or make room")  # fmt: skip
        return
    yield ok("data folder", "can be written", where)
    free = shutil.disk_usage(config.data).free
    text = f"{free / (1 << 30):.1f} GB free"
    if free < _NO_ROOM:
        yield fail("disk", text, where, "make room: below 200 MB saving will soon fail")
    elif free < _LOW_ROOM:
        yield warn("disk", text, where, "make room: 1 GB should be free")
    else:
        yield ok("disk", text, where)
    yield _closed(config.data)


def _closed(data: Path) -> Check:
    """Secrets and database are open to their own user alone."""
    for path, remedy in (
        (data / "secrets", "chmod 700"),
        (secret_path(data), "chmod 600"),
        (data / "app.db", "chmod 600"),
    ):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            return fail("permissions", "open to other users", str(path), f"{remedy} {path}")
    return ok("permissions", "secrets and database are closed to other users", str(data))


def secret(config: Config, values: Mapping[str, str]) -> Check:
    """There is a secret key of decent length."""
    given = values.get("LEITSTAND_SECRET_KEY", "")
    where = "LEITSTAND_SECRET_KEY" if given else str(secret_path(config.data))
    if len(given or config.secret_key) < _SHORT_SECRET:
        return fail("secret key", f"shorter than {_SHORT_SECRET} characters", where,
                    "set a long random one; everybody then logs in again")  # fmt: skip
    return ok("secret key", "set", where)


def port(config: Config) -> tuple[Check, bool]:
    """The port is free or ours; also returns whether the product answers there."""
    where = f"{config.host}:{config.port}"
    if ports.is_free(config.host, config.port):
        return ok("port", "free: Leitstand is not running here", where), False
    if not ports.answers_as_leitstand(config.host, config.port):
        text = ports.taken_text(config.host, config.port).rstrip(".")
        return fail("port", text, where, "stop that program or set LEITSTAND_PORT"), False
    status, body = ports.get(config.host, config.port, "/readyz", _READY_S)
    if status != 200:
        said = body[:200].decode("utf-8", "replace")
        return fail("port", f"Leitstand answers but is not ready: {said}", where,
                    "see the findings on the database"), True  # fmt: skip
    return ok("port", "Leitstand answers and is ready", where), True


def clock(config: Config) -> Iterator[Check]:
    """The clock is plausible, the time zone known, the day not fixed by mistake."""
    if time.time() < _EARLIEST:
        yield fail("clock", "shows a moment before this version was made", "this machine",
                   "set the clock (timedatectl set-ntp true)")  # fmt: skip
    else:
        yield ok("clock", "plausible")
    try:
        ZoneInfo("Europe/Berlin")
    except (ZoneInfoNotFoundError, OSError):
        yield fail("time zone", "Europe/Berlin is not known", "tzdata", "apt install tzdata")
    if config.today and not config.demo:
        yield warn("day", f"fixed to {config.today}", "LEITSTAND_TODAY",
                   "unset it: it is meant for demo and tests")  # fmt: skip
