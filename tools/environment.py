"""Builds what Leitstand needs inside the checkout; called by `tools/setup.sh`.

    python3 tools/environment.py core|dev

`.tools/` holds uv, `.venv/` the packages of the lock file, `static/vendor/` the front-end
files, the `.mo` files the translations. `dev` adds what tests and checks need. Nothing
outside the checkout is changed, no Python is downloaded. The stamp `.venv/leitstand.json`
is written after success only, so an interrupted run is simply repeated; a lock lets a
second run wait for the first. Needs the standard library alone.

Exit codes: 0 done, 1 failed (one sentence on stderr), 2 usage, 3 something is missing on
this machine (one sentence naming the Debian package).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import assets
import installer

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
STAMP = VENV / "leitstand.json"
LOCKS = {"core": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}
LOCK_WAIT_S = 600


def fingerprint(level: str) -> str:
    """Sum over everything the environment of this level is made from."""
    digest = hashlib.sha256(f"{level}\n{ROOT}\n".encode())
    for path in (LOCKS[level], installer.UV_LOCK, VENV / "pyvenv.cfg"):
        digest.update(path.read_bytes() if path.is_file() else b"-")
    return digest.hexdigest()


def built_level() -> str | None:
    """Level of the complete and current environment, None if there is none."""
    try:
        stamp = json.loads(STAMP.read_text("utf-8"))
        current = stamp["fingerprint"] == fingerprint(stamp["level"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return str(stamp["level"]) if current and python_works() else None


def python_works() -> bool:
    """Whether the interpreter behind `.venv` still exists."""
    return os.access(VENV / "bin" / "python", os.X_OK)


def wanted_level(requested: str) -> str:
    """The requested level, but never less than what was installed before."""
    try:
        before = json.loads(STAMP.read_text("utf-8"))["level"]
    except (OSError, ValueError, KeyError, TypeError):
        return requested
    return "dev" if "dev" in (before, requested) else "core"


def build(requested: str) -> None:
    """Bring environment, front-end files and translations up to date."""
    level = wanted_level(requested)
    if built_level() != level:
        _packages(level)
    if not assets.complete(ROOT, dev=level == "dev"):
        say("fetching the front-end files")
        with installer.npm_command(TOOLS) as npm:
            assets.install(ROOT, level == "dev", npm)
    _translations()
    _bytecode()


def _packages(level: str) -> None:
    say("installing the packages into .venv" + (", with those for tests" * (level == "dev")))
    uv = installer.uv_command(TOOLS)
    STAMP.unlink(missing_ok=True)
    if not _venv_is_ours():
        installer.run_uv([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)])
    # Compiled here, once: where Python may not write beside its modules, every start would compile.
    sync = [uv, "pip", "sync", "--quiet", "--require-hashes", "--only-binary", ":all:"]
    sync += ["--compile-bytecode"]
    installer.run_uv([*sync, "--python", str(VENV / "bin" / "python"), str(LOCKS[level])])
    temporary = STAMP.with_suffix(".new")
    temporary.write_text(json.dumps({"level": level, "fingerprint": fingerprint(level)}))
    temporary.replace(STAMP)


def _venv_is_ours() -> bool:
    """Whether `.venv` can be kept: its Python runs, is new enough and was built at this path."""
    if not python_works():
        return False
    probe = "import sys; sys.exit(sys.version_info < (3, 11) or sys.prefix == sys.base_prefix)"
    done = subprocess.run([VENV / "bin" / "python", "-E", "-c", probe], check=False)
    activate = VENV / "bin" / "activate"
    return done.returncode == 0 and activate.is_file() and str(VENV) in activate.read_text("utf-8")


def _translations() -> None:
    """Compile every catalogue that is newer than its compiled form."""
    stale = [
        po
        for po in (ROOT / "src" / "leitstand").glob("**/LC_MESSAGES/*.po")
        if _age(po.with_suffix(".mo")) < _age(po)
    ]
    if not stale:
        return
    env = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [str(VENV / "bin" / "python"), "-m", "leitstand", "messages", "compile"]
    done = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True)
    if done.returncode:
        reason = done.stderr.strip()[-600:]
        raise installer.SetupError(f"The translations could not be compiled: {reason}")


def _bytecode() -> None:
    """Compile our own modules where they have changed; without it they only start slower."""
    tree = ROOT / "src" / "leitstand"
    if tree.is_dir() and python_works():
        command = [str(VENV / "bin" / "python"), "-m", "compileall", "-q", "-j", "0", str(tree)]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _age(path: Path) -> float:
    return path.stat().st_mtime if path.is_file() else 0.0


@contextmanager
def exclusive() -> Iterator[None]:
    """Hold the checkout's lock; the system releases it if this process dies."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "lock").open("w") as handle:
        if not _locked(handle):
            say("another set-up is running in this checkout, waiting for it")
            deadline = time.monotonic() + LOCK_WAIT_S
            while not _locked(handle):
                if time.monotonic() > deadline:
                    raise installer.SetupError("The other set-up does not come to an end.")
                time.sleep(0.2)
        for rest in TOOLS.glob("scratch-*"):
            shutil.rmtree(rest, ignore_errors=True)
        yield


def _locked(handle: TextIO) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def say(text: str) -> None:
    """One line of progress on stderr; stdout belongs to the program that follows."""
    print(f"leitstand: {text}", file=sys.stderr, flush=True)


def main(argv: list[str]) -> int:
    """Command line; see the module's docstring."""
    if len(argv) != 1 or argv[0] not in LOCKS:
        print("usage: environment.py core|dev", file=sys.stderr)
        return 2
    try:
        with exclusive():
            build(argv[0])
    except installer.MissingOnMachine as exc:
        say(str(exc))
        return 3
    except (installer.SetupError, assets.AssetError) as exc:
        say(str(exc))
        return 1
    except PermissionError as exc:
        say(f"{exc.filename} cannot be written; the checkout must belong to the user of make.")
        return 1
    except OSError as exc:
        say(f"{exc.filename or ROOT}: {exc.strerror}.")
        return 1
    except KeyboardInterrupt:
        say("interrupted; the next run starts again where it is safe.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
