"""A big city, drawn by lot but always the same: written in bulk, for measurements only.

Needs Django to be set up and an empty, migrated database. The public functions return what they
made; nothing here goes through actions, so there is no audit trail of it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from leitstand.core.accounts.models import Account
from leitstand.core.base import ids
from leitstand.core.org.models import OrgUnit, OrgUnitPeriod, Person
from leitstand.core.policy.models import RoleAssignment
from leitstand.portfolio import models as m

PASSWORD = "Messung-mit-langem-Kennwort-1"
TODAY = date(2026, 11, 20)
_SUBJECTS = (
    "Elektronische Akte", "Serviceportal", "Terminbuchung", "Umweltsensorik", "Verkehrslage",
    "Bürgerkonto", "Rechnungseingang", "Bauantrag online", "Schul-WLAN", "Geodatenportal",
    "Dokumentenscan", "Personalakte", "Wissensdatenbank", "Hundesteuer", "Ratsinformation",
    "Fuhrpark", "Gebäudeleittechnik", "Beteiligungsplattform", "Chat-Auskunft", "Datenkatalog",
)  # fmt: skip
_STEPS = ("Einführung", "Ausbau", "Ablösung", "Erneuerung", "Pilot", "Rollout", "Anbindung")
_FAMILY = (
    "Weber",
    "Demir",
    "Schäfer",
    "Özdemir",
    "Kowalski",
    "Nguyen",
    "Groß",
    "Lindner",
    "Ahrens",
)
_GIVEN = ("Jana", "Murat", "Änne", "Björn", "Karla", "Tomasz", "Linh", "Sören", "Ute")
_PHASES = (
    ("idea", 10), ("requested", 12), ("planned", 18), ("running", 35), ("paused", 5),
    ("done", 15), ("cancelled", 5),
)  # fmt: skip


_ROLES = (("digital-unit", 50), ("unit-head", 100), ("project-lead", 200), ("member", 10**9))


@dataclass(frozen=True)
class Size:
    """How much is drawn; `rows` are the parts of projects beside milestones."""

    projects: int = 1000
    milestones: int = 10_000
    rows: int = 50_000
    units: int = 500
    users: int = 300


@dataclass(frozen=True)
class City:
    """What was drawn."""

    units: Sequence[OrgUnit]
    people: Sequence[Person]
    accounts: Sequence[Account]
    projects: Sequence[m.Project]


def _create(model: Any, rows: Sequence[Any]) -> None:
    model._default_manager.bulk_create(rows, batch_size=1000)


@transaction.atomic
def fill(size: Size = Size(), seed: int = 7) -> City:
    """Write the whole city in one transaction."""
    lot = random.Random(seed)
    units = _units(lot, size.units)
    people = _people(lot, units, size.users)
    accounts = _accounts(lot, people, units)
    projects = _projects(lot, size.projects, units)
    _milestones(lot, projects, size.milestones)
    _parts(lot, projects, units, people, size.rows)
    _ties(lot, projects)
    _priorities(lot, projects)
    return City(units, people, accounts, projects)


def _units(lot: random.Random, number: int) -> list[OrgUnit]:
    """A city, 8 directorates, departments below them, divisions below those."""
    made: list[OrgUnit] = []

    def add(kind: str, code: str, name: str, parent: OrgUnit | None) -> OrgUnit:
        key = ids.uuid7()
        path = (parent.path if parent else "/") + f"{key}/"
        unit = OrgUnit(
            id=key, kind=kind, code=code, name=name, short_name=code, parent=parent, path=path,
            active_from=date(2000, 1, 1),
        )  # fmt: skip
        made.append(unit)
        return unit

    city = add("city", "0", "Stadt Großenfeld", None)
    directorates = [add("directorate", f"D{n}", f"Dezernat {n}", city) for n in range(1, 9)]
    departments: list[OrgUnit] = []
    while len(made) < number:
        if len(departments) < number // 8:
            code = f"{10 + len(departments)}"
            above = directorates[len(departments) % len(directorates)]
            departments.append(add("department", code, f"Amt {code} für Aufgaben", above))
        else:
            above = lot.choice(departments)
            code = f"{above.code}.{len(made)}"
            add("division", code, f"Abteilung {code}", above)
    _create(OrgUnit, made)
    _create(OrgUnitPeriod, [
        OrgUnitPeriod(unit=u, name=u.name, short_name=u.short_name, kind=u.kind, parent=u.parent,
                      valid_from=u.active_from)
        for u in made
    ])  # fmt: skip
    return made


def _people(lot: random.Random, units: Sequence[OrgUnit], number: int) -> list[Person]:
    made = [
        Person(
            given_name=lot.choice(_GIVEN), family_name=f"{lot.choice(_FAMILY)}-{n}",
            email=f"person{n}@grossenfeld.example", unit=lot.choice(units), function="Sachbearbeitung",
        )
        for n in range(number)
    ]  # fmt: skip
    _create(Person, made)
    return made


def _accounts(
    lot: random.Random, people: Sequence[Person], units: Sequence[OrgUnit]
) -> list[Account]:
    """One account per person; the first is the digital unit, then heads, leads, employees."""
    password = make_password(PASSWORD)
    made = [
        Account(username=f"user{n}", email=person.email, person=person, password=password)
        for n, person in enumerate(people)
    ]
    _create(Account, made)
    departments = [unit for unit in units if unit.kind == "department"]
    roles = []
    for n, account in enumerate(made):
        role = (
            "digital-unit"
            if n < 50
            else "unit-head"
            if n < 100
            else "project-lead"
            if n < 200
            else "member"
        )
        unit = None if role == "digital-unit" else lot.choice(departments)
        roles.append(RoleAssignment(account=account, role=role, unit=unit, with_subunits=True))
    _create(RoleAssignment, roles)
    return made


def _strategy(units: Sequence[OrgUnit]) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    fields = [
        m.FieldOfAction(code=f"HF{n}", name=f"Handlungsfeld {n}", position=n) for n in range(1, 9)
    ]
    goals = [
        m.Goal(
            field_of_action=fields[n % 8],
            code=f"Z{n}",
            name=f"Ziel {n}: mehr Wirkung",
            target_date=date(2029, 12, 31),
        )
        for n in range(40)
    ]
    programmes = [
        m.Programme(code=f"PR{n}", name=f"Programm {n}", lead_unit=units[n]) for n in range(1, 13)
    ]
    skills = [m.Skill(code=f"R{n}", name=f"Rolle {n}") for n in range(10)]
    for rows in (fields, goals, programmes, skills):
        _create(type(rows[0]), rows)
    return fields, goals, programmes, skills


def _projects(lot: random.Random, number: int, units: Sequence[OrgUnit]) -> list[m.Project]:
    fields, goals, programmes, _skills = _strategy(units)
    phases = [phase for phase, share in _PHASES for _ in range(share)]
    made = []
    for n in range(1, number + 1):
        start = TODAY + timedelta(days=lot.randrange(-1200, 700))
        phase = lot.choice(phases)
        law = lot.random() < 0.1
        made.append(m.Project(
            number=f"P-{n:05d}",
            title=f"{lot.choice(_STEPS)} {lot.choice(_SUBJECTS)} {n}",
            need="Bisher läuft der Vorgang auf Papier und dauert zu lange. " * 4,
            summary="Der Ablauf wird vereinfacht, digital abgebildet und gemessen. " * 4,
            phase=phase, programme=lot.choice((*programmes, None)), lead_unit=lot.choice(units),
            size=lot.choice(m.Size.values), start=start,
            end=start + timedelta(days=lot.randrange(60, 1300)),
            due=start + timedelta(days=900) if law else None, due_kind="law" if law else "",
            progress=100 if phase == "done" else lot.randrange(0, 95),
            light=lot.choice(m.Light.values),
            confidentiality=lot.choices((0, 1, 2, 3), (20, 65, 12, 3))[0],
        ))  # fmt: skip
    _create(m.Project, made)
    link, goal_link = m.Project.fields_of_action.through, m.Project.goals.through
    _create(link, [
        link(project_id=p.pk, fieldofaction_id=f.pk)
        for p in made
        for f in lot.sample(fields, lot.choice((1, 1, 2)))
    ])  # fmt: skip
    _create(
        goal_link,
        [goal_link(project_id=p.pk, goal_id=g.pk) for p in made for g in lot.sample(goals, 2)],
    )
    return made


def _milestones(lot: random.Random, projects: Sequence[m.Project], number: int) -> None:
    rows = []
    for n in range(number):
        project = projects[n % len(projects)]
        assert project.start is not None
        assert project.end is not None
        span = (project.end - project.start).days
        due = project.start + timedelta(days=lot.randrange(span))
        reached = due < TODAY and (project.phase == "done" or lot.random() < 0.85)
        rows.append(m.Milestone(
            project=project, title=f"Meilenstein {n}: Abnahme der Stufe", due=due,
            done_on=due if reached else None, public=lot.random() < 0.2,
        ))  # fmt: skip
    _create(m.Milestone, rows)


def _distinct(lot: random.Random, projects: Sequence[Any], options: Sequence[Any]) -> Iterator[Any]:
    """(project, option) pairs, none twice."""
    while True:
        order = list(options)
        lot.shuffle(order)
        for step in range(len(order)):
            for place, project in enumerate(projects):
                yield project, order[(place + step) % len(order)]


def _parts(
    lot: random.Random,
    projects: Sequence[m.Project],
    units: Sequence[OrgUnit],
    people: Sequence[Person],
    number: int,
) -> None:
    """Parts of every kind in fixed shares of `number`."""
    skills = list(m.Skill.objects.all())
    unit_pairs = _distinct(lot, projects, units)
    person_pairs = _distinct(lot, projects, people)
    skill_pairs = _distinct(lot, projects, skills)
    kind_pairs = _distinct(lot, projects, m.MandatoryConsultation.Kind.values)
    plan: list[tuple[Any, float, Callable[[int, m.Project], Any]]] = [
        (m.WorkPackage, 0.30, lambda n, p: m.WorkPackage(
            project=p, title=f"Arbeitspaket {n}", start=p.start, end=p.end, effort_days=Decimal(n % 60))),
        (m.BudgetLine, 0.12, lambda n, p: m.BudgetLine(
            project=p, year=2024 + n % 6, kind=m.BudgetLine.Kind.values[n % 3],
            planned=Decimal(1000 * (n % 90)), committed=Decimal(500 * (n % 90)),
            spent=Decimal(200 * (n % 90)))),
        (m.Participation, 0.08, lambda n, p: _pair(m.Participation, next(unit_pairs), "unit")),
        (m.ProjectPerson, 0.08, lambda n, p: _pair(
            m.ProjectPerson, next(person_pairs), "person",
            role=m.ProjectPerson.Role.values[min(n // len(projects), 5)])),
        (m.Risk, 0.10, lambda n, p: m.Risk(
            project=p, title=f"Risiko {n}", probability=1 + n % 5, impact=1 + n % 4)),
        (m.Obstacle, 0.04, lambda n, p: m.Obstacle(
            project=p, kind=m.Obstacle.Kind.values[n % 9], title=f"Hemmnis {n}")),
        (m.MandatoryConsultation, 0.06, lambda n, p: _pair(
            m.MandatoryConsultation, next(kind_pairs), "kind", due=p.end,
            state=m.MandatoryConsultation.State.values[n % 4])),
        (m.WaitingTime, 0.05, lambda n, p: m.WaitingTime(
            project=p, kind=m.WaitingTime.Kind.values[n % 6], start=p.start, end=p.end)),
        (m.Decision, 0.05, lambda n, p: m.Decision(project=p, title=f"Beschluss {n}", decided_on=p.start)),
        (m.ExternalPartner, 0.04, lambda n, p: m.ExternalPartner(project=p, name=f"Firma {n}")),
        (m.RoleEffort, 0.06, lambda n, p: _pair(
            m.RoleEffort, next(skill_pairs), "skill", effort_days=Decimal(n % 200))),
        (m.Baseline, 0.02, lambda n, p: m.Baseline(
            project=p, number=1 + n // len(projects), name="Basisplan", frozen_on=TODAY, start=p.start,
            end=(p.end or TODAY) - timedelta(days=n % 120))),
    ]  # fmt: skip
    for model, share, make in plan:
        _create(model, [make(n, projects[n % len(projects)]) for n in range(int(number * share))])


def _pair(model: Any, pair: tuple[Any, Any], name: str, **values: Any) -> Any:
    return model(project=pair[0], **{name: pair[1]}, **values)


def _ties(lot: random.Random, projects: Sequence[m.Project]) -> None:
    """Dependencies from lower to higher numbers: never a circle."""
    pairs = set()
    for n in range(len(projects) // 2):
        before, after = sorted(lot.sample(range(len(projects)), 2))
        pairs.add((before, after, m.Dependency.Kind.values[n % 4]))
    seen: set[tuple[int, int]] = set()
    rows = []
    for before, after, kind in sorted(pairs):
        if (before, after) not in seen:
            seen.add((before, after))
            rows.append(
                m.Dependency(predecessor=projects[before], successor=projects[after], kind=kind)
            )
    _create(m.Dependency, rows)


def _priorities(lot: random.Random, projects: Sequence[m.Project]) -> None:
    names = (("Rechtliche Pflicht", "must", 1), ("Nutzen", "weighted", 4), ("Aufwand", "weighted", 2),
             ("Reife", "weighted", 1), ("Wirkung auf die Strategie", "weighted", 3))  # fmt: skip
    criteria = [
        m.PriorityCriterion(name=name, kind=kind, weight=weight, position=place)
        for place, (name, kind, weight) in enumerate(names)
    ]
    _create(m.PriorityCriterion, criteria)
    _create(m.PriorityScore, [
        m.PriorityScore(
            project=p, criterion=c,
            score=int(lot.random() < 0.95) if c.kind == "must" else lot.randrange(6),
        )
        for p in projects for c in criteria if lot.random() < 0.7
    ])  # fmt: skip
