"""After the deletion run nothing but the trail, which has its own period, names who has left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from tests.portfolio.making import SYSTEM, lead, make_person, make_project

from leitstand.core.accounts.identity import of_account
from leitstand.core.accounts.models import Account
from leitstand.core.base import clock
from leitstand.core.comments import actions as comments
from leitstand.core.org.actions import change_person
from leitstand.core.org.models import Person
from leitstand.core.privacy.actions import retention
from leitstand.portfolio.actions import advice, groups, minutes
from leitstand.portfolio.actions.needs import file_need

pytestmark = pytest.mark.django_db
NAME = "Zwirbelkirch"
_MOMENTS = {"created_at", "updated_at", "last_login", "finished_at"}


def bearing() -> set[str]:
    """Model and column of every value that holds the name."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField | models.TextField | models.JSONField):
                values = model._base_manager.values_list(field.attname, flat=True)
                if any(NAME.lower() in str(value).lower() for value in values):
                    found.add(f"{model._meta.label_lower}.{field.name}")
    return found


def years_pass() -> None:
    for model in apps.get_models():
        names = {field.name for field in model._meta.concrete_fields} & _MOMENTS
        if names and model._meta.app_label != "audit":
            long_ago = clock.now() - timedelta(days=3650)
            model._base_manager.update(**dict.fromkeys(names, long_ago))


def test_the_name_goes_from_everywhere(account: Any, unit_tree: Any) -> None:
    unit, address = unit_tree["10"], f"{NAME.lower()}@example.org"
    person = make_person(unit, "Xaver", NAME, email=address)
    who = account("digital-unit", person=person, username=NAME.lower(), email=address)
    actor, project = of_account(who), make_project(unit, "Vorhaben")
    lead(project, person)
    mine = comments.post("project", project.pk, actor=actor, text="Guten Tag")
    told = comments.post("project", project.pk, actor=SYSTEM, text=f"Danke @Xaver {NAME}!")
    need = file_need(actor=actor, values={"title": "Bedarf", "unit": unit})
    advice.ask(need.pk, actor=actor, text="Wozu?")
    need.case.refresh_from_db()
    advice.answer(need.pk, actor=actor, version=need.case.version, text="So.")
    group = groups.create_group(actor=actor, values={"title": "Kreis", "unit": unit, "lead": person})
    meeting = groups.plan_meeting(group.pk, actor=actor, values={"day": clock.today(), "begins": "10:00"})
    draft = minutes.begin_minutes(meeting.pk, actor=actor)
    draft = minutes.change_minutes(meeting.pk, actor=actor, version=draft.version, values={"attendance": "alle"})
    minutes.release(meeting.pk, actor=actor, version=draft.version)
    minutes.add_addendum(meeting.pk, actor=actor, text="Es waren zwei.")
    retention.set_period("comments", months=None, reason="Sie sollen bleiben.", actor=SYSTEM)
    assert {"comments.comment.text", "portfolio.minutes.released_by"} < bearing()
    change_person(Person.objects.get(pk=person.pk), actor=SYSTEM, version=person.version, active=False)
    Account.objects.filter(pk=who.pk).update(is_active=False)
    years_pass()
    retention.run(actor=SYSTEM)
    left = bearing() - {"audit.auditpersonal.actor_name", "audit.auditpersonal.details"}
    assert left <= {"portfolio.minutesperiod.attendance"}, "what people wrote themselves"
    for row in (mine, told):
        row.refresh_from_db()
    assert (mine.author_name, told.text) == ("Ehemalige Person", "Danke @Ehemalige Person!")


def test_a_namesake_who_is_still_there_keeps_the_name(unit_tree: Any) -> None:
    from leitstand.core.privacy.registry import Subject
    from leitstand.portfolio.actions.names import forget_names
    from leitstand.portfolio.models import AdviceCase

    gone, there = (make_person(unit_tree["10"], "Anna", "Berg", email=f"{n}@example.org") for n in (1, 2))
    need = file_need(actor=SYSTEM, values={"title": "Bedarf", "unit": unit_tree["10"]})
    AdviceCase.objects.filter(need=need).update(decided_by="Anna Berg")
    Person.objects.filter(pk=gone.pk).update(active=False)
    forget_names([Subject(gone, None)], "Ehemalige Person")
    assert AdviceCase.objects.get(need=need).decided_by == "Anna Berg"
    Person.objects.filter(pk=there.pk).update(active=False)
    forget_names([Subject(gone, None)], "Ehemalige Person")
    assert AdviceCase.objects.get(need=need).decided_by == "Ehemalige Person"
