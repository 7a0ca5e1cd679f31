"""The bill of materials: complete, the same twice, and a gate for licences."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from email.message import Message
from pathlib import Path

import pytest

from leitstand.core.cli import sbom

ROOT = Path(__file__).resolve().parents[2]


def command(*words: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.defpath, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(
        [sys.executable, "-m", "leitstand", "sbom", *words],
        env=env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_it_lists_every_locked_package_and_front_end_library(tmp_path: Path) -> None:
    output = tmp_path / "sbom.json"
    done = command("--check", "--output", str(output))
    assert done.returncode == 0, done.stderr
    document = json.loads(output.read_text())
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", document["serialNumber"])
    purls = {component["purl"] for component in document["components"]}
    lock = (ROOT / "requirements.txt").read_text()
    for name, version in re.findall(r"^([a-z0-9._-]+)==([^\s;]+) \\$", lock, re.MULTILINE):
        assert f"pkg:pypi/{name}@{version}" in purls
    assert "pkg:npm/%40kern-ux/native@2.7.2" in purls
    assert not any("axe-core" in purl or "pytest" in purl for purl in purls)
    assert len(purls) == len(document["components"])
    references = {entry["ref"] for entry in document["dependencies"]}
    assert references == purls | {document["metadata"]["component"]["bom-ref"]}


def test_two_runs_give_the_same_bytes() -> None:
    assert command().stdout == command().stdout != ""


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("MIT", True),
        ("LGPL-3.0-only", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("GNU Lesser General Public License v3 (LGPLv3)", True),
        ("GPL-3.0-or-later", False),
        ("AGPL-3.0", False),
        ("GNU General Public License v3 (GPLv3)", False),
        ("MIT AND GPL-2.0-only", False),
        ("Other/Proprietary License", False),
        ("UNKNOWN", False),
    ],
)
def test_licences_that_must_not_be_shipped(text: str, allowed: bool) -> None:
    component = sbom.Component("pypi", "x", "1", text)
    assert (sbom.refused([component]) == []) is allowed


def test_a_package_without_any_statement_is_unknown() -> None:
    about = Message()
    assert sbom.licence("x", about) == "UNKNOWN"
    about["Classifier"] = "License :: OSI Approved :: MIT License"
    assert sbom.licence("x", about) == "MIT"
    about["License"] = "Permission is hereby granted, free of charge, to any person\nobtaining"
    assert sbom.licence("x", about) == "MIT"


def test_missing_front_end_files_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbom, "PACKAGE", tmp_path)
    with pytest.raises(sbom.Incomplete, match="front-end"):
        list(sbom.front_end())
