"""What the benchmark of rounds does inside the instance, in processes of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Max
from django.test import Client

from benchmarks import data, past
from benchmarks.portfolio import setting
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.jobs.models import Job
from leitstand.core.notify.models import Mail
from leitstand.core.org.models import Person
from leitstand.portfolio import models as m
from leitstand.portfolio.actions.rounds.setup import create_round
from leitstand.portfolio.models import periods


def _fill() -> dict[str, Any]:
    size = data.Size(
        projects=setting("PROJECTS", 1000), milestones=setting("MILESTONES", 10_000),
        rows=setting("ROWS", 50_000), units=setting("UNITS", 500), users=setting("USERS", 300),
    )  # fmt: skip
    depth = past.Depth(rounds=setting("ROUNDS", 100), projects=setting("VERSIONS", 100))
    city = data.fill(size)
    past.lead(city, size.projects)
    past.fill(depth)
    past.gather_statistics()
    sessions = []
    for place in (0, 1, len(city.accounts) // 5, len(city.accounts) // 3):
        client = Client()
        client.force_login(city.accounts[place])
        sessions.append(client.cookies["leitstand_session"].value)
    first, whole = past.first_day(depth), data.TODAY - past.first_day(depth)
    counted = (periods.ProjectPeriod, periods.MilestonePeriod, m.StatusReport, m.StatusLight, m.RoundResult)
    return {
        "sessions": sessions,
        "projects": [str(p.pk) for p in city.projects if p.confidentiality <= 1],
        "round": str(m.StatusRound.objects.order_by("as_of")[depth.rounds // 2].pk),
        "days": {
            "the beginning": str(first + timedelta(days=10)),
            "halfway": str(first + whole / 2),
            "last month": str(data.TODAY - timedelta(days=30)),
        },
        "rows": {model.__name__: model._default_manager.count() for model in counted},
    }


def _plan(title: str) -> dict[str, Any]:
    today = clock.today()
    values = {"title": title, "as_of": today, "opens_on": today + timedelta(days=1),
              "due_on": today + timedelta(days=10)}  # fmt: skip
    return {"round": str(create_round(actor=Actor.system("bench"), values=values).pk)}


def _round(title: str) -> dict[str, Any]:
    return {"round": str(m.StatusRound.objects.get(title=title).pk)}


def _mails(title: str) -> Any:
    key = m.StatusRound.objects.get(title=title).pk.hex
    return Mail.objects.filter(key__startswith=f"round:{key}:")


def _settled(title: str) -> dict[str, Any]:
    """Whether every e-mail of the round has an end."""
    waiting = _mails(title).filter(state__in=("waiting", "sending")).exists()
    at_work = Job.objects.filter(state__in=("queued", "running")).exists()
    return {"settled": not waiting and not at_work}


def _seconds(title: str) -> dict[str, Any]:
    """From the opening to the last e-mail, by the moments in the database."""

    opened = m.StatusRound.objects.get(title=title).opened_at
    last = _mails(title).aggregate(last=Max("updated_at"))["last"]
    return {"seconds": (last - opened).total_seconds() if opened and last else 0}


def _states(title: str) -> dict[str, Any]:
    rows = list(_mails(title).values_list("address", "state"))
    return {
        "addresses": [address for address, _state in rows],
        "unclear": [address for address, state in rows if state == "uncertain"],
        "number": Counter(state for _address, state in rows),
    }


def _lead(number: str) -> dict[str, Any]:
    """Let the first people lead all projects from now on."""
    people = list(Person.objects.filter(email__startswith="lead").order_by("pk")[: int(number)])
    past.give_leads(list(m.Project.objects.order_by("number").values_list("pk", flat=True)), people)
    return {"people": len(people)}


def _missing(key: str) -> dict[str, Any]:
    return {"missing": m.StatusRequest.objects.filter(round_id=key, answered_at=None).count()}


DEEDS: dict[str, Callable[..., dict[str, Any]]] = {
    "fill": _fill, "plan": _plan, "round": _round, "settled": _settled, "seconds": _seconds,
    "states": _states, "lead": _lead, "missing": _missing,
}  # fmt: skip
