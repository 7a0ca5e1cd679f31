"""The demo: what it prints, that it comes back, that a kill does not spoil it."""

from __future__ import annotations

import http.client
import json
import re
import signal
import sqlite3
import stat
import subprocess
import time

import pytest

from tests.cli.instance import Instance, end, one_line, wait_for

ROLES = ["admin", "digital-unit", "project-lead", "unit-head", "auditor", "councillor", "emergency"]
pytestmark = pytest.mark.slow


def lines(server: subprocess.Popen[str]) -> list[str]:
    """Return what the demo prints up to and with the last token."""
    assert server.stdout is not None
    found: list[str] = []
    for line in server.stdout:
        found.append(line.rstrip("\n"))
        if line.startswith(f"TOKEN {ROLES[-1]} "):
            return found
    raise AssertionError((found, server.communicate()))


def get(port: int, path: str, token: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_it_prints_what_the_contract_says_and_comes_back(empty: Instance, port: int) -> None:
    env = {"LEITSTAND_PORT": str(port)}
    server = empty.start("demo", **env)
    try:
        first = lines(server)
        assert first[0] == f"READY http://127.0.0.1:{port}"
        assert [line.split()[:2] for line in first[1::2]] == [["LOGIN", role] for role in ROLES]
        assert [line.split()[:2] for line in first[2::2]] == [["TOKEN", role] for role in ROLES]
        assert all(re.fullmatch(r"LOGIN \S+ \S+ \S{12,}", line) for line in first[1::2])
        kept = empty.data / "demo.json"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        said = json.loads(kept.read_text())
        assert said["url"] == f"http://127.0.0.1:{port}"
        assert [f"TOKEN {e['role']} {e['token']}" for e in said["logins"]] == first[2::2]
        status, _ = get(port, "/readyz", "")
        assert status == 200
        count = empty.sql("SELECT count(*) FROM portfolio_project")
        assert count[0] >= (100,)
        assert json.loads(empty.must("doctor", "--json", LEITSTAND_DEMO="1", **env))["ok"]
    finally:
        end(server)
    assert server.returncode == 0
    again = empty.start("demo", **env)
    try:
        assert lines(again) == first
        assert empty.sql("SELECT count(*) FROM portfolio_project") == count
    finally:
        end(again)
    kept.unlink()
    third = empty.start("demo", **env)
    try:
        renewed = lines(third)
        assert [line.split()[:3] for line in renewed[1::2]] == [
            old.split()[:3] for old in first[1::2]
        ]
        assert not set(renewed[1:]) & set(first)
    finally:
        end(third)


def whole_or_nothing(instance: Instance) -> bool:
    """Return whether the city is there; fails if a part of it is."""
    if not instance.sql("SELECT 1 FROM sqlite_master WHERE name = 'org_orgunit'"):
        return False
    units, projects, accounts = (
        instance.sql(f"SELECT count(*) FROM {table}")[0][0]
        for table in ("org_orgunit", "portfolio_project", "accounts_account")
    )
    if units == 0:
        assert (projects, accounts) == (0, 0)
        return False
    assert projects >= 100
    assert (
        accounts
        == len(ROLES)
        == len(json.loads((instance.data / "demo.json").read_text())["logins"])
    )
    return True


def test_a_killed_creation_starts_anew(empty: Instance, port: int) -> None:
    database = empty.data / "app.db"
    for pause in (0.0, 0.5, 1.0, 2.0):
        server = empty.start("demo", LEITSTAND_PORT=str(port))
        assert wait_for(lambda: database.exists() and database.stat().st_size > 300_000), end(
            server
        )
        time.sleep(pause)
        end(server, signal.SIGKILL)
        whole_or_nothing(empty)
    server = empty.start("demo", LEITSTAND_PORT=str(port))
    try:
        assert len(lines(server)) == 15
        assert whole_or_nothing(empty)
    finally:
        end(server)


def without_triggers(instance: Instance) -> None:
    """As a kill between the last migration and what follows it leaves the database."""
    with sqlite3.connect(instance.data / "app.db") as database:
        for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'portfolio_project' "
            "AND name NOT LIKE '%frozen%'"
        ).fetchall():
            database.execute(f'DROP TRIGGER "{name}"')


def test_a_database_that_lost_its_versions_triggers_is_mended_first(migrated: Instance, port: int) -> None:
    without_triggers(migrated)
    server = migrated.start("demo", LEITSTAND_PORT=str(port))
    try:
        assert len(lines(server)) == 15
        told = migrated.sql("SELECT count(*) FROM portfolio_projectperiod WHERE valid_from < '2026-11-20'")
        assert told[0][0] > 103
    finally:
        end(server)


def test_it_does_not_touch_an_instance_with_data(filled: Instance, port: int) -> None:
    done = filled.run("demo", LEITSTAND_PORT=str(port))
    assert done.returncode == 1
    assert "not a demo" in one_line(done)
    assert filled.sql("SELECT count(*) FROM accounts_account") == [(1,)]
