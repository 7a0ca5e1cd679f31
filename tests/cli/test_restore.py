"""Restore: everything comes back, or nothing is changed and one line says why."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import signal
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leitstand.core.cli.archive.reading import Backup
from leitstand.core.cli.failure import Failure
from tests.cli.instance import Instance, end, one_line, wait_for

pytestmark = pytest.mark.slow

Parts = dict[str, bytes]
PROBE = """
import sys; sys.path.insert(0, {source!r})
from leitstand.core.cli.start import start_django
start_django()
from leitstand.core.accounts.models import Account
from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.audit.models import AuditEvent
from leitstand.core.org.actions import create_unit
from leitstand.core.org.models import OrgUnit
account = Account.objects.get(username="ada")
assert account.check_password("Kirschkern-weit-7")
assert account.person.family_name == "O'Brien-Müller"
before = AuditEvent.objects.order_by("-pk").first().pk
create_unit(actor=Actor.system("probe"), kind="division", code="neu", name="Neu",
            parent=OrgUnit.objects.get(code="10"))
assert AuditEvent.objects.order_by("-pk").first().pk == before + 1
"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory, _template: Path) -> Path:
    """A good backup."""
    folder = tmp_path_factory.mktemp("saved")
    shutil.copytree(_template, folder / "data")
    Instance(folder / "data").must("backup", folder / "good.zip")
    return folder / "good.zip"


def probe(instance: Instance) -> None:
    """Log-ins work, and whatever is written next gets a number of its own."""
    source = str(Path(__file__).resolve().parents[2] / "src")
    done = instance.call([sys.executable, "-c", PROBE.format(source=source)])
    assert done.returncode == 0, done.stderr


def same(one: Instance, other: Instance, folder: Path) -> None:
    """Both instances export the same bytes."""
    assert one.export(folder / "one.zip") == other.export(folder / "other.zip")


def test_what_was_saved_comes_back_byte_by_byte(
    filled: Instance, empty: Instance, tmp_path: Path, saved: Path
) -> None:
    assert "rows restored" in empty.must("restore", saved)
    same(filled, empty, tmp_path)
    before, after = (json.loads(i.must("audit", "verify", "--json")) for i in (filled, empty))
    assert after["ok"]
    assert after == before
    assert after["unsealed_events"] == 1
    probe(empty)
    assert json.loads(empty.must("doctor", "--json"))["ok"]
    assert empty.sql("SELECT data FROM mfa_authenticator") == filled.sql(
        "SELECT data FROM mfa_authenticator"
    )
    assert empty.sql("SELECT count(*) FROM django_session") == [(0,)]


def test_the_audit_trail_is_still_append_only_afterwards(empty: Instance, saved: Path) -> None:
    empty.must("restore", saved)
    for statement in ("DELETE FROM audit_auditevent", "UPDATE audit_auditevent SET type = 'x'"):
        with pytest.raises(Exception, match="append-only"):
            empty.sql(statement)


def test_data_is_never_overwritten_by_accident(filled: Instance, saved: Path) -> None:
    filled.seed(5)
    done = filled.run("restore", saved)
    assert done.returncode == 1
    assert "--replace --yes" in one_line(done)
    assert filled.run("restore", saved, "--replace").returncode == 2
    assert filled.sql("SELECT count(*) FROM portfolio_project") == [(6,)]


def test_replacing_keeps_a_backup_of_what_was_there(
    filled: Instance, empty: Instance, saved: Path, tmp_path: Path
) -> None:
    filled.seed(5)
    old = filled.export(tmp_path / "old.zip")
    filled.must("restore", saved, "--replace", "--yes")
    assert filled.sql("SELECT count(*) FROM portfolio_project") == [(1,)]
    kept = list((filled.data / "backups").glob("before-restore-*.zip"))
    assert len(kept) == 1
    empty.must("restore", kept[0])
    assert empty.export(tmp_path / "new.zip") == old


def test_a_damaged_database_can_be_replaced(
    filled: Instance, empty: Instance, saved: Path, tmp_path: Path
) -> None:
    empty.must("restore", saved)
    (filled.data / "app.db").write_bytes(b"no database at all" * 1000)
    assert filled.run("restore", saved).returncode == 1
    filled.must("restore", saved, "--replace", "--yes")
    same(filled, empty, tmp_path)


def test_damaged_stored_files_are_replaced(filled: Instance, saved: Path) -> None:
    path = next(p for p in (filled.data / "files").rglob("*") if p.is_file())
    good = path.read_bytes()
    path.write_bytes(b"x" + good[1:])
    filled.must("restore", saved, "--replace", "--yes", "--no-backup")
    assert path.read_bytes() == good


def test_a_running_instance_is_left_alone(migrated: Instance, saved: Path, port: int) -> None:
    server = migrated.start("serve", "--only", "web", LEITSTAND_PORT=str(port))
    try:
        lock = migrated.data / "instance.lock"
        assert wait_for(
            lambda: lock.exists() and "running" in migrated.run("restore", saved).stderr
        )
        done = migrated.run("restore", saved)
        assert done.returncode == 1
        assert "stop it first" in one_line(done)
    finally:
        end(server)
    migrated.must("restore", saved)


def test_a_backup_of_an_earlier_state_is_brought_up_to_date(
    filled: Instance, empty: Instance, tmp_path: Path
) -> None:
    """Take back the newest migrations that can be taken back, save, restore with all of them."""
    unapply = (
        "import sys; sys.path.insert(0, {source!r})\n"
        "from leitstand.core.cli.start import start_django\nstart_django()\n"
        "from django.core.management import call_command\n"
        "call_command('migrate', 'audit', '0001', verbosity=0)\n"
    ).format(source=str(Path(__file__).resolve().parents[2] / "src"))
    done = filled.call([sys.executable, "-c", unapply])
    assert done.returncode == 0, done.stderr
    assert "pending" in filled.run("doctor").stdout
    filled.must("backup", tmp_path / "old.zip")
    empty.must("restore", tmp_path / "old.zip")
    filled.must("migrate", "--no-backup")
    same(filled, empty, tmp_path)
    with pytest.raises(Exception, match="append-only"):
        empty.sql("DELETE FROM audit_auditevent")


# --- broken and hostile backups ---------------------------------------------------------------


def refuse(instance: Instance, backup: Path, word: str) -> None:
    """The backup is refused with one line, and nothing is there afterwards."""
    done = instance.run("restore", backup)
    assert done.returncode == 1, done.stderr
    assert word in one_line(done)
    assert not (instance.data / "app.db").exists() or not _has_tables(instance)
    assert not [path for path in (instance.data / "files").rglob("*") if path.is_file()]
    assert not (instance.data / "restore.db").exists()


def refuse_unread(backup: Path, word: str) -> None:
    """The backup is refused by its look alone, before any database is asked."""
    with pytest.raises(Failure, match=re.escape(word)), Backup(backup) as opened:
        opened.check()


def _has_tables(instance: Instance) -> bool:
    return bool(instance.sql("SELECT 1 FROM sqlite_master WHERE name = 'org_orgunit'"))


def parts_of(path: Path) -> Parts:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, parts: Parts) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def with_manifest(parts: Parts, **changes: Any) -> Parts:
    said = json.loads(parts["manifest.json"]) | changes
    return parts | {"manifest.json": json.dumps(said).encode()}


def resummed(parts: Parts) -> Parts:
    """Correct sums and counts: only the content is wrong then."""
    said = json.loads(parts["manifest.json"])
    for name, content in parts.items():
        if name != "manifest.json":
            entry = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            if name.startswith("data/"):
                entry["rows"] = content.count(b"\n")
            said["members"][name] = entry
    return parts | {"manifest.json": json.dumps(said).encode()}


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.98, 0.9999])
def test_a_cut_off_backup_is_refused(saved: Path, tmp_path: Path, share: float) -> None:
    content = saved.read_bytes()
    bad = tmp_path / "bad.zip"
    bad.write_bytes(content[: int(len(content) * share)])
    refuse_unread(bad, "no complete zip")


def test_changed_bytes_are_found_wherever_they_are(saved: Path, tmp_path: Path) -> None:
    content = bytearray(saved.read_bytes())
    bad = tmp_path / "bad.zip"
    with zipfile.ZipFile(saved) as archive:
        names = ["data/audit.auditevent.jsonl", "manifest.json"]
        names.append(next(n for n in archive.namelist() if n.startswith("files/")))
        places = [archive.getinfo(n).header_offset + 30 + len(n) + 40 for n in names]
    for place in places:
        changed = bytearray(content)
        changed[place] ^= 0x55
        bad.write_bytes(changed)
        refuse_unread(bad, "refused")


def _drop(name: str) -> Callable[[Parts], Parts]:
    return lambda parts: {key: value for key, value in parts.items() if key != name}


def _change(name: str, old: bytes, new: bytes) -> Callable[[Parts], Parts]:
    return lambda parts: parts | {name: parts[name].replace(old, new, 1)}


UNREADABLE: dict[str, tuple[Callable[[Parts], Parts], str]] = {
    "traversal": (lambda p: p | {"../../etc/cron.d/x": b"x"}, "does not belong"),
    "absolute": (lambda p: p | {"/etc/passwd": b"x"}, "does not belong"),
    "another folder": (lambda p: p | {"files/../x": b"x"}, "does not belong"),
    "added part": (lambda p: p | {"data/org.evil.jsonl": b"{}\n"}, "not in its manifest"),
    "missing part": (_drop("data/org.person.jsonl"), "is missing"),
    "missing manifest": (_drop("manifest.json"), "no manifest"),
    "manifest no JSON": (lambda p: p | {"manifest.json": b"{"}, "cannot be read"),
    "manifest a list": (lambda p: p | {"manifest.json": b"[]"}, "cannot be read"),
    "deep manifest": (lambda p: p | {"manifest.json": b"[" * 200_000}, "cannot be read"),
    "wrong sum": (_change("data/org.person.jsonl", b"Ada", b"Eve"), "checksum"),
    "false file name": (
        lambda p: resummed(p | {"files/" + "0" * 64: b"not that"}),
        "does not hold the file",
    ),
    "export": (lambda p: with_manifest(p, format="leitstand-export"), "is no backup"),
    "newer format": (lambda p: with_manifest(p, format_version=2), "format 2"),
}
UNFIT: dict[str, tuple[Callable[[Parts], Parts], str]] = {
    "added table": (
        lambda p: resummed(p | {"data/org.evil.jsonl": b"{}\n"}), "does not fit its own version",
    ),
    "newer version": (lambda p: with_manifest(p, product_version="9.1.0"), "older"),
    "strange version": (lambda p: with_manifest(p, product_version="x"), "none"),
    "unknown old version": (lambda p: with_manifest(p, product_version="0.0.3"), "upgrades only"),
    "newer migration": (
        lambda p: with_manifest(
            p, migrations=[*json.loads(p["manifest.json"])["migrations"], ["org", "0999_later"]]
        ),
        "0999_later",
    ),
    "fewer migrations": (
        lambda p: with_manifest(p, migrations=[["org", "0001_initial"]]), "does not fit",
    ),
    "dangling reference": (
        lambda p: resummed(p | {"data/org.person.jsonl": p["data/org.person.jsonl"].replace(
            json.loads(p["data/org.person.jsonl"])["unit_id"].encode(),
            b"01900000-0000-7000-8000-000000000000")}),
        "nothing was restored",
    ),
    "row without column": (
        lambda p: resummed(p | {"data/org.person.jsonl": b"{}\n"}), "nothing was restored",
    ),
    "row no JSON": (
        lambda p: resummed(p | {"data/org.person.jsonl": b"nonsense\n"}), "cannot be read",
    ),
    "row a list": (lambda p: resummed(p | {"data/org.person.jsonl": b"[]\n"}), "no row"),
    "wrong type": (
        lambda p: resummed(_change("data/org.person.jsonl", b'"version":1', b'"version":"x"')(p)),
        "nothing was restored",
    ),
    "same row twice": (
        lambda p: resummed(p | {"data/org.person.jsonl": p["data/org.person.jsonl"] * 2}),
        "nothing was restored",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_broken_backup_is_refused_by_its_look(saved: Path, tmp_path: Path, name: str) -> None:
    spoil, word = UNREADABLE[name]
    refuse_unread(packed(tmp_path / "bad.zip", spoil(parts_of(saved))), word)


# Those that get as far as a new database take seconds each.
LATE = {"row no JSON", "row a list", "wrong type", "same row twice", "row without column"}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in LATE else ()) for name in UNFIT]
)
def test_a_hostile_backup_changes_nothing(
    empty: Instance, saved: Path, tmp_path: Path, name: str
) -> None:
    spoil, word = UNFIT[name]
    refuse(empty, packed(tmp_path / "bad.zip", spoil(parts_of(saved))), word)


def test_a_bomb_is_not_unpacked(saved: Path, tmp_path: Path) -> None:
    parts = resummed(parts_of(saved) | {"data/org.person.jsonl": b" " * (80 << 20)})
    refuse_unread(packed(tmp_path / "bad.zip", parts), "would grow")


def test_an_encrypted_or_doubled_part_is_refused(saved: Path, tmp_path: Path) -> None:
    content = bytearray(saved.read_bytes())
    directory = content.rfind(b"PK\x01\x02")
    content[directory + 8] |= 1
    bad = tmp_path / "bad.zip"
    bad.write_bytes(content)
    refuse_unread(bad, "encrypted")
    shutil.copy(saved, bad)
    with zipfile.ZipFile(bad, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("manifest.json", "{}")
    refuse_unread(bad, "does not belong")


def test_what_is_no_backup_is_named(empty: Instance, tmp_path: Path) -> None:
    refuse(empty, tmp_path / "missing.zip", "there is no file")
    refuse_unread(tmp_path, "no complete zip")
    plain = tmp_path / "plain.txt"
    plain.write_text("Liebe Grüße")
    refuse(empty, plain, "no complete zip")
    book = packed(tmp_path / "other.zip", {"xl/workbook.xml": b"<x/>"})
    refuse_unread(book, "does not belong")


def test_a_killed_restore_leaves_the_old_or_the_new_state(
    filled: Instance, migrated: Instance, tmp_path: Path
) -> None:
    migrated.seed(10)
    old = migrated.export(tmp_path / "old-state.zip")
    filled.seed(3000)
    filled.must("backup", tmp_path / "b.zip")
    new = filled.export(tmp_path / "new-state.zip")
    fresh = migrated.data / "restore.db"
    seen = set()
    for size in (1, 1 << 20, 4 << 20):
        process = migrated.start("restore", tmp_path / "b.zip", "--replace", "--yes", "--no-backup")
        reached = wait_for(lambda size=size: fresh.exists() and fresh.stat().st_size >= size)
        assert reached, end(process)
        end(process, signal.SIGKILL)
        state = migrated.export(tmp_path / "state.zip")
        assert state in {old, new}
        seen.add(state)
        assert json.loads(migrated.must("audit", "verify", "--json"))["ok"]
    assert old in seen
    migrated.must("restore", tmp_path / "b.zip", "--replace", "--yes", "--no-backup")
    assert migrated.export(tmp_path / "state.zip") == new
