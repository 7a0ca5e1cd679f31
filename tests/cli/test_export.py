"""Export: everything, in an open form, always the same bytes, no secret."""

from __future__ import annotations

import hashlib
import json
import re
import time
import zipfile
from pathlib import Path

from django.apps import apps

from leitstand.core.cli.archive import scope
from tests.cli.instance import Instance

_SECRET = re.compile(r"secret|passw|token|digest|salt|key$|credential")
# Columns whose names look like secrets but hold none.
_HARMLESS = {
    ("portfolio.importmapping", "header_digest"),  # sum of a header row
    ("portfolio.need", "external_key"),
    ("portfolio.needperiod", "external_key"),  # the office's own number
    ("portfolio.project", "external_key"),
    ("portfolio.projectperiod", "external_key"),
}


def test_two_exports_are_the_same_bytes(filled: Instance, tmp_path: Path) -> None:
    first = filled.export(tmp_path / "1.zip")
    time.sleep(2.1)  # the time resolution of zip
    filled.must("audit", "seal")
    filled.must("audit", "verify")
    filled.must("backup", tmp_path / "b.zip")
    assert filled.export(tmp_path / "2.zip") == first


def test_it_is_complete_and_its_sums_are_right(filled: Instance, tmp_path: Path) -> None:
    filled.export(tmp_path / "e.zip")
    with zipfile.ZipFile(tmp_path / "e.zip") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(parts.pop("manifest.json"))
    assert set(manifest["members"]) == set(parts)
    for name, content in parts.items():
        assert manifest["members"][name]["sha256"] == hashlib.sha256(content).hexdigest()
        if name.startswith("data/"):
            rows = json.loads(content)
            assert len(rows) == manifest["members"][name]["rows"]
            names = ("period_id", "id", "code", "event_id")  # of versions, the id is not unique
            keys = [next(row[name] for name in names if row.get(name)) for row in rows]
            assert keys == sorted(keys)
        if name.startswith("files/"):
            assert name == f"files/{hashlib.sha256(content).hexdigest()}"
    (project,) = json.loads(parts["data/portfolio.project.json"])
    assert project["updated_at"] == "2020-06-01T23:59:59.999999Z"
    (line,) = json.loads(parts["data/portfolio.budgetline.json"])
    assert line["planned"] == "99999999999.99"


def test_no_means_of_login_leave_the_house(filled: Instance, tmp_path: Path) -> None:
    content = filled.export(tmp_path / "e.zip")
    hashes = [str(row[0]) for row in filled.sql("SELECT password FROM accounts_account")]
    hashes += [str(row[0]) for row in filled.sql("SELECT digest FROM accounts_apitoken")]
    hashes += [str(row[0]) for row in filled.sql("SELECT salt FROM audit_auditpersonal")]
    hashes += ["MFA-GEHEIM", "SESSION-GEHEIM", (filled.data / "secrets/secret_key").read_text()]
    assert len(hashes) > 5
    for text in hashes:
        assert text.encode() not in content


def test_no_column_that_sounds_like_a_secret_is_exported() -> None:
    """Whoever adds such a column decides here or in ``scope.py`` whether it may leave."""
    found = set()
    for model in scope.tables(apps, scope.NOT_IN_EXPORT):
        label = model._meta.label_lower
        for field in model._meta.concrete_fields:
            if field.attname not in scope.FIELDS_NOT_IN_EXPORT.get(label, ()):
                found |= {(label, field.attname)} if _SECRET.search(field.attname) else set()
    assert found == _HARMLESS


def test_the_lists_name_existing_tables() -> None:
    labels = {model._meta.label_lower for model in apps.get_models(include_auto_created=True)}
    assert scope.NOT_IN_EXPORT | set(scope.FIELDS_NOT_IN_EXPORT) <= labels
