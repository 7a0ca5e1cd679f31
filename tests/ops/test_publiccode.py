"""publiccode.yml holds what the standard (0.4) asks for, and what this product really is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from leitstand import __version__

yaml = pytest.importorskip("yaml")
ROOT = Path(__file__).resolve().parents[2]
TYPES = {"standalone/mobile", "standalone/iot", "standalone/desktop", "standalone/web",
         "standalone/backend", "standalone/other", "addon", "library", "configurationFiles"}  # fmt: skip


@pytest.fixture(scope="module")
def stated() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))
    return loaded


def test_required_keys(stated: dict[str, Any]) -> None:
    """``url`` is required, too: whoever publishes the repository sets it to its address."""
    for key in ("publiccodeYmlVersion", "name", "releaseDate", "platforms", "developmentStatus", "softwareType",
                "description", "legal", "maintenance", "localisation"):  # fmt: skip
        assert stated.get(key), key
    assert stated["softwareType"] in TYPES
    assert stated["developmentStatus"] in {"concept", "development", "beta", "stable", "obsolete"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", str(stated["releaseDate"]))
    assert stated["softwareVersion"] == __version__
    assert stated["legal"]["license"] == "EUPL-1.2"
    assert isinstance(stated["localisation"]["localisationReady"], bool)


def test_descriptions_have_the_lengths_of_the_standard(stated: dict[str, Any]) -> None:
    assert set(stated["description"]) == set(stated["localisation"]["availableLanguages"])
    for said in stated["description"].values():
        assert 0 < len(said["shortDescription"]) <= 150
        assert 150 <= len(said["longDescription"]) <= 10_000
        assert said["features"]
        assert len(said.get("genericName", "")) <= 35


def test_contacts_are_roles(stated: dict[str, Any]) -> None:
    """A community's or internal maintenance needs contacts; ours are no private people."""
    assert stated["maintenance"]["type"] in {"internal", "community"}
    for contact in stated["maintenance"]["contacts"]:
        assert "Leitstand" in contact["name"]
        assert "phone" not in contact
