"""Front-end files and lock files: named, summed, nothing else."""

from __future__ import annotations

import hashlib
import json
import re
import stat
from pathlib import Path

import pytest

import assets

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose list names one file of one package."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        (tmp_path / name).write_text("{}")
    (tmp_path / ".tools").mkdir()
    listed = {"name": "x.js", "source": "dist/x.js", "sha256": _sum(b"good")}
    package = {
        "name": "x",
        "package": "x",
        "version": "1.0.0",
        "license": "MIT",
        "scope": "runtime",
    }
    package |= {"target": "src/leitstand/static/vendor/x@1.0.0", "files": [listed]}
    manifest = tmp_path / "assets.json"
    manifest.write_text(json.dumps({"packages": [package]}))
    monkeypatch.setattr(assets, "MANIFEST", manifest)
    return tmp_path


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def npm(place: Path, script: str) -> list[str]:
    """A stand-in for npm that runs `script` in the folder it is called in."""
    path = place / "npm"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return [str(path)]


DELIVERS = "mkdir -p node_modules/x/dist; printf good > node_modules/x/dist/x.js"


def target(place: Path) -> Path:
    return place / "src/leitstand/static/vendor/x@1.0.0/x.js"


def test_what_is_named_is_delivered_once(place: Path) -> None:
    assert not assets.complete(place, dev=False)
    assert assets.install(place, dev=False, npm=npm(place, DELIVERS)) == 1
    assert target(place).read_bytes() == b"good"
    assert assets.complete(place, dev=False)
    assert assets.install(place, dev=False, npm=["/nonexistent/npm"]) == 0
    assert not list((place / ".tools").iterdir())


def test_a_changed_file_is_refused_and_not_left_behind(place: Path) -> None:
    with pytest.raises(assets.AssetError, match="differs"):
        assets.install(place, dev=False, npm=npm(place, DELIVERS.replace("good", "evil")))
    assert not target(place).exists()


def test_a_file_that_the_package_lacks_is_named(place: Path) -> None:
    with pytest.raises(assets.AssetError, match="dist/x.js does not exist"):
        assets.install(place, dev=False, npm=npm(place, "mkdir -p node_modules/x"))


def test_a_failing_npm_is_one_sentence_with_the_way_out(place: Path) -> None:
    with pytest.raises(assets.AssetError, match="ECONNREFUSED.*offline bundle"):
        assets.install(place, dev=False, npm=npm(place, "echo ECONNREFUSED >&2; exit 1"))


def test_a_damaged_file_is_found_and_mended(place: Path) -> None:
    assets.install(place, dev=False, npm=npm(place, DELIVERS))
    target(place).write_text("damaged")
    with pytest.raises(assets.AssetError, match="x.js differs"):
        assets.check(place, dev=False)
    assets.install(place, dev=False, npm=npm(place, DELIVERS))
    assets.check(place, dev=False)


def test_the_list_names_the_locked_versions_and_a_licence_file_each() -> None:
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    wanted = json.loads((ROOT / "package.json").read_text())
    for package in json.loads((ROOT / "tools" / "assets.json").read_text())["packages"]:
        name, version = package["package"], package["version"]
        assert locked[f"node_modules/{name}"]["version"] == version
        group = "dependencies" if package["scope"] == "runtime" else "devDependencies"
        assert wanted[group][name] == version
        assert "LICENSE" in [file["name"] for file in package["files"]]


def test_no_lock_file_names_an_address_and_every_package_has_sums() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert lock["lockfileVersion"] == 3
    for name, package in lock["packages"].items():
        assert "resolved" not in package
        assert not name or package["integrity"].startswith("sha512-")
    for path in [*ROOT.glob("requirements*.txt"), *(ROOT / "tools").glob("*.txt")]:
        text = path.read_text()
        assert "://" not in text, path
        entries = re.findall(r"^[a-z0-9](?:.*\\\n)*.*", text, re.MULTILINE)
        assert entries
        for entry in entries:
            assert re.match(r"[a-z0-9._-]+==", entry), entry
            assert "--hash=sha256:" in entry, entry


def test_the_test_environment_contains_the_core_unchanged() -> None:
    pins = [
        set(re.findall(r"^([a-z0-9._-]+==[^\s;]+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    ]
    assert pins[0] < pins[1]
