"""Doctor: finds what is wrong, says where and how to mend it, changes nothing."""

from __future__ import annotations

import http.server
import json
import os
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.instance import ROOT, Instance

pytestmark = pytest.mark.slow

Finding = dict[str, str]


def findings(instance: Instance, code: int, **env: str) -> dict[str, Finding]:
    """Run doctor, expect the exit code, return the findings that are not ok, by name."""
    done = instance.run("doctor", "--json", **env)
    assert done.returncode == code, (done.stdout, done.stderr)
    said: dict[str, Any] = json.loads(done.stdout)
    assert said["exit_code"] == code
    assert said["ok"] == (code == 0)
    bad = {check["name"]: check for check in said["checks"] if check["status"] != "ok"}
    for check in bad.values():
        assert check["text"]
        assert check["remedy"]
    return bad


def test_a_new_instance_is_green(migrated: Instance) -> None:
    assert findings(migrated, 0) == {}
    done = migrated.run("doctor")
    assert "all" in done.stderr
    assert {line[:2] for line in done.stdout.splitlines()} == {"ok"}


def test_before_the_set_up_it_says_so_and_creates_nothing(empty: Instance) -> None:
    assert "leitstand migrate" in findings(empty, 3)["configuration"]["remedy"]
    assert not empty.data.exists()
    assert findings(empty, 3, LEITSTAND_SECRET_KEY="x" * 50)["data folder"]
    assert not empty.data.exists()


def test_a_wrong_setting_is_named(migrated: Instance) -> None:
    bad = findings(migrated, 3, LEITSTAND_SMTP_URL="http://mail:geheim@host")
    assert "LEITSTAND_SMTP_URL" in bad["configuration"]["text"]
    assert "geheim" not in bad["configuration"]["text"]


def test_a_misspelt_variable_is_a_warning(migrated: Instance) -> None:
    bad = findings(migrated, 0, LEITSTAND_PROT="8000")
    assert "LEITSTAND_PROT" in bad["environment"]["text"]


def test_open_secrets_are_found(migrated: Instance) -> None:
    (migrated.data / "secrets/secret_key").chmod(0o644)
    bad = findings(migrated, 1)
    assert bad["permissions"]["where"].endswith("secret_key")
    assert "chmod 600" in bad["permissions"]["remedy"]


def test_a_short_secret_is_found(migrated: Instance) -> None:
    assert set(findings(migrated, 1, LEITSTAND_SECRET_KEY="kurz")) == {"secret key"}


def test_pending_migrations_are_found(migrated: Instance) -> None:
    migrated.sql("DELETE FROM django_migrations WHERE app = 'jobs'")
    assert findings(migrated, 1)["migrations"]["remedy"] == "leitstand migrate"


def test_a_database_that_is_none_is_found(migrated: Instance) -> None:
    (migrated.data / "app.db").write_bytes(b"garbage" * 5000)
    assert set(findings(migrated, 1)) == {"database"}


def test_a_damaged_database_is_found(filled: Instance) -> None:
    filled.seed(200)
    filled.sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database = filled.data / "app.db"
    with database.open("r+b") as out:
        for place in range(database.stat().st_size // 8192, database.stat().st_size // 4096):
            out.seek(place * 4096)
            out.write(os.urandom(512))
    bad = findings(filled, 1)
    assert any(name.startswith("database") for name in bad)


def test_a_database_that_vanished_is_found(migrated: Instance) -> None:
    (migrated.data / "app.db").unlink()
    assert findings(migrated, 3)["database"]["remedy"] == "leitstand migrate"
    assert not (migrated.data / "app.db").exists()


def test_a_foreign_port_is_found(migrated: Instance) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        bad = findings(migrated, 1, LEITSTAND_PORT=str(other.getsockname()[1]))
    assert "another program" in bad["port"]["text"]


def test_a_fixed_day_and_an_open_port_are_warnings(migrated: Instance, port: int) -> None:
    env = {
        "LEITSTAND_TODAY": "2026-01-01",
        "LEITSTAND_HOST": "0.0.0.0",
        "LEITSTAND_PORT": str(port),
    }
    assert set(findings(migrated, 0, **env)) == {"day", "public address"}
    http_only = {"LEITSTAND_PUBLIC_URL": "http://leitstand.stadt.example"}
    assert "public address" in findings(migrated, 0, **http_only)
    https = {"LEITSTAND_PUBLIC_URL": "https://leitstand.stadt.example"}
    assert findings(migrated, 0, **https) == {}


def test_age_of_backup_and_verification(filled: Instance, tmp_path: Path) -> None:
    filled.sql("UPDATE django_migrations SET applied = '2020-01-01 00:00:00'")
    assert set(findings(filled, 0)) == {"backup", "audit verification"}
    filled.must("backup", tmp_path / "b.zip")
    filled.must("audit", "verify")
    assert findings(filled, 0) == {}
    filled.sql("UPDATE base_instancestate SET value = '2020-01-01T00:00:00+00:00'"
               " WHERE key IN ('backup.last', 'audit.verified')")  # fmt: skip
    assert set(findings(filled, 0)) == {"backup", "audit verification"}


def test_a_broken_trail_stays_red(filled: Instance) -> None:
    filled.sql("DROP TRIGGER audit_auditevent_no_update")
    filled.sql("UPDATE audit_auditevent SET object_title = 'anders' WHERE id = 1")
    assert filled.run("audit", "verify").returncode == 1
    assert "findings" in findings(filled, 1)["audit verification"]["text"]


@pytest.fixture
def provider() -> Iterator[tuple[str, dict[str, str]]]:
    """A log-in provider's discovery document; the test may change it."""
    document: dict[str, str] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            good = self.path == "/realm/.well-known/openid-configuration"
            self.send_response(200 if good else 404)
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, *args: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/realm"
    document["issuer"] = address
    yield address, document
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_login_provider_is_asked(
    migrated: Instance, provider: tuple[str, dict[str, str]]
) -> None:
    address, document = provider
    env = {"LEITSTAND_OIDC_ISSUER": address, "LEITSTAND_OIDC_CLIENT_ID": "x"}
    assert findings(migrated, 0, **env) == {}
    document["issuer"] = "https://other.example"
    assert "other.example" in findings(migrated, 1, **env)["log-in provider"]["text"]
    env["LEITSTAND_OIDC_ISSUER"] = address + "/none"
    assert "404" in findings(migrated, 1, **env)["log-in provider"]["text"]


def test_a_silent_mail_server_is_found(migrated: Instance) -> None:
    bad = findings(migrated, 1, LEITSTAND_SMTP_URL="smtp://127.0.0.1:1")
    assert bad["mail"]["where"] == "127.0.0.1:1"


def test_every_check_is_documented() -> None:
    page = (ROOT / "docs/reference/doctor.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `([a-z -]+)` \|", page, re.MULTILINE))
    named: set[str] = set()
    for path in (ROOT / "src/leitstand/core/cli").rglob("*.py"):
        named |= set(re.findall(r'\b(?:ok|warn|fail)\(\s*"([a-z -]+)"', path.read_text("utf-8")))
    assert documented == named
