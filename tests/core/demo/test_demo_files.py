"""The demo city's files fit together: read as plain CSV, without the product's importers."""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[3] / "src" / "leitstand" / "core" / "demo"
DATA = DEMO / "data"
TODAY = date(2026, 11, 20)

PHASES = {"Idee", "beantragt", "geplant", "laufend", "pausiert", "abgeschlossen", "abgebrochen"}
UNIT_KINDS = {
    "city", "directorate", "department", "division", "staff_unit",
    "municipal_enterprise", "institution", "association", "company",
}  # fmt: skip
VALUES: dict[tuple[str, str], set[str]] = {
    ("projects", "Phase"): PHASES,
    ("projects", "Ampel"): {"", "grün", "gelb", "rot"},
    ("projects", "Größe"): {"S", "M", "L", "XL"},
    ("projects", "Fristart"): {"", "Gesetz", "selbst gesetzt"},
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
    ("consultations", "Stand"): {"offen", "angefragt", "erledigt", "nicht erforderlich"},
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
    ("dependencies", "Art"): {"Ende-Anfang", "Anfang-Anfang", "Ende-Ende", "Anfang-Ende"},
    ("criteria", "Art"): {"Muss", "Gewichtet"},
    ("team", "Rolle"): {
        "Stellvertretung", "Lenkungskreis", "Digitalisierungskoordination", "Projektteam",
    },
    ("units", "kind"): UNIT_KINDS,
}  # fmt: skip
CHILDREN = (
    "milestones", "work_packages", "efforts", "budget", "funding", "consultations", "waiting",
    "risks", "obstacles", "decisions", "partners", "baselines", "scores", "team",
)  # fmt: skip
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

Row = dict[str, str]


@cache
def rows(name: str) -> tuple[Row, ...]:
    """All rows of a file; a row with too many or too few cells fails."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        found = list(csv.reader(stream, delimiter=";", strict=True))
    return tuple(dict(zip(found[0], row, strict=True)) for row in found[1:])


def day(text: str) -> date | None:
    return datetime.strptime(text, "%d.%m.%Y").date() if text else None


def must_day(text: str) -> date:
    found = day(text)
    assert found is not None
    return found


def _last_of(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def bound(text: str, *, end: bool) -> date:
    """First or last day that a day, month, quarter or year stands for."""
    if quarter := re.fullmatch(r"([1-4])\. Quartal (\d{4})", text):
        last = int(quarter[1]) * 3
        year = int(quarter[2])
        return _last_of(year, last) if end else date(year, last - 2, 1)
    if month := re.fullmatch(r"(\d\d)/(\d{4})", text):
        first = date(int(month[2]), int(month[1]), 1)
        return _last_of(first.year, first.month) if end else first
    if re.fullmatch(r"\d{4}", text):
        return date(int(text), 12, 31) if end else date(int(text), 1, 1)
    return must_day(text)


def number(text: str) -> Decimal:
    assert re.fullmatch(r"\d+(,\d+)?", text), text
    return Decimal(text.replace(",", "."))


@cache
def projects() -> dict[str, Row]:
    return {row["Nr."]: row for row in rows("projects")}


def period(project: Row) -> tuple[date, date]:
    return bound(project["Beginn"], end=False), bound(project["Ende"], end=True)


def is_late(project: Row) -> bool:
    return (
        project["Phase"] not in {"Idee", "abgeschlossen", "abgebrochen"}
        and period(project)[1] < TODAY
    )


def several(cell: str) -> list[str]:
    return cell.split("; ") if cell else []


def full_names() -> list[str]:
    return [f"{row['given_name']} {row['family_name']}" for row in rows("people")]


def by_project(name: str) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows(name):
        grouped[row["Nr."]].append(row)
    return grouped


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
    assert {row["field_code"] for row in rows("goals")} == fields
    assert len(fields) == 7
    codes = {row["code"] for row in rows("units")}
    for row in rows("programmes"):
        assert row["lead_unit_code"] in codes
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
    assert (row["Fristart"] == "Gesetz") == bool(row["Rechtsgrundlage der Frist"])
    published = row["Veröffentlicht"] == "ja"
    assert published == bool(row["Öffentliche Beschreibung"]) == bool(row["Kontakt"])
    assert not published or row["Vertraulichkeit"] == "öffentlich"
    for column in ("Bedarf", "Kurzbeschreibung"):
        assert 2 <= len(re.findall(r"[.!?](?= [A-ZÄÖÜ]|$)", row[column])) <= 6, column
    if row["Ampel"] in {"gelb", "rot"}:
        assert row["Erläuterung zur Ampel"]


@pytest.mark.parametrize("name", CHILDREN)
def test_children_belong_to_projects(name: str) -> None:
    assert {row["Nr."] for row in rows(name)} <= set(projects())


def test_every_project_but_a_sketch_has_a_plan() -> None:
    sketches = {key for key, row in projects().items() if row["Phase"] == "Idee"}
    assert set(by_project("milestones")) == set(projects())
    assert set(by_project("work_packages")) == set(projects()) - sketches
    assert not sketches & (set(by_project("budget")) | set(by_project("decisions")))


def test_milestones_lie_in_the_period_and_fit_the_phase() -> None:
    for key, milestones in by_project("milestones").items():
        project = projects()[key]
        start, end = period(project)
        for row in milestones:
            due, done = must_day(row["Fällig"]), day(row["Erledigt am"])
            assert start <= due, row
            assert due <= end or (is_late(project) and due > TODAY and not done), row
            assert done is None or (start <= done < TODAY and done <= end), row
            assert row["Öffentlich"] == "nein" or project["Veröffentlicht"] == "ja", row
        done_rows = sum(bool(row["Erledigt am"]) for row in milestones)
        if project["Phase"] == "abgeschlossen":
            assert done_rows == len(milestones), key
        else:
            assert done_rows < len(milestones), key
            assert (done_rows > 0) == (int(project["Fortschritt"]) > 0), key


def test_green_projects_have_no_overdue_milestone() -> None:
    overdue = {
        row["Nr."]
        for row in rows("milestones")
        if not row["Erledigt am"] and must_day(row["Fällig"]) < TODAY
    }
    assert not [key for key in overdue if projects()[key]["Ampel"] == "grün"]
    assert len(overdue) > 15


def test_work_packages_lie_in_the_period_and_efforts_sum_up_to_them() -> None:
    effort: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows("work_packages"):
        project = projects()[row["Nr."]]
        start, end = period(project)
        first, last = must_day(row["Beginn"]), must_day(row["Ende"])
        assert start <= first <= last <= end, row
        assert row["Erledigt"] == "nein" or last < TODAY, row
        assert row["Erledigt"] == "ja" or project["Phase"] != "abgeschlossen", row
        assert number(row["Aufwand PT"]) > 0
        effort[row["Nr."]] += number(row["Aufwand PT"])
    roles = {row["name"] for row in rows("skills")}
    for key, entries in by_project("efforts").items():
        assert {row["Rolle"] for row in entries} <= roles
        assert sum(number(row["Aufwand PT"]) for row in entries) == effort[key], key


def test_budget_is_plausible_for_the_city() -> None:
    four_years = Decimal(0)
    for row in rows("budget"):
        planned, committed, spent = (
            number(row[column]) for column in ("Ansatz", "Verfügt", "Ausgegeben")
        )
        assert planned >= committed >= spent, row
        year = int(row["Jahr"])
        start, end = period(projects()[row["Nr."]])
        if row["Art"] == "Folgekosten":
            assert year >= end.year, row
        else:
            assert start.year <= year <= end.year, row
            four_years += planned if 2024 <= year <= 2027 else 0
        assert year <= TODAY.year or spent == 0, row
    assert Decimal(37_000_000) < four_years < Decimal(43_000_000)


def test_funding_does_not_exceed_the_cost() -> None:
    cost: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows("budget"):
        if row["Art"] != "Folgekosten":
            cost[row["Nr."]] += number(row["Ansatz"])
    for key, entries in by_project("funding").items():
        amounts = [number(row["Betrag"]) for row in entries if row["Stand"] != "abgelehnt"]
        assert sum(amounts) <= cost[key], key
        for row in entries:
            assert 0 < number(row["Förderquote"]) <= 100
            assert day(row["Frist"])


def test_consultations_and_waiting_times_fit_the_project() -> None:
    for row in rows("consultations"):
        start, end = period(projects()[row["Nr."]])
        done = day(row["Erledigt am"])
        assert start <= must_day(row["Frist"]) <= end, row
        assert (done is not None) == (row["Stand"] == "erledigt"), row
        assert done is None or start <= done < TODAY, row
        if projects()[row["Nr."]]["Phase"] == "abgeschlossen":
            assert row["Stand"] in {"erledigt", "nicht erforderlich"}, row
    for row in rows("waiting"):
        start, end = period(projects()[row["Nr."]])
        first, last = must_day(row["Beginn"]), must_day(row["Ende"])
        assert start <= first <= last, row
        assert last <= end, row


def test_obstacles_and_decisions_are_dated_in_the_past() -> None:
    for row in rows("obstacles"):
        since, resolved = must_day(row["Seit"]), day(row["Behoben am"])
        assert period(projects()[row["Nr."]])[0] <= since < TODAY, row
        assert resolved is None or since < resolved < TODAY, row
    papers = [row["Vorlage"] for row in rows("decisions") if row["Vorlage"]]
    assert len(set(papers)) == len(papers)
    for row in rows("decisions"):
        assert must_day(row["Datum"]) < TODAY, row
        assert not row["Vorlage"] or row["Vorlage"][:4] == row["Datum"][-4:], row


def test_baselines_follow_one_another_and_end_at_the_present_plan() -> None:
    again = 0
    for key, entries in by_project("baselines").items():
        frozen = [must_day(row["Eingefroren am"]) for row in entries]
        assert frozen == sorted(frozen), key
        assert frozen[-1] < TODAY
        assert [row["Name"] for row in entries] == [
            f"Basisplan {position}" for position in range(1, len(entries) + 1)
        ]
        for row in entries:
            assert must_day(row["Beginn"]) < must_day(row["Ende"]), row
        assert must_day(entries[-1]["Ende"]) == period(projects()[key])[1], key
        again += len(entries) > 1
    assert len(by_project("baselines")) >= 60
    assert again >= 10


def test_dependencies_have_no_cycle() -> None:
    after: dict[str, set[str]] = defaultdict(set)
    for row in rows("dependencies"):
        assert row["Vorgänger"] in projects(), row
        assert row["Nachfolger"] in projects(), row
        after[row["Vorgänger"]].add(row["Nachfolger"])
    before = Counter(itertools.chain.from_iterable(after.values()))
    free = [key for key in projects() if not before[key]]
    ordered = 0
    while free:
        ordered += 1
        for successor in after[free.pop()]:
            before[successor] -= 1
            if not before[successor]:
                free.append(successor)
    assert ordered == len(projects())


def test_some_dependencies_contradict_the_dates() -> None:
    violated = 0
    for row in rows("dependencies"):
        source, target = row["Art"].split("-")
        ties = period(projects()[row["Vorgänger"]])[source == "Ende"]
        tied = period(projects()[row["Nachfolger"]])[target == "Ende"]
        violated += tied < ties + timedelta(days=int(row["Abstand Tage"]))
    described = (DATA / "README.md").read_text(encoding="utf-8")
    assert f"{violated} contradict the dates" in described
    assert 5 <= violated <= 20


def test_scores_use_the_criteria_and_are_complete() -> None:
    criteria = {row["Name"]: row["Art"] for row in rows("criteria")}
    assert {"Muss", "Gewichtet"} == set(criteria.values())
    for key, entries in by_project("scores").items():
        assert [row["Kriterium"] for row in entries] == list(criteria), key
        for row in entries:
            top = 1 if criteria[row["Kriterium"]] == "Muss" else 5
            assert 0 <= int(row["Wert"]) <= top, row
    waiting = {
        key for key, row in projects().items() if row["Phase"] in {"Idee", "beantragt", "geplant"}
    }
    assert waiting <= set(by_project("scores"))


def test_team_members_are_people_of_the_city() -> None:
    assert {row["Person"] for row in rows("team")} <= set(full_names())


@pytest.mark.parametrize("name", ["impressum", "datenschutz", "barrierefreiheit"])
def test_sample_texts_say_that_they_are_samples(name: str) -> None:
    text = (DEMO / "texts" / f"{name}.md").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "**Mustertext.**" in text
