"""The command as a whole: quick help, usage errors, its own code and no other."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from leitstand.conf import ConfigError, load
from tests.cli.instance import Instance


@pytest.mark.parametrize(
    "words", [["--help"], ["backup", "--help"], ["demo", "--help"], ["--version"]]
)
def test_help_is_quick(empty: Instance, words: list[str]) -> None:
    """At most 0.3 s of processor time, so that a busy machine does not count."""
    assert min(_seconds(empty, words) for _ in range(3)) < 0.3
    assert not empty.data.exists()


def _seconds(instance: Instance, words: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    instance.must(*words)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize(
    "words",
    [["nonsense"], ["export"], ["export", "some", "x"], ["backup"], ["migrate", "--nonsense"]],
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


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("rathaus", "http://rathaus:8000"),
    ],
)
def test_the_address_shown_can_be_opened(tmp_path: Path, host: str, address: str) -> None:
    assert load({"LEITSTAND_DATA": str(tmp_path), "LEITSTAND_HOST": host}).base_url == address


def test_without_a_terminal_the_password_is_asked_for_in_one_line(migrated: Instance) -> None:
    done = migrated.run("user", "create", "leitung", "--role", "digital-unit")
    assert done.returncode == 1
    assert "--password-stdin" in done.stderr and "Traceback" not in done.stderr
