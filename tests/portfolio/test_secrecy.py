"""What stays closed when a level is lowered, and who may lower it or rewrite what is public."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.portfolio.making import SYSTEM, lead, make_item, make_person, make_project


@pytest.fixture
def deputy(unit_tree: dict[str, Any], client_of: Callable[..., Client]) -> Client:
    """Employee of unit 20; whoever makes a project appoints her."""
    person = make_person(unit_tree["20"], "Dora", "Deputy")
    client = client_of("member", unit_tree["20"], person=person)
    client.person = person  # type: ignore[attr-defined]
    return client


def _change(project: Any, client: Client | None = None, **values: Any) -> Any:
    from leitstand.core.accounts.identity import of_account
    from leitstand.portfolio.actions.projects import change_project

    project.refresh_from_db()
    actor = of_account(client.account) if client else SYSTEM  # type: ignore[attr-defined]
    return change_project(project.pk, actor=actor, version=project.version, values=values)


def test_the_history_keeps_the_level_that_a_project_had(
    unit_tree: dict[str, Any], client_of: Callable[..., Client], deputy: Client
) -> None:
    from leitstand.portfolio.actions.items import remove_item

    project = make_project(unit_tree["20"], "Verlegung", confidentiality=3, summary="Xyzzy eins")
    risk = make_item("risk", project, title="Xyzzy zwei", probability=3, impact=3)
    remove_item("risk", risk.pk, actor=SYSTEM, version=1)
    lead(project, deputy.person, "deputy")  # type: ignore[attr-defined]
    _change(project, summary="harmlos", title="Xyzzy drei")
    _change(project, summary="auch harmlos", title="Verlegung", confidentiality=1)
    for client, sees in (
        (client_of("member", unit_tree["10"]), False),
        (client_of("digital-unit"), False),
        (client_of("unit-head", unit_tree["20"]), True),
        (deputy, True),
    ):
        for path in ("", "verlauf/"):
            page = client.get(f"/vorhaben/{project.pk}/{path}").content.decode()
            assert ("Xyzzy" in page) == sees, (client.account.username, path)  # type: ignore[attr-defined]
            assert ("6 Einträge sind verborgen" in page) == (not sees), path
    _change(project, summary="offen gesagt")
    page = client_of("member").get(f"/vorhaben/{project.pk}/verlauf/").content.decode()
    assert "offen gesagt" in page
    assert "Xyzzy" not in page


def test_an_import_that_lowers_the_level_keeps_the_old_texts_closed(
    unit_tree: dict[str, Any], client_of: Callable[..., Client]
) -> None:
    from leitstand.core.audit.models import AuditEvent
    from leitstand.portfolio.models import Project
    from tests.portfolio.importing import confirm, preview, table

    project = make_project(unit_tree["20"], "Verlegung", confidentiality=2, summary="Xyzzy")
    client = client_of("digital-unit")
    header = ("Kennung", "Titel", "Kurzbeschreibung", "Vertraulichkeit", "Federführung")
    row = (project.number, "Verlegung", "harmlos", "intern", "Kämmerei")
    confirm(client, preview(client, table(row, header=header)))
    project.refresh_from_db()
    assert (project.summary, project.confidentiality) == ("harmlos", 1)
    event = AuditEvent.objects.filter(
        object_id=project.pk, type="portfolio.project.changed"
    ).latest("pk")
    assert "Xyzzy" in str(event.changes)
    assert event.level == 2
    assert Project.objects.count() == 1


def test_leading_a_project_is_not_enough_to_lower_its_level(
    unit_tree: dict[str, Any], client_of: Callable[..., Client], deputy: Client
) -> None:
    from leitstand.core.base.errors import NotAllowed

    project = make_project(unit_tree["20"], confidentiality=3)
    lead(project, deputy.person, "deputy")  # type: ignore[attr-defined]
    for level in (0, 1, 2):
        with pytest.raises(NotAllowed):
            _change(project, deputy, confidentiality=level)
    page = deputy.get(f"/vorhaben/{project.pk}/bearbeiten/").content.decode()
    assert 'value="3"' in page.split('name="confidentiality"')[-1].split("</select>")[0]
    assert 'value="2"' not in page.split('name="confidentiality"')[-1].split("</select>")[0]
    _change(project, deputy, title="Sonst ändert sie alles")
    project.refresh_from_db()
    assert (project.confidentiality, project.version) == (3, 2)
    _change(project, client_of("unit-head", unit_tree["20"]), confidentiality=0)
    _change(project, deputy, confidentiality=1)
    project.refresh_from_db()
    assert project.confidentiality == 1


def test_what_the_public_reads_changes_with_the_right_to_publish_only(
    unit_tree: dict[str, Any], client_of: Callable[..., Client], deputy: Client
) -> None:
    from leitstand.core.base.errors import NotAllowed

    project = make_project(
        unit_tree["20"], confidentiality=0, public_text="alt", public_contact="a@example.org"
    )
    lead(project, deputy.person)  # type: ignore[attr-defined]
    _change(project, deputy, public_text="Entwurf")
    _change(project, published=True)
    for values in ({"public_text": "live"}, {"public_contact": "live"}):
        with pytest.raises(NotAllowed):
            _change(project, deputy, **values)
    page = deputy.get(f"/vorhaben/{project.pk}/bearbeiten/").content.decode()
    assert 'name="public_text"' not in page
    _change(project, deputy, title="Neuer Titel", summary="intern")
    _change(project, client_of("digital-unit"), public_text="live")
    project.refresh_from_db()
    assert (project.public_text, project.public_contact, project.title) == (
        "live", "a@example.org", "Neuer Titel",
    )  # fmt: skip


def test_who_has_left_is_no_insider(
    unit_tree: dict[str, Any], client_of: Callable[..., Client], deputy: Client
) -> None:
    from leitstand.core.accounts.identity import of_account
    from leitstand.core.org.models import Person
    from leitstand.portfolio import policy

    project = make_project(unit_tree["20"], confidentiality=3)
    lead(project, deputy.person)  # type: ignore[attr-defined]
    actor = of_account(deputy.account)  # type: ignore[attr-defined]
    assert policy.can(actor, policy.CHANGE, project)
    Person.objects.filter(pk=actor.person_id).update(active=False)
    assert not policy.can(actor, policy.VIEW, project)
    assert not policy.can(actor, policy.CHANGE, project)
    assert not policy.is_insider(actor, project)


def test_an_import_lowers_no_level_that_its_actor_may_not_lower(
    unit_tree: dict[str, Any], client_of: Callable[..., Client]
) -> None:
    from tests.portfolio.importing import preview, table

    person = make_person(unit_tree["20"], "Dora", "Digital")
    client = client_of("digital-unit", person=person)
    strict = make_project(unit_tree["20"], "Verlegung", confidentiality=3)
    open_one = make_project(unit_tree["20"], "Bauantrag", confidentiality=2)
    lead(strict, person)
    header = ("Kennung", "Titel", "Vertraulichkeit", "Federführung")
    rows = [(p.number, p.title, "intern", "Kämmerei") for p in (strict, open_one)]
    run = preview(client, table(*rows, header=header))
    verdicts = {row.project_id: row for row in run.rows.all()}
    assert verdicts[open_one.pk].verdict == "changed"
    assert verdicts[strict.pk].verdict == "error"
    assert "senken" in str(verdicts[strict.pk].errors)
