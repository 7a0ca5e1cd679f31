"""Instances for the tests of the commands; migrated and filled once, then copied."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.instance import Instance

POSTGRES = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture(autouse=True)
def _clean_state() -> None:
    """These tests run the product in processes of its own: nothing to clean in this one."""


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    instance = Instance(tmp_path_factory.mktemp("template") / "data")
    instance.must("migrate")
    instance.seed()
    return instance.data


@pytest.fixture(scope="session")
def _bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    instance = Instance(tmp_path_factory.mktemp("bare") / "data")
    instance.must("migrate")
    return instance.data


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


@pytest.fixture(scope="session")
def _cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A PostgreSQL of its own; root starts it as the user ``postgres``."""
    if not (POSTGRES / "initdb").exists():
        pytest.skip(f"PostgreSQL is not installed in {POSTGRES}")
    folder = tmp_path_factory.mktemp("postgres")
    as_user: list[str] = []
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        for parent in folder.parents:
            if parent.stat().st_uid == 0 and str(parent).startswith("/tmp/"):
                parent.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = int(probe.getsockname()[1])
    data = folder / "data"

    def call(*words: str) -> None:
        subprocess.run([*as_user, *words], check=True, cwd="/", timeout=120, capture_output=True)

    call(str(POSTGRES / "initdb"), "-D", str(data), "-U", "leitstand", "-A", "trust",
         "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")  # fmt: skip
    options = f"-p {number} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    control = str(POSTGRES / "pg_ctl")
    call(control, "-D", str(data), "-l", str(folder / "log"), "-o", options, "-w", "start")
    yield number
    call(control, "-D", str(data), "-m", "immediate", "-w", "stop")


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
