"""The problem of a scenario: the portfolio with what the scenario changes."""

from __future__ import annotations

from dataclasses import replace

from leitstand.planning.domain.model import Problem
from leitstand.planning.models import Scenario, ScenarioChange
from leitstand.planning.queries.translate import Choice, Translation, translate

Kind = ScenarioChange.Kind


def translation_of(row: Scenario) -> Translation:
    """Everything up to the scenario's level, with its changes."""
    changes = list(row.changes.all())
    dropped = frozenset(one.project for one in changes if one.kind == Kind.DROP)
    told = translate(row.confidentiality, Choice(row.ideas, row.paused, dropped))
    problem = told.problem
    for one in changes:
        if one.kind != Kind.DROP:
            problem = _changed(problem, one, told)
    return replace(told, problem=problem)


def _changed(problem: Problem, one: ScenarioChange, told: Translation) -> Problem:
    if one.kind in (Kind.MOVE, Kind.PAUSE) and one.day:
        week = max(0, told.weeks.of(one.day))
        tasks = tuple(
            replace(
                task, release=week if one.kind == Kind.MOVE else max(week, task.release), fixed=None
            )
            if task.project == one.project and not task.waiting
            else task
            for task in problem.tasks
        )
        return replace(problem, tasks=tasks)
    projects = []
    for project in problem.projects:
        if project.id == one.project and one.kind == Kind.DUE and one.day:
            project = replace(project, due=max(0, told.weeks.due(one.day)))  # noqa: PLW2901
        if project.id == one.project and one.kind == Kind.WEIGHT and one.number:
            project = replace(project, weight=one.number)  # noqa: PLW2901
        projects.append(project)
    return replace(problem, projects=tuple(projects))
