"""The demo city's files are well-formed, and organisation, strategy and projects fit together."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest
from tests.core.demo.city import (
    DATA,
    DEMO,
    TODAY,
    full_names,
    is_late,
    period,
    projects,
    rows,
    several,
)

PHASES = {"Idee", "beantragt", "geplant", "laufend", "pausiert", "abgeschlossen", "abgebrochen"}
UNIT_KINDS = {
    "city", "directorate", "department", "division", "staff_unit",
    "municipal_enterprise", "institution", "association", "company",
}  # fmt: skip
VALUES: dict[tuple[str, str], set[str]] = {
    ("projects", "Phase"): PHASES,
    ("projects", "Ampel"): {"", "grün", "gelb", "rot"},
    ("projects", "Größe"): {"S", "M", "L", "XL"},
    ("projects", "Fristart"): {"", "gesetzlich", "selbst gesetzt"},
    ("projects", "Vertraulichkeit"): {"öffentlich", "intern", "vertraulich", "streng vertraulich"},
    ("projects", "Veröffentlicht"): {"ja", "nein"},
    ("milestones", "Öffentlich"): {"ja", "nein"},
    ("work_packages", "Erledigt"): {"ja", "nein"},
    ("budget", "Art"): {"investiv", "konsumtiv", "Folgekosten"},
    ("funding", "Stand"): {"geplant", "beantragt", "bewilligt", "abgelehnt", "abgerechnet"},
    ("consultations", "Art"): {
        "Personalrat", "Datenschutz", "Informationssicherheit", "Schwerbehindertenvertretung",
        "Gleichstellung", "Kämmerei", "Vergabestelle",
    },
    ("consultations", "Stand"): {"offen", "beantragt", "erledigt", "nicht erforderlich"},
    ("waiting", "Art"): {
        "Vergabe", "Personalrat", "Datenschutz-Folgenabschätzung", "Gremienlauf",
        "Förderbescheid", "Stellenbesetzung",
    },
    ("risks", "Stand"): {"offen", "in Bearbeitung", "erledigt"},
    ("risks", "Wahrscheinlichkeit"): set("12345"),
    ("risks", "Auswirkung"): set("12345"),
    ("obstacles", "Art"): {
        "fehlende personelle Kapazität im Fachamt", "keine zusätzlichen Stellen",
        "keine Zielvorgabe der Leitung", "Parallelablage bleibt", "Widerstand",
        "fehlende Netzanbindung der Außenstelle", "keine Schnittstelle zum Fachverfahren",
        "Außendienst oder handwerklicher Bereich", "Sonstiges",
    },
    ("dependencies", "Art"): {"Ende–Anfang", "Anfang–Anfang", "Ende–Ende", "Anfang–Ende"},
    ("criteria", "Art"): {"Muss-Kriterium", "gewichtetes Kriterium"},
    ("team", "Rolle"): {
        "stellvertretende Projektleitung", "Lenkungskreis", "Digitalisierungskoordination", "Projektmitglied",
    },
    ("units", "kind"): UNIT_KINDS,
}  # fmt: skip
ONCE = {
    "units": ("code",),
    "people": ("email",),
    "fields": ("code",),
    "goals": ("code",),
    "programmes": ("code",),
    "skills": ("code",),
    "projects": ("Nr.",),
    "milestones": ("Nr.", "Titel"),
    "work_packages": ("Nr.", "Titel"),
    "efforts": ("Nr.", "Rolle"),
    "budget": ("Nr.", "Jahr", "Art"),
    "consultations": ("Nr.", "Art"),
    "risks": ("Nr.", "Titel"),
    "partners": ("Nr.", "Name"),
    "baselines": ("Nr.", "Name"),
    "dependencies": ("Vorgänger", "Nachfolger"),
    "criteria": ("Name",),
    "scores": ("Nr.", "Kriterium"),
    "team": ("Nr.", "Person", "Rolle"),
}


def test_every_file_is_described_with_its_heading_and_size() -> None:
    text = (DATA / "README.md").read_text(encoding="utf-8")
    for path in sorted(DATA.glob("*.csv")):
        header = path.read_text(encoding="utf-8").split("\n", 1)[0]
        count = len(rows(path.stem))
        if path.stem == "projects":
            assert all(column in text for column in header.split(";"))
            continue
        line = next(line for line in text.splitlines() if line.startswith(f"| `{path.name}`"))
        assert f"`{header}`" in line
        assert line.endswith(f"| {count} |"), (path.name, count)


@pytest.mark.parametrize("place", sorted(VALUES), ids=" ".join)
def test_values_come_from_the_described_lists(place: tuple[str, str]) -> None:
    name, column = place
    used = {row[column] for row in rows(name)}
    assert used <= VALUES[place], used - VALUES[place]
    described = (DATA / "README.md").read_text(encoding="utf-8")
    assert all(value in described for value in used)


@pytest.mark.parametrize("name", sorted(ONCE))
def test_keys_are_unique(name: str) -> None:
    found = Counter(tuple(row[column] for column in ONCE[name]) for row in rows(name))
    assert [key for key, count in found.items() if count > 1] == []


def test_no_cell_has_stray_blanks_or_markup() -> None:
    for path in DATA.glob("*.csv"):
        for row in rows(path.stem):
            for cell in row.values():
                assert cell == cell.strip(), (path.name, cell)
                assert not re.search(r"  |[<>\t\n]", cell), (path.name, cell)
                assert not re.match(r"[=+@]|-(?!\d)", cell), (path.name, cell)


def test_no_address_belongs_to_a_real_domain() -> None:
    for path in [*DATA.iterdir(), *(DEMO / "texts").iterdir()]:
        text = path.read_text(encoding="utf-8")
        for domain in re.findall(r"@([\w.-]+\w)", text):
            assert domain.endswith(".example"), (path.name, domain)
        for host in re.findall(r"https?://([\w.-]+\w)", text):
            assert host.endswith(".example"), (path.name, host)
        assert not re.search(r"\bwww\.(?!arnsfurt\.example)", text), path.name


def test_units_form_one_tree_with_parents_first() -> None:
    seen: dict[str, str] = {}
    for row in rows("units"):
        if row["parent_code"]:
            assert row["parent_code"] in seen, row["code"]
            assert row["active_from"] >= seen[row["parent_code"]], row["code"]
        else:
            assert not seen, "only the first unit is a root"
        seen[row["code"]] = date.fromisoformat(row["active_from"]).isoformat()
    kinds = Counter(row["kind"] for row in rows("units"))
    assert set(kinds) == UNIT_KINDS
    assert kinds["department"] == 14
    assert kinds["directorate"] == 6
    for column in ("name", "short_name"):
        assert len({row[column] for row in rows("units")}) == len(rows("units"))


def test_people_have_unique_names_and_known_units() -> None:
    codes = {row["code"] for row in rows("units")}
    assert {row["unit_code"] for row in rows("people")} <= codes
    assert len(set(full_names())) == len(full_names()) >= 120


def test_strategy_refers_to_known_units_and_fields() -> None:
    fields = {row["code"] for row in rows("fields")}
    assert {row["field_of_action"] for row in rows("goals")} == fields
    assert len(fields) == 7
    codes = {row["code"] for row in rows("units")}
    for row in rows("programmes"):
        assert row["lead_unit"] in codes
        assert date.fromisoformat(row["start"]) < date.fromisoformat(row["end"])
    for row in rows("goals"):
        assert date.fromisoformat(row["target_date"]) > TODAY


def test_projects_refer_to_known_things() -> None:
    units = {row["name"] for row in rows("units")}
    people = set(full_names())
    fields = {row["name"] for row in rows("fields")}
    goals = {row["code"] for row in rows("goals")}
    programmes = {row["name"] for row in rows("programmes")} | {""}
    for row in rows("projects"):
        assert row["Programm"] in programmes, row["Nr."]
        assert set(several(row["Handlungsfeld"])) <= fields, row["Nr."]
        assert set(several(row["Ziele"])) <= goals, row["Nr."]
        assert {row["Federführung"], *several(row["Beteiligte"])} <= units, row["Nr."]
        assert row["Federführung"] not in several(row["Beteiligte"]), row["Nr."]
        assert {row["Projektleitung"], row["Auftraggeber"]} <= people, row["Nr."]
    assert {goal for row in rows("projects") for goal in several(row["Ziele"])} == goals
    used = Counter(row["Programm"] for row in rows("projects"))
    assert min(used[name] for name in programmes) >= 5


def test_projects_look_like_a_citys_portfolio() -> None:
    found = Counter(row["Phase"] for row in rows("projects"))
    assert set(found) == PHASES
    assert sum(found.values()) == 103
    assert round(100 * found["abgeschlossen"] / 103) == 22
    assert sum(map(is_late, rows("projects"))) == 17
    levels = Counter(row["Vertraulichkeit"] for row in rows("projects"))
    assert (levels["vertraulich"], levels["streng vertraulich"]) == (2, 2)
    assert 40 <= sum(row["Veröffentlicht"] == "ja" for row in rows("projects")) <= 50
    assert len({row["Projekttitel"] for row in rows("projects")}) == 103


@pytest.mark.parametrize("key", sorted(projects()))
def test_project_is_consistent_in_itself(key: str) -> None:
    row = projects()[key]
    start, end = period(row)
    assert start < end
    progress = int(row["Fortschritt"])
    if row["Phase"] == "abgeschlossen":
        assert progress == 100
        assert end < TODAY
    elif row["Phase"] in {"Idee", "beantragt", "geplant"}:
        assert progress == 0
        assert start > TODAY
    else:
        assert 0 < progress < 100
        assert start < TODAY
    assert bool(row["Ampel"]) == (row["Phase"] in {"laufend", "pausiert"})
    assert bool(row["Frist"]) == bool(row["Fristart"])
    assert (row["Fristart"] == "gesetzlich") == bool(row["Rechtsgrundlage der Frist"])
    published = row["Veröffentlicht"] == "ja"
    assert published == bool(row["Öffentliche Beschreibung"]) == bool(row["Kontakt"])
    assert not published or row["Vertraulichkeit"] == "öffentlich"
    for column in ("Bedarf", "Kurzbeschreibung"):
        assert 2 <= len(re.findall(r"[.!?](?= |$)", row[column])) <= 6, column
    if row["Ampel"] in {"gelb", "rot"}:
        assert row["Erläuterung zur Ampel"]


@pytest.mark.parametrize("name", ["impressum", "datenschutz", "barrierefreiheit"])
def test_sample_texts_say_that_they_are_samples(name: str) -> None:
    text = (DEMO / "texts" / f"{name}.md").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "**Mustertext.**" in text
