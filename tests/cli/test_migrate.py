"""Migrate: looks before it touches, saves before it changes, one at a time."""

from __future__ import annotations

import resource
import shutil
import sys
from pathlib import Path

import pytest

from leitstand import __version__
from leitstand.core.cli import upgrades
from leitstand.core.cli.failure import Failure
from tests.cli.instance import COMMAND, ROOT, Instance, one_line

pytestmark = pytest.mark.slow

# Takes the newest migration of the jobs away, as if this program were newer than the database.
UNAPPLY = f"""
import sys; sys.path.insert(0, {str(ROOT / "src")!r})
from leitstand.core.cli.start import start_django
start_django()
from django.core.management import call_command
call_command("migrate", "audit", "0001", verbosity=0)
"""


def take_back(instance: Instance) -> None:
    done = instance.call([sys.executable, "-c", UNAPPLY])
    assert done.returncode == 0, done.stderr
    assert "audit 0002" in instance.run("migrate", "--check").stdout


def backups(instance: Instance) -> list[Path]:
    return list((instance.data / "backups").glob("*.zip"))


def test_a_new_instance_is_set_up_closed_and_without_backup(empty: Instance) -> None:
    empty.must("migrate")
    assert not backups(empty)
    assert empty.sql("SELECT value FROM base_instancestate WHERE key = 'product.version'") == [
        (__version__,)
    ]
    for path in (empty.data, empty.data / "app.db", empty.data / "secrets/secret_key"):
        assert path.stat().st_mode & 0o077 == 0, path
    empty.must("migrate")
    assert empty.run("migrate", "--check").returncode == 0


def test_data_is_saved_before_it_is_changed(
    filled: Instance, empty: Instance, tmp_path: Path
) -> None:
    take_back(filled)
    filled.must("migrate")
    (kept,) = backups(filled)
    assert kept.name.startswith(f"before-{__version__}-")
    empty.must("restore", kept)
    assert empty.export(tmp_path / "a.zip") == filled.export(tmp_path / "b.zip")


def test_the_backup_can_be_left_out(filled: Instance) -> None:
    take_back(filled)
    filled.must("migrate", "--no-backup")
    assert not backups(filled)


def test_without_room_for_the_backup_nothing_is_changed(filled: Instance) -> None:
    take_back(filled)
    done = filled.call(
        [*COMMAND, "migrate"],
        before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200 << 10, 200 << 10)),
    )
    assert done.returncode == 1
    assert "no room" in one_line(done)
    assert "audit 0002" in filled.run("migrate", "--check").stdout


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ("INSERT INTO django_migrations (app, name, applied) VALUES ('org', '0999_x', '2030-01-01')",
         "org 0999_x"),
        ("UPDATE base_instancestate SET value = '9.3.1' WHERE key = 'product.version'", "9.3.1"),
        ("UPDATE base_instancestate SET value = '0.0.7' WHERE key = 'product.version'", "0.0.7"),
        ("UPDATE base_instancestate SET value = 'gestern' WHERE key = 'product.version'", "gestern"),
    ],
)  # fmt: skip
def test_a_database_of_another_version_is_left_alone(
    filled: Instance, change: str, word: str
) -> None:
    filled.sql(change)
    before = filled.sql("SELECT sql FROM sqlite_master ORDER BY 1")
    done = filled.run("migrate")
    assert done.returncode == 1
    assert word in one_line(done)
    assert "othing was changed" in done.stderr
    assert filled.sql("SELECT sql FROM sqlite_master ORDER BY 1") == before


def test_a_newer_database_is_neither_served_nor_called_healthy(filled: Instance) -> None:
    filled.sql("UPDATE base_instancestate SET value = '9.3.1' WHERE key = 'product.version'")
    for words in (["serve", "--only", "web"], ["serve", "--only", "worker"], ["demo"]):
        refused = filled.run(*words, LEITSTAND_PORT="8649")
        assert refused.returncode == 1
        assert "9.3.1" in one_line(refused)
    assert filled.run("doctor").returncode == 1


@pytest.mark.parametrize(
    ("version", "allowed"),
    [("0.1.0", True), ("0.1.9", True), ("0.2.0", False), ("1.0.0", False), ("", False)],
)
def test_which_versions_may_be_upgraded(version: str, allowed: bool) -> None:
    if allowed:
        upgrades.check_version(version, "the database")
    else:
        with pytest.raises(Failure, match="the database"):
            upgrades.check_version(version, "the database")


def test_this_version_may_be_upgraded_from_itself() -> None:
    assert ".".join(__version__.split(".")[:2]) in upgrades.DIRECT_FROM


def test_two_at_once_on_a_new_instance(empty: Instance) -> None:
    first, second = empty.start("migrate"), empty.start("migrate")
    for process in (first, second):
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    assert empty.sql("PRAGMA integrity_check") == [("ok",)]
    empty.seed()


def test_a_killed_migration_is_taken_up_again(empty: Instance, tmp_path: Path) -> None:
    for _ in range(3):
        process = empty.start("migrate")
        while process.poll() is None and not _tables(empty):
            pass
        process.kill()
        process.communicate()
    empty.must("migrate")
    empty.seed()
    assert shutil.disk_usage(tmp_path).free


def _tables(instance: Instance) -> bool:
    database = instance.data / "app.db"
    return database.exists() and database.stat().st_size > 200_000
