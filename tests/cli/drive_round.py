"""A status round inside an instance, for tests that kill its worker from outside.

python drive_round.py open NUMBER SLOW | states SLOW

SLOW is the number of the person to whom the mail server answers only after a while.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leitstand.settings")

import django

django.setup()

from django.test import Client

from leitstand.core.accounts.actions import create_account
from leitstand.core.accounts.models import Account
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.notify.models import Mail
from leitstand.core.org.actions import create_unit
from leitstand.core.org.models import Person
from leitstand.core.policy.actions import assign_role
from leitstand.portfolio.actions.rounds.setup import create_round, open_round
from leitstand.portfolio.models import Project, ProjectPerson, StatusRound

SYSTEM = Actor.system("test")


def open_one(number: str, slow: str) -> None:
    """Open a round over so many projects, each led by somebody else."""
    unit = create_unit(actor=SYSTEM, kind="city", code="0", name="Stadt")
    head = create_account(actor=SYSTEM, username="chefin", email="chefin@example.org", password="Kirschkern-weit-7")
    assign_role(head, "digital-unit", actor=SYSTEM)
    people = [
        Person(given_name="Ina", family_name=f"Nr-{n}", unit=unit,
               email=f"{'langsam' if n == int(slow) else 'ina'}{n}@stadt.example")
        for n in range(int(number))
    ]  # fmt: skip
    projects = [Project(number=f"P-{n}", title=f"Vorhaben {n}", lead_unit=unit, phase="running")
                for n in range(int(number))]  # fmt: skip
    Person.objects.bulk_create(people)
    Project.objects.bulk_create(projects)
    ProjectPerson.objects.bulk_create(
        ProjectPerson(project=project, person=person, role="lead")
        for project, person in zip(projects, people, strict=True)
    )
    today = clock.today()
    values = {"title": "Herbst", "as_of": today, "opens_on": today, "due_on": today + timedelta(days=9)}
    open_round(create_round(actor=SYSTEM, values=values).pk, actor=SYSTEM)


def states(slow: str) -> None:
    """Print the state of every e-mail, and the line of the slow one on the round's page."""
    client = Client(headers={"accept-language": "de", "host": "localhost"})
    client.force_login(Account.objects.get(username="chefin"))
    page: Any = client.get(f"/statusrunden/{StatusRound.objects.get().pk}/").content.decode()
    said = page.partition(f"Ina Nr-{slow}<")[2].partition("</tr>")[0]
    mails = dict(Mail.objects.values_list("address", "state"))
    causes = dict(Mail.objects.values_list("address", "cause"))
    print(json.dumps({"mails": mails, "causes": causes, "said": said}))


if __name__ == "__main__":
    {"open": open_one, "states": states}[sys.argv[1]](*sys.argv[2:])
