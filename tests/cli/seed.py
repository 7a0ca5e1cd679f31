"""Fills an instance with data that is hard to carry from one database to another.

    python tests/cli/seed.py [number of further projects]

Run as a program of its own; reads the same environment as the command.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from secrets import token_hex

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from leitstand.core.cli.start import start_django

start_django()

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import transaction

from leitstand.core.accounts.actions import create_account, create_token
from leitstand.core.audit import sealer
from leitstand.core.base import clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.files.actions import keep_file
from leitstand.core.jobs.models import Job
from leitstand.core.org.actions import create_person, create_unit, move_unit
from leitstand.core.org.models import OrgUnit
from leitstand.core.policy.actions import assign_role
from leitstand.portfolio.models import (
    BudgetLine,
    FieldOfAction,
    ImportMapping,
    Milestone,
    Project,
)
from leitstand.portfolio.models.project import NumberSeries

ACTOR = Actor.system("seed")
NASTY = "Grün & „schräg“ <b>'\"\\ \t🚲 e\u0301\u200b\nZeile 2; =1+1"
NUMBERS = {"b": [1, 2.5, 100.0, 1e20, 1e-7, -0.5, None, True], "a": {"z": "ä", "A": ""}}


def people() -> None:
    root = create_unit(actor=ACTOR, kind="city", code="0", name="Stadt")
    ten = create_unit(actor=ACTOR, kind="department", code="10", name=NASTY[:40], parent=root)
    deep = create_unit(actor=ACTOR, kind="division", code="10.1", name="Unten", parent=root)
    move_unit(deep, actor=ACTOR, parent=ten)
    person = create_person(
        actor=ACTOR,
        given_name="Ada",
        family_name="O'Brien-Müller",
        unit=ten,
        email="ada@example.org",
    )
    account = create_account(
        actor=ACTOR,
        username="ada",
        email="ada@example.org",
        password="Kirschkern-weit-7",
        person=person,
    )
    assign_role(account, "admin", actor=ACTOR)
    create_token(
        account, actor=ACTOR, name="t", scope="admin", expires_at=clock.now() + timedelta(days=9)
    )
    Authenticator.objects.create(user=account, type="totp", data={"secret": "MFA-GEHEIM"})
    Session.objects.create(
        session_key="k" * 32, session_data="SESSION-GEHEIM", expire_date=clock.now()
    )
    Job.objects.create(kind="x", args=NUMBERS, owner=account, state="done", heartbeat=clock.now())


def content() -> None:
    unit = OrgUnit.objects.get(code="10")
    field = FieldOfAction.objects.create(code="F", name=NASTY[:200])
    project = Project.objects.create(
        number="P-0001", title=NASTY, lead_unit=unit, start=date(1999, 12, 31), progress=100
    )
    project.fields_of_action.add(field)
    BudgetLine.objects.create(
        project=project, year=2026, kind="operating", planned=Decimal("99999999999.99"),
        spent=Decimal("0.10"),
    )  # fmt: skip
    Project.objects.filter(pk=project.pk).update(
        created_at=datetime(2020, 1, 1, 12, 0, 0, 1, tzinfo=UTC),
        updated_at=datetime(2020, 6, 1, 23, 59, 59, 999999, tzinfo=UTC),
    )
    NumberSeries.objects.bulk_create([NumberSeries(code=c, last=7) for c in ("ä", "b", "B", "_a")])
    ImportMapping.objects.create(name="m", header_digest="d" * 64, mapping=NUMBERS)
    keep_file([b"PK-nothing ", b"\x00\xff" * 700_000], actor=ACTOR, name="anhang.bin")
    keep_file(["später geändert".encode()], actor=ACTOR, name="ä.txt")
    with transaction.atomic():
        events.record(
            events.Event(
                type="files.stored", actor=ACTOR, object_kind="file", changes=NUMBERS,
                personal={"name": NASTY},
            )
        )  # fmt: skip


def many(count: int) -> None:
    unit = OrgUnit.objects.get(code="10")
    first = Project.objects.count() + 1
    made = Project.objects.bulk_create(
        [
            Project(number=f"P-{n:06}", title=f"Vorhaben {n}", need=token_hex(600), lead_unit=unit)
            for n in range(first, first + count)
        ],
        batch_size=500,
    )
    Milestone.objects.bulk_create(
        [
            Milestone(project=project, title=f"M {n}", due=date(2027, 1, 1))
            for project in made
            for n in range(3)
        ],
        batch_size=500,
    )


if not OrgUnit.objects.exists():
    people()
    content()
    sealer.seal()
    events.record(events.Event(type="files.stored", actor=ACTOR, object_kind="file"))
if len(sys.argv) > 1:
    many(int(sys.argv[1]))
