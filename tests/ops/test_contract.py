"""The documented contract against the programme."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from leitstand import cli, conf

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = (ROOT / "docs/reference/contract.md").read_text()
SETTINGS = (ROOT / "docs/reference/settings.md").read_text()


def leitstand(*words: str, **extra: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.defpath, "PYTHONPATH": str(ROOT / "src"), **extra}
    return subprocess.run(
        [sys.executable, "-m", "leitstand", *words],
        env=env, cwd=extra.get("LEITSTAND_DATA"), capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    documented = set(re.findall(r"`leitstand ([a-z]+)", CONTRACT))
    assert documented == {command.name for command in cli.COMMANDS}


@pytest.mark.parametrize("name", sorted(command.name for command in cli.COMMANDS))
def test_every_command_explains_itself(name: str, tmp_path: Path) -> None:
    done = leitstand(name, "--help", LEITSTAND_DATA=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"usage: leitstand {name}")
    assert not list(tmp_path.iterdir()), "--help must not touch the data"


def test_help_does_not_load_django() -> None:
    probe = "import sys\nfrom leitstand.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    probe += (
        "print([m for m in sys.modules if m.split('.')[0] in ('django', 'structlog', 'openpyxl')])"
    )
    env = {"PATH": os.defpath, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-c", probe], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_command_loads_only_what_it_needs(tmp_path: Path) -> None:
    """What only the web process, a job or a workbook needs would slow every command down."""
    heavy = {
        "babel", "httpx", "huey", "nh3", "ninja", "openpyxl", "pydantic", "snowballstemmer",
        "starlette", "uvicorn",
    }  # fmt: skip
    probe = (
        "import sys\nfrom leitstand.core.cli.start import start_django\nstart_django()\n"
        "print(*sorted({m.split('.')[0] for m in sys.modules}))"
    )
    env = {"PATH": os.defpath, "PYTHONPATH": str(ROOT / "src"), "LEITSTAND_DATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", probe], env=env, capture_output=True, text=True, check=True
    )
    assert heavy & set(done.stdout.split()) == set()


def test_every_setting_is_documented_once() -> None:
    documented = re.findall(r"^\| `(LEITSTAND_[A-Z_]+)`", SETTINGS, re.MULTILINE)
    assert sorted(documented) == sorted([*conf.VARIABLES, *conf.FOR_TESTS])
    assert set(re.findall(r"LEITSTAND_[A-Z_]*[A-Z]", CONTRACT)) <= set(conf.VARIABLES)


def test_every_setting_that_the_code_names_is_known() -> None:
    named = set()
    for path in (ROOT / "src").rglob("*.py"):
        named |= set(re.findall(r'"(LEITSTAND_[A-Z_]+)"', path.read_text("utf-8")))
    assert named <= {*conf.VARIABLES, *conf.FOR_TESTS}


def test_the_documented_defaults_are_the_real_ones(tmp_path: Path) -> None:
    config = conf.load({"LEITSTAND_DATA": str(tmp_path)})
    defaults = dict(re.findall(r"^\| `(LEITSTAND_[A-Z_]+)` \| `([^`]*)`", SETTINGS, re.MULTILINE))
    assert defaults["LEITSTAND_HOST"] == config.host
    assert int(defaults["LEITSTAND_PORT"]) == config.port
    assert int(defaults["LEITSTAND_MAX_UPLOAD_MB"]) << 20 == config.max_upload
    assert int(defaults["LEITSTAND_WEB_THREADS"]) == config.web_threads
    assert defaults["LEITSTAND_LOG_LEVEL"] == config.log_level
    assert defaults["LEITSTAND_LOG_FORMAT"] == config.log_format


@pytest.mark.parametrize("words", [["nonsense"], ["migrate", "--nonsense"], ["token", "create"]])
def test_wrong_usage_exits_with_2(words: list[str], tmp_path: Path) -> None:
    assert leitstand(*words, LEITSTAND_DATA=str(tmp_path)).returncode == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LEITSTAND_PORT", "http"),
        ("LEITSTAND_PORT", "0"),
        ("LEITSTAND_DATABASE_URL", "mysql://localhost/x"),
        ("LEITSTAND_TODAY", "20.11.2026"),
        ("LEITSTAND_DATA", "/proc/leitstand"),
    ],
)
def test_a_wrong_setting_exits_with_3_and_is_named(name: str, value: str, tmp_path: Path) -> None:
    done = leitstand("migrate", **{"LEITSTAND_DATA": str(tmp_path)} | {name: value}) if (
        name != "LEITSTAND_DATA"
    ) else _without_folder(value)  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert name in done.stderr
    assert "Traceback" not in done.stderr


def _without_folder(value: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.defpath, "PYTHONPATH": str(ROOT / "src"), "LEITSTAND_DATA": value}
    return subprocess.run(
        [sys.executable, "-m", "leitstand", "migrate"],
        env=env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_the_make_targets_of_the_contract_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", CONTRACT))
    assert named
    assert named <= targets


def test_links_between_the_documents_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    for page in pages:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_nothing_in_version_control_names_a_package_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    registry = re.compile("(pypi|npmjs)" + r"\.(org|com)|registry\.(npm|yarn)")
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and path.suffix in {
            "",
            ".py",
            ".txt",
            ".json",
            ".toml",
            ".sh",
            ".md",
            ".yml",
        }:
            assert not registry.search(path.read_text("utf-8", "replace")), name
