"""Instances for the tests of the commands; migrated and filled once, then copied."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.instance import Instance

POSTGRES = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture(autouse=True)
def _clean_state() -> None:
    """These tests run the product in processes of its own: nothing to clean in this one."""


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated and a filled instance, made by whichever test process comes first."""
    here = tmp_path_factory.getbasetemp()
    folder = (here.parent if "PYTEST_XDIST_WORKER" in os.environ else here) / "made"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            bare, full = Instance(folder / "bare/data"), Instance(folder / "full/data")
            bare.data.parent.mkdir(exist_ok=True)
            bare.must("migrate")
            shutil.copytree(bare.data, full.data, dirs_exist_ok=True)
            full.seed()
            (folder / "done").touch()
    return folder


@pytest.fixture(scope="session")
def _template(_made: Path) -> Path:
    return _made / "full/data"


@pytest.fixture(scope="session")
def _bare(_made: Path) -> Path:
    return _made / "bare/data"


@pytest.fixture
def empty(tmp_path: Path) -> Instance:
    """An instance before its first migration."""
    (tmp_path / "empty").mkdir()
    return Instance(tmp_path / "empty" / "data")


@pytest.fixture
def migrated(tmp_path: Path, _bare: Path) -> Instance:
    """An instance without data."""
    shutil.copytree(_bare, tmp_path / "migrated" / "data")
    return Instance(tmp_path / "migrated" / "data")


@pytest.fixture
def filled(tmp_path: Path, _template: Path) -> Instance:
    """An instance with data."""
    shutil.copytree(_template, tmp_path / "filled" / "data")
    return Instance(tmp_path / "filled" / "data")


@pytest.fixture
def port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _locale() -> str:
    """A locale that sorts otherwise than by bytes, if there is one: nothing may depend on it."""
    done = subprocess.run(["locale", "-a"], check=False, capture_output=True, text=True, timeout=30)
    names = [
        name for name in done.stdout.split() if name.startswith(("de_", "en_")) and "utf8" in name
    ]
    return names[0] if names else "C.UTF-8"


@pytest.fixture(scope="session")
def _cluster() -> Iterator[int]:
    """The port of a PostgreSQL of its own; root starts it as the user ``postgres``."""
    if not (POSTGRES / "initdb").exists():
        pytest.skip(f"PostgreSQL is not installed in {POSTGRES}")
    # pytest's own folders are closed to other users.
    folder = Path(tempfile.mkdtemp(prefix="leitstand-postgres-"))
    as_user: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = int(probe.getsockname()[1])
    data = str(folder / "data")

    def call(name: str, *words: str) -> None:
        command = [*as_user, str(POSTGRES / name), "-D", data, *words]
        subprocess.run(command, check=True, cwd="/", timeout=120, capture_output=True)

    options = f"-p {number} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    call(
        "initdb", "-U", "leitstand", "-A", "trust", "-E", "UTF8", "--locale", _locale(), "--no-sync"
    )
    call("pg_ctl", "-l", str(folder / "log"), "-o", options, "-w", "start")
    yield number
    call("pg_ctl", "-m", "immediate", "-w", "stop")
    shutil.rmtree(folder)


@pytest.fixture
def postgres(tmp_path: Path, _cluster: int) -> Callable[[str], Instance]:
    """``postgres("name")`` is an instance before its first migration on a new database."""

    def make(name: str) -> Instance:
        database = f"{name}_{tmp_path.name}".replace("-", "_").lower()[-60:]
        subprocess.run(
            [POSTGRES / "createdb", "-h", "127.0.0.1", "-p", str(_cluster), "-U", "leitstand", database],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        data = tmp_path / name / "data"
        data.parent.mkdir()
        url = f"postgresql://leitstand@127.0.0.1:{_cluster}/{database}"
        return Instance(data, {"LEITSTAND_DATABASE_URL": url})

    return make
