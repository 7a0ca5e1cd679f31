"""The past of the big city: versions of its rows, rounds with requests, reports and results.

Written by statements over whole tables, so that a hundred thousand rows take seconds. Needs the
city of `benchmarks.data`; nothing here goes through actions, so there is no audit trail of it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction

from benchmarks.data import TODAY, City
from leitstand.core.base import ids
from leitstand.core.history import tracked, triggers
from leitstand.core.org.models import Person
from leitstand.portfolio import models as m
from leitstand.portfolio.domain.lights import DIMENSIONS

EVERY = timedelta(days=14)
SLOTS = 7  # rows of one table change on seven different days between two rounds


@dataclass(frozen=True)
class Depth:
    """How much past there is: versions of each row, and rounds."""

    rounds: int = 100
    projects: int = 100
    milestones: int = 6
    others: int = 2


_OTHERS = (
    m.BudgetLine, m.Obstacle, m.Risk, m.MandatoryConsultation, m.WorkPackage, m.Goal,
)  # fmt: skip
_LIGHT = (
    "CASE ({0}) % 9 WHEN 0 THEN 'red' WHEN 1 THEN 'yellow' WHEN 2 THEN 'yellow' ELSE 'green' END"
)


def first_day(depth: Depth) -> date:
    """The day of the first round; everything is known since four weeks before."""
    return TODAY - depth.rounds * EVERY


@transaction.atomic
def lead(city: City, number: int) -> list[Person]:
    """Let every project be running and led by one of `number` people of its own."""
    people = [
        Person(given_name="Kim", family_name=f"Leitung-{n}", email=f"lead{n}@grossenfeld.example",
               unit=city.units[n % len(city.units)], function="Projektleitung")
        for n in range(number)
    ]  # fmt: skip
    Person.objects.bulk_create(people, batch_size=1000)
    phases = ("running", "running", "planned", "paused", "requested")
    for place, phase in enumerate(phases):
        some = [p.pk for p in city.projects[place :: len(phases)]]
        m.Project.objects.filter(pk__in=some).update(phase=phase)
    give_leads([p.pk for p in city.projects], people)
    return people


@transaction.atomic
def give_leads(projects: list[Any], people: list[Person]) -> None:
    """Make the people lead the projects in turn."""
    role = m.ProjectPerson.Role.LEAD
    m.ProjectPerson.objects.filter(role=role).delete()
    m.ProjectPerson.objects.bulk_create(
        (
            m.ProjectPerson(project_id=key, person=people[place % len(people)], role=role)
            for place, key in enumerate(projects)
        ),
        batch_size=1000,
    )


def gather_statistics() -> None:
    """What PostgreSQL does by itself within minutes; on SQLite nobody does it."""
    if connection.vendor == "postgresql":
        run("ANALYZE")


@transaction.atomic
def fill(depth: Depth) -> None:
    """Give every tracked row its versions, and the city its past rounds."""
    lot = random.Random(5)
    begin = datetime.combine(first_day(depth) - 2 * EVERY, time(9), UTC)
    opened = triggers.open_end(connection.vendor)
    for of in tracked.everything():
        run(f'UPDATE "{of.periods}" SET "valid_from" = %s WHERE "valid_to" = {opened}', begin)
    _versions(m.Project, depth.projects, begin, _of_projects(depth.projects))
    stones = {"due": _earlier('p."due"', "(6 - mo.k) * 20")}
    _versions(m.Milestone, depth.milestones, begin, stones)
    for model in _OTHERS:
        _versions(model, depth.others, begin, {})
    _rounds(lot, depth)


def run(statement: str, *values: Any) -> None:
    """One statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def _earlier(column: str, days: str) -> str:
    if connection.vendor == "postgresql":
        return f"{column} - ({days})"
    return f"date({column}, '-' || ({days}) || ' days')"


def _of_projects(versions: int) -> dict[str, str]:
    """Expressions of what an earlier version said: progress grows, the end moves, lights turn."""
    return {
        "progress": f'p."progress" * mo.k / {versions}',
        "end": _earlier('p."end"', f"({versions} - mo.k) / 10 * 30"),
        "light": _LIGHT.format("mo.k + p.period_id"),
        "light_note": "'Stand der Runde ' || mo.k || ': der Ablauf wird weiter vereinfacht.'",
    }


def _versions(model: Any, number: int, begin: datetime, told: Mapping[str, str]) -> None:
    """Put `number - 1` earlier versions before each present one, in the order of time."""
    of, vendor = tracked.of(model), connection.vendor
    opened = triggers.open_end(vendor)
    _moments(number, begin)
    values = ", ".join(told.get(name, f'p."{name}"') for name in of.columns)
    false = "false" if vendor == "postgresql" else "0"
    run(
        f'INSERT INTO "{of.periods}" ({triggers.listed(of.columns)}, valid_from, valid_to, removed) '
        f'SELECT {values}, mo.begun, mo.ended, {false} FROM "{of.periods}" p '
        f"JOIN bench_moment mo ON mo.slot = p.period_id % {SLOTS} AND mo.k < {number} "
        f"WHERE p.valid_to = {opened} ORDER BY mo.begun, p.period_id"
    )
    run(
        f'UPDATE "{of.periods}" SET valid_from = (SELECT begun FROM bench_moment WHERE k = {number} '
        f'AND slot = "{of.periods}".period_id % {SLOTS}) WHERE valid_to = {opened}'
    )


def _moments(number: int, begin: datetime) -> None:
    """A table of `number` periods per slot, from `begin` to shortly before today."""
    end = datetime.combine(TODAY - timedelta(days=4), time(9), UTC)
    step = (end - begin) / number
    run("DROP TABLE IF EXISTS bench_moment")
    kind = "timestamptz" if connection.vendor == "postgresql" else "datetime"
    run(f"CREATE TEMPORARY TABLE bench_moment (slot int, k int, begun {kind}, ended {kind})")
    rows = []
    for slot in range(SLOTS):
        cuts = [begin, *(begin + (k + slot / SLOTS) * step for k in range(1, number)), end]
        cuts = [_stored(cut.replace(microsecond=0)) for cut in cuts]
        rows += [(slot, k, cuts[k - 1], cuts[k]) for k in range(1, number + 1)]
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO bench_moment VALUES (%s, %s, %s, %s)", rows)


def _stored(moment: datetime) -> Any:
    return moment if connection.vendor == "postgresql" else moment.strftime("%Y-%m-%d %H:%M:%S")


# --- rounds ---------------------------------------------------------------------------------------


def _rounds(lot: random.Random, depth: Depth) -> None:
    made = []
    for k in range(depth.rounds):
        day = first_day(depth) + k * EVERY
        made.append(m.StatusRound(
            id=ids.uuid7(), title=f"Statusrunde {k + 1}", as_of=day, opens_on=day,
            due_on=day + timedelta(days=7), state="closed",
            opened_at=datetime.combine(day, time(8), UTC),
            closed_at=datetime.combine(day + timedelta(days=8), time(8), UTC),
        ))  # fmt: skip
    m.StatusRound.objects.bulk_create(made)
    postgres = connection.vendor == "postgresql"
    key = "uuid" if postgres else "char(32)"
    run("DROP TABLE IF EXISTS bench_round")
    run(f"CREATE TEMPORARY TABLE bench_round (k int, id {key}, day date)")
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO bench_round VALUES (%s, %s, %s)",
            [(k, r.pk if postgres else r.pk.hex, str(r.as_of)) for k, r in enumerate(made)],
        )
    _asked()
    _reported()
    _frozen()


def _new_id() -> str:
    """An id that is greater in later rounds."""
    if connection.vendor == "postgresql":
        return "(lpad(to_hex(4096 + r.k), 12, '0') || substr(md5(random()::text), 1, 20))::uuid"
    return "printf('%%012x', 4096 + r.k) || lower(hex(randomblob(10)))"


def _noon() -> str:
    if connection.vendor == "postgresql":
        return "(r.day + interval '12 hours') AT TIME ZONE 'UTC'"
    return "r.day || ' 12:00:00'"


def _insert(model: Any, values: Mapping[str, str], source: str) -> None:
    columns = ", ".join(f'"{name}"' for name in values)
    given = ", ".join(values.values()).replace("%%", "%")
    run(f'INSERT INTO "{model._meta.db_table}" ({columns}) SELECT {given} FROM {source}')


def _asked() -> None:
    """A request per project and round, answered nine times of ten, and a link per person."""
    lead = (
        "(SELECT person_id FROM portfolio_projectperson WHERE project_id = p.id AND role = 'lead')"
    )
    entity = {"id": _new_id(), "created_at": _noon(), "updated_at": _noon(), "version": "2"}
    answered = "CASE WHEN (r.k + p.version + length(p.title)) % 10 > 0 THEN " + _noon() + " END"
    _insert(
        m.StatusRequest,
        {
            **entity,
            "round_id": "r.id",
            "project_id": "p.id",
            "person_id": lead,
            "answered_at": answered,
        },
        "bench_round r CROSS JOIN portfolio_project p ORDER BY r.k",
    )
    _insert(
        m.RoundLink,
        {**entity, "round_id": "r.id", "person_id": "p.person_id", "answers_for_id": "p.person_id",
         "expires_at": _noon()},
        "bench_round r CROSS JOIN (SELECT DISTINCT person_id FROM portfolio_projectperson "
        "WHERE role = 'lead') p ORDER BY r.k",
    )  # fmt: skip


def _reported() -> None:
    """A report with five lights for every answered request."""
    reported = (
        "portfolio_statusrequest q JOIN bench_round r ON r.id = q.round_id "
        "JOIN portfolio_project p ON p.id = q.project_id WHERE q.answered_at IS NOT NULL ORDER BY r.k"
    )
    entity = {"created_at": "q.answered_at", "updated_at": "q.answered_at", "version": "1"}
    _insert(
        m.StatusReport,
        {"id": "q.id", **entity, "project_id": "p.id", "round_id": "r.id", "as_of": "r.day",
         "way": "'link'", "person_id": "q.person_id",
         "unchanged": "CASE WHEN r.k % 3 > 0 THEN true ELSE false END",
         "light": _LIGHT.format("r.k + length(p.title)"), "outlook": "''",
         "summary": "'Stand der Runde ' || r.k || ': der Ablauf wird weiter vereinfacht.'",
         "progress": "p.progress"},
        reported,
    )  # fmt: skip
    dimensions = " UNION ALL ".join(
        f"SELECT {place} AS place, '{d.value}' AS name" for place, d in enumerate(DIMENSIONS)
    )
    light = _LIGHT.format("r.k + d.place + length(q.summary)")
    _insert(
        m.StatusLight,
        {"id": _new_id(), "created_at": "q.created_at", "updated_at": "q.created_at", "version": "1",
         "report_id": "q.id", "dimension": "d.name", "proposed": light, "light": light,
         "reasons": "'[]'", "deviation": "''", "trend": "'same'"},
        f"portfolio_statusreport q JOIN bench_round r ON r.id = q.round_id CROSS JOIN ({dimensions}) d "
        "ORDER BY r.k",
    )  # fmt: skip


def _frozen() -> None:
    """The result of every project in every round."""
    lights = "'{" + ", ".join(f'"{d.value}": ["green", "same"]' for d in DIMENSIONS) + "}'"
    light = _LIGHT.format("r.k + length(p.title)")
    _insert(
        m.RoundResult,
        {"round_id": "r.id", "project_ref": "p.id", "number": "p.number", "title": "p.title",
         "lead_unit_id": "p.lead_unit_id", "unit_name": "u.name",
         "confidentiality": "p.confidentiality", "phase": "p.phase", "start": 'p."start"',
         "end": 'p."end"', "progress": "p.progress",
         "reported": "CASE WHEN q.answered_at IS NULL THEN false ELSE true END",
         "light": f"CASE WHEN q.answered_at IS NULL THEN 'grey' ELSE {light} END",
         "lights": lights if connection.vendor == "sqlite" else f"{lights}::jsonb", "summary": "''"},
        "portfolio_statusrequest q JOIN bench_round r ON r.id = q.round_id JOIN portfolio_project p "
        "ON p.id = q.project_id JOIN org_orgunit u ON u.id = p.lead_unit_id ORDER BY r.k",
    )  # fmt: skip
