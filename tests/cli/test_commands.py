"""The command as a whole: quick help, usage errors, its own code and no other."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from leitstand.conf import ConfigError, load
from tests.cli.instance import COMMAND, Instance


@pytest.mark.parametrize("words", [["--help"], ["backup", "--help"], ["demo", "--help"], ["--version"]])
def test_help_is_quick(empty: Instance, words: list[str]) -> None:
    """At most ten starts of the bare interpreter, 0.3 s on any machine that serves Leitstand."""
    bare = min(_seconds([COMMAND[0], "-c", "pass"]) for _ in range(3))
    ours = min(_seconds([*COMMAND, *words], empty) for _ in range(3))
    assert ours < max(10 * bare, 0.3)
    assert not empty.data.exists()


def _seconds(command: list[str], instance: Instance | None = None) -> float:
    started = time.monotonic()
    env = instance.environment() if instance else None
    subprocess.run(command, check=True, capture_output=True, timeout=60, env=env)
    return time.monotonic() - started


@pytest.mark.parametrize(
    "words", [["nonsense"], ["export"], ["export", "some", "x"], ["backup"], ["migrate", "--nonsense"]]
)
def test_wrong_usage_is_2_and_touches_nothing(empty: Instance, words: list[str]) -> None:
    done = empty.run(*words)
    assert done.returncode == 2
    assert "usage:" in done.stderr
    assert not empty.data.exists()


def test_files_in_the_present_folder_are_not_taken_for_modules(migrated: Instance) -> None:
    for name in ("token.py", "django.py", "leitstand.py", "json.py"):
        (migrated.data.parent / name).write_text("raise SystemExit('wrong module')")
    migrated.must("migrate", "--check")


def test_the_secret_is_made_once_even_by_many_at_once(tmp_path: Path) -> None:
    values = {"LEITSTAND_DATA": str(tmp_path / "d")}
    keys = {load(values).secret_key for _ in range(5)}
    assert len(keys) == 1
    assert len(keys.pop()) > 50
    assert (tmp_path / "d/secrets/secret_key").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in (tmp_path / "d/secrets").iterdir()] == ["secret_key"]
    (tmp_path / "d/secrets/secret_key").write_text("")
    with pytest.raises(ConfigError, match="is empty"):
        load(values)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LEITSTAND_LOG_LEVEL", "laut"),
        ("LEITSTAND_LOG_FORMAT", "xml"),
        ("LEITSTAND_PUBLIC_URL", "leitstand.stadt.example"),
        ("LEITSTAND_PUBLIC_URL", "https://"),
        ("LEITSTAND_OIDC_ISSUER", "ftp://x"),
        ("LEITSTAND_DATABASE_URL", "postgresql://u:p@h:99999/x"),
        ("LEITSTAND_DATABASE_URL", "postgresql://u:p@h"),
    ],
)
def test_a_wrong_value_is_named_without_its_password(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name) as caught:
        load({"LEITSTAND_DATA": str(tmp_path), name: value})
    assert "u:p" not in str(caught.value)


def test_the_own_address_is_a_known_host(tmp_path: Path) -> None:
    values = {"LEITSTAND_DATA": str(tmp_path), "LEITSTAND_HOST": "192.0.2.7"}
    assert "192.0.2.7" in load(values).allowed_hosts
    assert "0.0.0.0" not in load(values | {"LEITSTAND_HOST": "0.0.0.0"}).allowed_hosts
