"""The same on PostgreSQL, and from one database to the other."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import POSTGRES
from tests.cli.instance import Instance, end, one_line, wait_for
from tests.cli.test_restore import probe, same

pytestmark = pytest.mark.postgres
Make = Callable[[str], Instance]


def psql(instance: Instance, statement: str) -> str:
    done = subprocess.run(
        [POSTGRES / "psql", instance.env["LEITSTAND_DATABASE_URL"], "-qAtc", statement],
        check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_from_sqlite_to_postgresql_and_back_byte_by_byte(
    filled: Instance, empty: Instance, postgres: Make, tmp_path: Path
) -> None:
    there = postgres("there")
    filled.must("backup", tmp_path / "1.zip")
    there.must("restore", tmp_path / "1.zip")
    same(filled, there, tmp_path)
    there.must("backup", tmp_path / "2.zip")
    empty.must("restore", tmp_path / "2.zip")
    same(filled, empty, tmp_path)
    for instance in (there, empty):
        assert json.loads(instance.must("audit", "verify", "--json"))["ok"]
        probe(instance)
    report = json.loads(there.must("doctor", "--json"))
    assert {check["status"] for check in report["checks"]} == {"ok"}
    with pytest.raises(AssertionError, match="append-only"):
        psql(there, "DELETE FROM audit_auditevent")


def test_replacing_on_postgresql(filled: Instance, postgres: Make, tmp_path: Path) -> None:
    there = postgres("there")
    there.must("migrate")
    there.seed(20)
    old = there.export(tmp_path / "old.zip")
    filled.must("backup", tmp_path / "b.zip")
    assert "--replace --yes" in one_line(there.run("restore", tmp_path / "b.zip"))
    assert there.export(tmp_path / "still.zip") == old
    there.must("restore", tmp_path / "b.zip", "--replace", "--yes")
    same(filled, there, tmp_path)
    kept = next((there.data / "backups").glob("before-restore-*.zip"))
    there.must("restore", kept, "--replace", "--yes", "--no-backup")
    assert there.export(tmp_path / "again.zip") == old


def test_foreign_tables_are_left_alone(filled: Instance, postgres: Make, tmp_path: Path) -> None:
    there = postgres("there")
    psql(there, "CREATE TABLE kasse (id int)")
    filled.must("backup", tmp_path / "b.zip")
    done = there.run("restore", tmp_path / "b.zip", "--replace", "--yes")
    assert "kasse" in one_line(done)
    assert psql(there, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "1"


@pytest.mark.slow
def test_a_killed_restore_on_postgresql_changes_nothing(
    filled: Instance, postgres: Make, tmp_path: Path
) -> None:
    there = postgres("there")
    there.must("migrate")
    there.seed(5)
    old = there.export(tmp_path / "old.zip")
    filled.seed(3000)
    filled.must("backup", tmp_path / "b.zip")
    busy = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted"
    for pause in (0.0, 0.5, 1.5):
        process = there.start("restore", tmp_path / "b.zip", "--replace", "--yes", "--no-backup")
        assert wait_for(lambda: int(psql(there, busy)) > 20), end(process)
        time.sleep(pause)
        assert process.poll() is None
        end(process, signal.SIGKILL)
        assert there.export(tmp_path / "state.zip") == old
    assert json.loads(there.must("audit", "verify", "--json"))["ok"]
    there.must("restore", tmp_path / "b.zip", "--replace", "--yes", "--no-backup")
    same(filled, there, tmp_path)


def test_a_backup_of_postgresql_sees_one_moment(postgres: Make, tmp_path: Path) -> None:
    there = postgres("there")
    there.must("migrate")
    there.seed(1500)
    process = there.start("backup", tmp_path / "b.zip")
    assert wait_for((tmp_path / "b.zip.part").exists), end(process)
    psql(there, "DELETE FROM portfolio_milestone; UPDATE portfolio_project SET title = 'später'")
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    again = postgres("again")
    again.must("restore", tmp_path / "b.zip")
    assert psql(again, "SELECT count(*) FROM portfolio_milestone") == "4500"
    assert psql(again, "SELECT count(*) FROM portfolio_project WHERE title = 'später'") == "0"


def test_two_migrations_at_once(postgres: Make, tmp_path: Path) -> None:
    """From two machines: each has a data folder of its own, both the same database."""
    one = postgres("one")
    shutil.copytree(one.data.parent, tmp_path / "other")
    other = Instance(tmp_path / "other" / "data", one.env)
    processes = [instance.start("migrate") for instance in (one, other)]
    for process in processes:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    assert one.run("migrate", "--check").returncode == 0
    one.seed()


def test_a_database_that_is_gone_is_told_in_one_line(empty: Instance, tmp_path: Path) -> None:
    gone = {"LEITSTAND_DATABASE_URL": "postgresql://x:geheim@127.0.0.1:1/x"}
    for words in (
        ["migrate"],
        ["backup", tmp_path / "b.zip"],
        ["export", "all", tmp_path / "e.zip"],
    ):
        done = empty.run(*words, **gone)
        assert done.returncode == 1
        assert "cannot be reached" in one_line(done)
        assert "geheim" not in done.stderr
    done = empty.run("doctor", "--json", **gone)
    assert done.returncode == 1
    failed = [check for check in json.loads(done.stdout)["checks"] if check["status"] == "fail"]
    assert [check["name"] for check in failed] == ["database"]
    assert "geheim" not in done.stdout
