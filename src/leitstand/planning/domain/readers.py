"""Instances of the literature and of the municipal benchmark as problems.

PSPLIB's single-mode format (Kolisch, Sprecher 1996), MPLIB1 (Van Eynde, Vanhoucke 2020) and
``municipal-portfolio/1``. Every reader refuses what it does not understand with ``ValueError``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from leitstand.planning.domain.model import Link, Option, Period, Problem, Project, Role, Task


def rcpsp(text: str) -> Problem:
    """A PSPLIB ``.sm`` file: one project without a date, the measure is its length."""
    try:
        followers = _section(text, "PRECEDENCE RELATIONS")
        requests = _section(text, "REQUESTS/DURATIONS")
        available = [int(word) for word in _section(text, "RESOURCEAVAILABILITIES")[0]]
        links = tuple(
            Link(row[0], follower) for row in followers for follower in row[3 : 3 + int(row[2])]
        )
        roles = [f"R{number}" for number in range(1, len(available) + 1)]
        tasks = tuple(
            Task(row[0], "P1", int(row[2]), _demand(roles, row[3 : 3 + len(roles)]))
            for row in requests
        )
    except (IndexError, ValueError) as problem:
        raise ValueError(f"not a single-mode PSPLIB file: {problem}") from None
    if not tasks or any(row[1] != "1" for row in followers):
        raise ValueError("not a single-mode PSPLIB file")
    return Problem(
        roles=tuple(Role(role) for role in roles),
        tasks=tasks,
        projects=(Project("P1"),),
        links=links,
        supply={role: (amount,) for role, amount in zip(roles, available, strict=True)},
    )


def _section(text: str, title: str) -> list[list[str]]:
    """The rows of numbers below a title."""
    if title not in text:
        raise ValueError(f"it has no part {title!r}")
    rows: list[list[str]] = []
    for line in text.split(title, 1)[1].splitlines():
        if re.match(r"\s*\d", line):
            rows.append(line.split())
        elif rows:
            break
    return rows


def _demand(roles: list[str], words: list[str]) -> dict[str, int]:
    return {role: int(word) for role, word in zip(roles, words, strict=True) if int(word)}


def multi(text: str) -> Problem:
    """An MPLIB1 file: projects that share resources, the measure is the length of them all."""
    words = iter(text.split())
    try:
        count, resources = int(next(words)), int(next(words))
        roles = [f"R{number}" for number in range(1, resources + 1)]
        supply = {role: (int(next(words)),) for role in roles}
        tasks: list[Task] = []
        links: list[Link] = []
        for number in range(1, count + 1):
            _one_project(words, f"P{number}", roles, tasks, links)
    except (StopIteration, ValueError) as problem:
        raise ValueError(f"not an MPLIB1 file: {str(problem) or 'it ends too early'}") from None
    return Problem(
        roles=tuple(Role(role) for role in roles),
        tasks=tuple(tasks),
        projects=tuple(Project(f"P{number}") for number in range(1, count + 1)),
        links=tuple(links),
        supply=supply,
    )


def _one_project(
    words: Iterator[str], project: str, roles: list[str], tasks: list[Task], links: list[Link]
) -> None:
    """``activities release``, a flag per resource, then a row per activity."""
    count, release = int(next(words)), int(next(words))
    for _ in roles:
        next(words)
    for number in range(1, count + 1):
        duration = int(next(words))
        demand = _demand(roles, [next(words) for _ in roles])
        name = f"{project}.{number}"
        tasks.append(Task(name, project, duration, demand, release=release))
        for _ in range(int(next(words))):
            other = next(words).split(":")
            links.append(Link(name, f"P{other[0]}.{other[1]}"))


def municipal(text: str) -> Problem:
    """A ``municipal-portfolio/1`` file: dates per project, extra half posts per role and year."""
    try:
        data: dict[str, Any] = json.loads(text)
        if data["schema"] != "municipal-portfolio/1":
            raise ValueError(f"schema {data['schema']!r}")
        return _municipal(data)
    except KeyError as problem:
        raise ValueError(f"not a municipal portfolio: {problem} is missing") from None
    except (TypeError, AttributeError) as problem:
        raise ValueError(f"not a municipal portfolio: {problem}") from None


def _municipal(data: Mapping[str, Any]) -> Problem:
    rollout = {unit["project"] for unit in (data.get("rollout") or {}).get("units", ())}
    name = (data.get("rollout") or {}).get("name", "")
    years, weeks = int(data["years"]), int(data["weeks_per_year"])
    return Problem(
        roles=tuple(Role(role["id"], role["label"]) for role in data["roles"]),
        tasks=tuple(
            Task(task["id"], task["project"], task["duration_weeks"], dict(task["demand"]), task["name"])
            for task in data["work_packages"]
        ),
        projects=tuple(
            Project(project["id"], project["name"], project["deadline_week"],
                    rollout=name if project["id"] in rollout else "")
            for project in data["projects"]
        ),
        links=tuple(
            Link(link["predecessor"], link["successor"], link["lag_weeks"])
            for link in data["precedences"]
        ),
        periods=tuple(Period(year * weeks, f"Year {year + 1}", year) for year in range(years)),
        supply={role["id"]: (role["base_capacity"],) for role in data["roles"]},
        options=tuple(Option(role["id"]) for role in data["roles"]),
    )  # fmt: skip
