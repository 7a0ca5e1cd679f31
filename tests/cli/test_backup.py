"""Backup: complete, consistent while others write, whole or not there."""

from __future__ import annotations

import fcntl
import json
import os
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.instance import COMMAND, Instance, end, one_line, wait_for

pytestmark = pytest.mark.slow


def test_a_backup_holds_data_files_and_sums_but_no_secret(filled: Instance, tmp_path: Path) -> None:
    target = tmp_path / "b.zip"
    filled.must("backup", target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    secret = (filled.data / "secrets/secret_key").read_text()
    with zipfile.ZipFile(target) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert set(archive.namelist()) == {*manifest["members"], "manifest.json"}
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert secret.encode() not in everything
    assert b"SESSION-GEHEIM" not in everything
    assert manifest["members"]["data/portfolio.project.jsonl"]["rows"] == 1
    assert sum(name.startswith("files/") for name in manifest["members"]) == 2
    assert not list((filled.data / "tmp").glob("snapshot-*"))


def test_an_existing_backup_is_replaced_only_by_a_whole_one(
    filled: Instance, tmp_path: Path
) -> None:
    target = tmp_path / "b.zip"
    target.write_bytes(b"yesterday's")
    done = filled.call([*COMMAND, "backup", str(target)], before=lambda: _file_limit(64 << 10))
    assert done.returncode == 1
    assert target.read_bytes() == b"yesterday's"
    filled.must("backup", target)
    assert zipfile.is_zipfile(target)


def _file_limit(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("limit_kb", [1, 200])
def test_a_full_disk_is_named_and_leaves_nothing(
    filled: Instance, tmp_path: Path, limit_kb: int
) -> None:
    target = tmp_path / "b.zip"
    done = filled.call(
        [*COMMAND, "backup", str(target)], before=lambda: _file_limit(limit_kb << 10)
    )
    assert done.returncode == 1
    assert "no room" in one_line(done)
    assert not list(tmp_path.glob("b.zip*"))
    assert not list((filled.data / "tmp").glob("snapshot-*"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", folder],
        check=False,
        capture_output=True,
    )
    if done.returncode:
        pytest.skip(f"no small disk here: {done.stderr.decode()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_really_full_disk_is_named_and_leaves_nothing(filled: Instance, small_disk: Path) -> None:
    filled.seed(300)
    (small_disk / "other").write_bytes(os.urandom(100 << 10))
    done = filled.run("export", "all", small_disk / "e.zip")
    assert done.returncode == 1
    assert f"no room left at {small_disk}" in one_line(done)
    assert [path.name for path in small_disk.iterdir()] == ["other"]


def test_a_missing_stored_file_is_told_and_the_rest_is_saved(
    filled: Instance, tmp_path: Path
) -> None:
    shutil.rmtree(filled.data / "files")
    target = tmp_path / "b.zip"
    done = filled.run("backup", target)
    assert done.returncode == 1
    assert done.stderr.count("is missing") == 2
    with zipfile.ZipFile(target) as archive:
        assert len(json.loads(archive.read("manifest.json"))["problems"]) == 2


def test_a_damaged_database_is_not_saved_as_if_it_were_good(
    filled: Instance, tmp_path: Path
) -> None:
    filled.seed(200)
    filled.sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database = filled.data / "app.db"
    with database.open("r+b") as out:
        for place in range(40, database.stat().st_size // 4096, 3):
            out.seek(place * 4096)
            out.write(os.urandom(64))
    done = filled.run("backup", tmp_path / "b.zip")
    assert done.returncode == 1
    assert "damaged" in done.stderr
    assert not list(tmp_path.glob("b.zip*"))


def test_where_it_cannot_be_written_is_named(filled: Instance, tmp_path: Path) -> None:
    assert "does not exist" in one_line(filled.run("backup", tmp_path / "none" / "b.zip"))
    assert "is a folder" in one_line(filled.run("backup", tmp_path))


def test_an_empty_instance_names_the_next_step(empty: Instance, tmp_path: Path) -> None:
    done = empty.run("backup", tmp_path / "b.zip")
    assert done.returncode == 1
    assert "leitstand migrate" in one_line(done)


def test_a_backup_under_load_sees_one_moment(
    filled: Instance, migrated: Instance, tmp_path: Path
) -> None:
    """A writer adds account pairs in one transaction each; no backup may hold half a pair."""
    filled.seed(2000)
    filled.sql("CREATE TABLE probe (n INTEGER)")
    stop = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        connection = sqlite3.connect(filled.data / "app.db", timeout=30, isolation_level=None)
        while not stop.is_set():
            connection.execute("BEGIN IMMEDIATE")
            for half in "ab":
                connection.execute(
                    "INSERT INTO portfolio_fieldofaction (id, code, name, description, position,"
                    " created_at, updated_at, version) VALUES (lower(hex(randomblob(16))), ?, 'x', '',"
                    " 0, '2026-01-01', '2026-01-01', 1)",
                    [f"{half}{written}"],
                )
                time.sleep(0.001)
            connection.execute("COMMIT")
            written += 1
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        counts = []
        for number in range(3):
            target = tmp_path / f"{number}.zip"
            filled.must("backup", target)
            with zipfile.ZipFile(target) as archive:
                lines = archive.read("data/portfolio.fieldofaction.jsonl").splitlines()
            codes = [json.loads(line)["code"] for line in lines]
            left = {code[1:] for code in codes if code[0] == "a"}
            right = {code[1:] for code in codes if code[0] == "b"}
            assert left == right
            counts.append(len(left))
    finally:
        stop.set()
        thread.join()
    assert counts[0] < counts[-1] < written, "the writer was stopped"
    migrated.must("restore", tmp_path / "2.zip")


def test_a_killed_backup_leaves_no_file_and_the_next_one_works(
    filled: Instance, tmp_path: Path
) -> None:
    filled.seed(4000)
    folder = tmp_path / "target"
    folder.mkdir()
    target = folder / "b.zip"
    part = folder / "b.zip.part"
    points = [
        lambda: bool(list((filled.data / "tmp").glob("snapshot-*"))),
        part.exists,
        lambda: part.exists() and part.stat().st_size > 20_000,
        lambda: part.exists() and part.stat().st_size > 200_000,
        lambda: part.exists() and part.stat().st_size > 1_000_000,
    ]
    for reached in points:
        process = filled.start("backup", target)
        assert wait_for(reached), end(process)
        assert process.poll() is None, "it was over before the point was reached"
        end(process, signal.SIGKILL)
        assert not target.exists()
    filled.must("backup", target)
    assert [path.name for path in folder.iterdir()] == ["b.zip"]
    assert not list((filled.data / "tmp").glob("snapshot-*"))
    assert json.loads(filled.must("audit", "verify", "--json"))["ok"]


def test_two_backups_to_one_file_do_not_mix(filled: Instance, tmp_path: Path) -> None:
    target, part = tmp_path / "b.zip", tmp_path / "b.zip.part"
    with part.open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        other.write("what the other one has written so far")
        other.flush()
        done = filled.run("backup", target)
        assert done.returncode == 1
        assert "another command is writing" in one_line(done)
        assert part.read_text().startswith("what the other")
    filled.must("backup", target)
    assert not part.exists()
