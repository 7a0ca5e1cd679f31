"""Files of a past day say so in each row; no import takes them for the present; changes by API."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from leitstand.core.base.errors import Refused
from leitstand.portfolio.actions.imports import direct, plans
from leitstand.portfolio.actions.imports.parts import import_parts
from leitstand.portfolio.actions.needs import file_need
from leitstand.portfolio.models import Need, Project
from tests.portfolio.making import SYSTEM, make_item, make_project
from tests.portfolio.test_changes import DAYS
from tests.portfolio.test_changes import project as project  # its story is the one compared here
from tests.portfolio.test_past import change, on

DAY = "2026-03-31"


def downloaded(client: Any, name: str, *keys: str, **query: str) -> bytes:
    answer = client.get(reverse(f"portfolio:{name}", args=keys), query)
    assert answer.status_code == 200
    if "stand" in query:
        assert query["stand"] in answer["Content-Disposition"]
    return b"".join(answer.streaming_content)


def test_every_row_of_a_past_day_says_so(
    unit_tree: Any, client_of: Callable[..., Any], api_client: Any, tmp_path: Path
) -> None:
    with on("2026-01-01"):
        made = make_project(unit_tree["10"], title="Alt")
        make_item("risk", made, title="Personal", probability=3, impact=3)
        file_need(actor=SYSTEM, values={"title": "Formular", "unit": unit_tree["10"]})
    with on("2026-04-01"):
        change(made, title="Neu")
    client = client_of("digital-unit")
    for name, keys in (
        ("export", ()), ("export_part", ("risk",)), ("export_part", ("unit",)),
        ("needs_export", ()),
    ):  # fmt: skip
        text = downloaded(client, name, *keys, "csv", stand=DAY).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
        assert {row["Stand in Leitstand vom"] for row in rows} == {"31.03.2026"}, keys
        now = downloaded(client, name, *keys, "csv").decode("utf-8-sig")
        assert "Stand in Leitstand" not in now, keys
        body = json.loads(downloaded(client, name, *keys, "json", stand=DAY))
        assert {row["as_of"] for row in body} == {DAY}
    answer = api_client("digital-unit").get("/api/v1/exports/projects", {"as_of": DAY})
    (row,) = json.loads(b"".join(answer.streaming_content))
    assert (row["title"], row["as_of"]) == ("Alt", DAY)
    _refused_by_every_import(client, tmp_path)


def _refused_by_every_import(client: Any, tmp_path: Path) -> None:
    """Clearly, with the way to have it nevertheless; nothing is written."""
    for form in ("csv", "xlsx"):
        path = tmp_path / f"vorhaben.{form}"
        path.write_bytes(downloaded(client, "export", form, stand=DAY))
        with pytest.raises(Refused, match="Stand eines vergangenen Tages") as refusal:
            direct.import_file(path, actor=SYSTEM)
        assert "entfernen" in str(refusal.value.remedy)
    risks = tmp_path / "risiken.csv"
    risks.write_bytes(downloaded(client, "export_part", "risk", "csv", stand=DAY))
    with pytest.raises(Refused, match="vergangenen"):
        import_parts("risk", risks, actor=SYSTEM)
    with pytest.raises(Refused, match="vergangenen"):
        plans.import_dependencies(risks, actor=SYSTEM)
    needs = downloaded(client, "needs_export", "csv", stand=DAY)
    file = SimpleUploadedFile("bedarfe.csv", needs)
    page = client.post(reverse("portfolio:needs_import"), {"file": file}).content.decode()
    assert "Stand eines vergangenen Tages" in page
    assert Project.objects.get().title == "Neu" and Need.objects.count() == 1
    lines = (tmp_path / "vorhaben.csv").read_bytes().decode("utf-8-sig").splitlines()
    present = tmp_path / "heute.csv"
    present.write_text("\r\n".join(line.rpartition(";")[0] for line in lines), encoding="utf-8")
    direct.import_file(present, actor=SYSTEM)  # without the column it is a file like any other


def test_changes_by_the_interface(
    project: Any, api_client: Callable[..., Any], client_of: Callable[..., Any]
) -> None:
    client = api_client("digital-unit", scope="read")
    asked = {"from": DAYS["von"], "to": DAYS["bis"]}
    found = client.get("/api/v1/changes", asked).json()
    assert [(row["title"], row["kind"]) for row in found["items"]] == [
        ("Bauantrag", "changed"), ("Neues", "added"),
    ]  # fmt: skip
    moved = next(line for line in found["items"][0]["changes"] if line["entry"] == "Abnahme")
    assert (moved["before"], moved["after"], moved["days"]) == ("01.10.2026", "15.10.2026", 14)
    first = client.get("/api/v1/changes", {**asked, "limit": 1}).json()
    rest = client.get("/api/v1/changes", {**asked, "limit": 1, "cursor": first["next"]}).json()
    assert [first["items"][0]["title"], rest["items"][0]["title"]] == ["Bauantrag", "Neues"]
    assert client.get("/api/v1/changes", {**asked, "q": "Neues"}).json()["total"] == 1
    for wrong in (
        {}, {"from": DAY}, {"from": "gestern", "to": DAY}, {"from": "1711843200", "to": DAY},
        {"from": "2026-05-01", "to": "2026-04-01"}, {"from": "2025-01-01", "to": DAY},
        {"from": DAY, "to": "2099-01-01"}, {**asked, "stand": DAY},
    ):  # fmt: skip
        answer = client.get("/api/v1/changes", wrong)
        assert answer.status_code == 422, wrong
        assert answer["Content-Type"] == "application/problem+json"
