"""Old backups of one's own go; the newest and the last of each month stay."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from leitstand.core.cli import backup
from leitstand.core.cli.archive import pruning

NAMES = [
    "before-0.1.0-20260905-120000.zip", "before-restore-20260930-120000.zip", "before-0.1.0-20261001-080000.zip",
    "before-0.1.0-20261001-090000.zip", "before-0.1.0-20261120-120000.zip", "before-0.1.0-20261121-120000.zip",
    "before-0.1.0-20261122-120000.zip",
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.CONFIG = replace(settings.CONFIG, data=tmp_path, backups_keep=2)
    (tmp_path / "backups").mkdir()
    for name in (*NAMES, "meine-sicherung.zip", ".teil-20260101-000000.zip.tmp"):
        (tmp_path / "backups" / name).write_bytes(b"x")
    return tmp_path / "backups"


def run(**values: bool) -> int:
    given = {"file": None, "prune": True, "dry_run": False, **values}
    return backup.run(argparse.Namespace(**given))


def test_a_dry_run_only_names_them(folder: Path, capsys: Any) -> None:
    assert run(dry_run=True) == 0
    said = capsys.readouterr().out
    assert said.count("would go") == 3
    assert len(list(folder.iterdir())) == len(NAMES) + 2


def test_the_newest_and_one_per_month_stay(folder: Path) -> None:
    assert run() == 0
    left = sorted(path.name for path in folder.iterdir())
    assert left == sorted([NAMES[1], NAMES[3], NAMES[5], NAMES[6], "meine-sicherung.zip", ".teil-20260101-000000.zip.tmp"])
    assert run() == 0
    assert len(list(folder.iterdir())) == 6


def test_without_a_folder_there_is_nothing_to_do(tmp_path: Path, settings: Any) -> None:
    settings.CONFIG = replace(settings.CONFIG, data=tmp_path / "leer")
    assert pruning.superfluous(3) == []
