"""Two threads at once: run in the test's own process on PostgreSQL, as a program on SQLite.

The suite's SQLite database lives in memory and knows no second writer, so the race needs an
instance with a database file of its own: ``python -m tests.portfolio.racing``.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

ROUNDS = 8


def _together(*tasks: Callable[[], None]) -> list[str]:
    """Run the tasks in threads of their own; returns what went wrong."""
    from django.db import connections

    failures: list[str] = []

    def run(task: Callable[[], None]) -> None:
        try:
            task()
        except Exception as error:
            failures.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return failures


def race() -> dict[str, Any]:  # noqa: C901 - four small races in one instance
    """Append to one text, take numbers, freeze baselines and tie circles, each in threads."""
    from leitstand.core.base.errors import Conflict, Invalid
    from leitstand.core.org.actions import create_unit
    from leitstand.portfolio.actions.baselines import freeze_baseline
    from leitstand.portfolio.actions.dependencies import add_dependency
    from leitstand.portfolio.actions.projects import change_project
    from leitstand.portfolio.models import Dependency, Project
    from tests.portfolio.making import SYSTEM, make_project

    unit = create_unit(actor=SYSTEM, code="R", kind="city", name="Rennstadt")
    project = make_project(unit, "Gemeinsam", start=date(2027, 1, 1))
    others = [make_project(unit, f"Glied {number}") for number in range(6)]

    def append(letter: str) -> None:
        for _ in range(ROUNDS):
            while True:
                now = Project.objects.get(pk=project.pk)
                values = {"summary": now.summary + letter}
                try:
                    change_project(project.pk, actor=SYSTEM, version=now.version, values=values)
                    break
                except Conflict:
                    continue

    def create() -> None:
        for number in range(6):
            make_project(unit, f"Nr. {number}")

    def freeze() -> None:
        for _ in range(4):
            freeze_baseline(project.pk, actor=SYSTEM, reason="Wettlauf")

    def tie(step: int) -> None:
        for number in range(6):
            pair = [others[number], others[(number + 1) % 6]][::step]
            try:
                add_dependency(actor=SYSTEM, predecessor_id=pair[0].pk, successor_id=pair[1].pk)
            except Invalid:
                continue

    failures = _together(lambda: append("a"), lambda: append("b"))
    failures += _together(create, create, create)
    failures += _together(freeze, freeze)
    failures += _together(lambda: tie(1), lambda: tie(-1))
    project.refresh_from_db()
    titled = Project.objects.filter(title__startswith="Nr. ")
    return {
        "failures": failures,
        "summary": "".join(sorted(project.summary)),
        "version": project.version,
        "numbers": titled.values("number").distinct().count(),
        "baselines": sorted(project.baselines.values_list("number", flat=True)),
        "edges": [[str(a), str(b)] for a, b in
                  Dependency.objects.values_list("predecessor_id", "successor_id")],
    }  # fmt: skip


def main() -> None:
    """Make the instance's database and print the outcome as JSON."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    sys.stdout.write(json.dumps(race()) + "\n")


if __name__ == "__main__":
    main()
