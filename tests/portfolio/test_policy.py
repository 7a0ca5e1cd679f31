"""Who may see and do what: every address, every role, every level; and one rule for all."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leitstand.core.base.actor import Actor
from tests.conftest import accounts_named
from tests.portfolio.making import SYSTEM, every_part, lead, make_item, make_person, make_project
from tests.scenes import scene

LEVELS = ("public", "internal", "confidential", "strict")
ROLES: tuple[str, ...] = (
    "admin", "digital-unit", "project-lead", "unit-head", "foreign-head", "partner-head",
    "member", "auditor", "councillor", "emergency", "lead", "sponsor", "nobody", "anonymous",
)  # fmt: skip

# What each role sees: the highest level. The project is led by unit 20, unit 11 takes part.
SEES = {
    "admin": 1, "digital-unit": 2, "project-lead": 1, "unit-head": 3, "foreign-head": 1,
    "partner-head": 3, "member": 1, "auditor": 1, "councillor": 0, "emergency": 1, "lead": 3,
    "sponsor": 3, "nobody": -1, "anonymous": -1,
}  # fmt: skip
CHANGES = {"digital-unit": 2, "unit-head": 3, "lead": 3}
DELETES = {"digital-unit": 2}


class World:
    """One project per level with every part, and an account per role."""

    def __init__(self, units: dict[str, Any]) -> None:
        from leitstand.portfolio.actions.dependencies import add_dependency

        self.units = units
        boss = make_person(units["20"], "Lea", "Leitung")
        patron = make_person(units["2"], "Sven", "Sponsor")
        helper = make_person(units["20"], "Mia", "Mitglied")
        self.projects: dict[str, Any] = {}
        for level, name in enumerate(LEVELS):
            project = make_project(
                units["20"], f"Vorhaben {name} Xyzzy", confidentiality=level,
                start=date(2027, 1, 1), end=date(2027, 12, 31), need=f"Bedarf {name} Xyzzy",
            )  # fmt: skip
            every_part(project, units["11"], helper)
            lead(project, boss)
            lead(project, patron, "sponsor")
            other = make_project(units["20"], f"Nachbar {name}", confidentiality=level)
            add_dependency(actor=SYSTEM, predecessor_id=other.pk, successor_id=project.pk)
            self.projects[name] = project
        account_of = accounts_named("welt")
        self.accounts = {
            "admin": account_of("admin"),
            "digital-unit": account_of("digital-unit"),
            "project-lead": account_of("project-lead", units["20"]),
            "unit-head": account_of("unit-head", units["20"]),
            "foreign-head": account_of("unit-head", units["10"]),
            "partner-head": account_of("unit-head", units["11"]),
            "member": account_of("member", units["20"]),
            "auditor": account_of("auditor"),
            "councillor": account_of("councillor"),
            "emergency": account_of("emergency"),
            "lead": account_of("project-lead", units["20"], person=boss),
            "sponsor": account_of("member", units["2"], person=patron),
            "nobody": account_of(""),
        }
        self.clients = _Clients(self.accounts)

    def actor(self, role: str) -> Actor:
        from leitstand.core.accounts.identity import of_account

        account = self.accounts.get(role)
        return of_account(account) if account else Actor.anonymous()


class _Clients(dict[str, Client]):
    """A browser per role, logged in when it is first asked for."""

    def __init__(self, accounts: dict[str, Any]) -> None:
        super().__init__()
        self.accounts = accounts

    def __missing__(self, role: str) -> Client:
        client = self[role] = Client(headers={"accept-language": "de"})
        if role in self.accounts:
            client.force_login(self.accounts[role])
        return client


_world_scene, world = scene("world", World, "unit_tree")


# --- every address ------------------------------------------------------------------------

# (name of the address, needs): a parametrized address takes the project's own parts.
VIEWING = ("project", "history", "baseline", "section", "dependency_search")
CHANGING = ("edit", "item_add", "item_edit", "item_remove", "dependency_add",
            "dependency_edit", "dependency_remove")  # fmt: skip
GENERAL = ("sketch", "strategy", "strategy_add", "strategy_edit", "strategy_delete")


def _address(name: str, project: Any) -> str:
    from django.urls import reverse

    from leitstand.portfolio.models import Goal

    if name == "sketch" or name == "strategy":
        return reverse(f"portfolio:{name}")
    if name == "strategy_add":
        return reverse("portfolio:strategy_add", args=["goal"])
    if name.startswith("strategy_"):
        goal = Goal.objects.get()
        return reverse(f"portfolio:{name}", args=["goal", goal.pk])
    extra: dict[str, list[Any]] = {
        "section": ["milestone"],
        "item_add": ["milestone"],
        "item_edit": ["milestone", project.milestones.get().pk],
        "item_remove": ["milestone", project.milestones.get().pk],
        "dependency_edit": [project.predecessor_links.get().pk],
        "dependency_remove": [project.predecessor_links.get().pk],
        "document": [project.documents.get().pk],
    }
    return reverse(f"portfolio:{name}", args=[project.pk, *extra.get(name, [])])


def test_every_address_of_the_profile_is_in_these_tables() -> None:
    from leitstand.portfolio.web import urls_projects, urls_strategy

    names = {str(p.name) for p in [*urls_projects.urlpatterns, *urls_strategy.urlpatterns]}
    assert names == {*VIEWING, *CHANGING, *GENERAL, "delete", "document"}


def _expected(name: str, role: str, level: int) -> set[int]:
    if role == "anonymous":
        return {302}
    if SEES[role] < level:
        return {404}
    holders = {"delete": DELETES}.get(name, CHANGES if name in CHANGING else SEES)
    if holders.get(role, -1) < level:
        return {403}
    return {302} if name == "section" else {200}


@pytest.mark.parametrize("role", ROLES)
def test_reading_every_address(world: World, role: str) -> None:
    client = world.clients[role]
    for level, name in enumerate(LEVELS):
        project = world.projects[name]
        for address in (*VIEWING, *CHANGING, "delete"):
            answer = client.get(_address(address, project))
            where = (role, name, address)
            assert answer.status_code in _expected(address, role, level), where
            if answer.status_code not in (200,):
                assert "Xyzzy" not in answer.content.decode(), where
                assert project.number not in answer.content.decode(), where


@pytest.mark.parametrize("role", ROLES)
def test_writing_to_every_address_changes_nothing_without_the_right(
    world: World, role: str
) -> None:
    from leitstand.portfolio.models import Project

    client = world.clients[role]
    for level, name in enumerate(LEVELS):
        if CHANGES.get(role, -1) >= level:
            continue
        project = world.projects[name]
        before = _fingerprint(project)
        for address in (*CHANGING, "delete", "baseline"):
            values = {"title": "übernommen", "reason": "weil", "version": "1", "due": "2027",
                      "other": "Nachbar", "direction": "before", "kind": "FS"}  # fmt: skip
            answer = client.post(_address(address, project), values)
            assert answer.status_code in (302, 403, 404), (role, name, address)
            if role != "anonymous":
                assert answer.status_code != 302, (role, name, address)
            assert "Xyzzy" not in answer.content.decode() or SEES[role] >= level
        project = Project.objects.get(pk=project.pk)
        assert _fingerprint(project) == before


def _fingerprint(project: Any) -> Any:
    from leitstand.portfolio.actions.items import ITEM_KINDS

    project.refresh_from_db()
    parts = [getattr(project, kind.relation).count() for kind in ITEM_KINDS]
    return (project.version, project.title, parts, project.baselines.count(),
            project.predecessor_links.count())  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_the_general_pages(world: World, role: str) -> None:
    from leitstand.portfolio.models import FieldOfAction, Goal

    field = FieldOfAction.objects.create(code="HF", name="Handlungsfeld")
    goal = Goal.objects.create(field_of_action=field, code="Z", name="Ziel")
    for name in LEVELS:
        world.projects[name].goals.add(goal)
    client = world.clients[role]
    creates = {"digital-unit", "project-lead", "unit-head", "foreign-head", "partner-head",
               "member", "lead", "sponsor"}  # fmt: skip
    for name in GENERAL:
        answer = client.get(_address(name, None))
        if role == "anonymous":
            expected = 302
        elif name == "sketch":
            expected = 200 if role in creates else 403
        elif name == "strategy":
            expected = 403 if role == "nobody" else 200
        else:
            expected = 200 if role == "digital-unit" else 403
        assert answer.status_code == expected, (role, name)
        assert "Xyzzy" not in answer.content.decode()


def test_the_strategy_counts_visible_projects_only(world: World) -> None:
    from leitstand.portfolio.models import FieldOfAction, Goal
    from leitstand.portfolio.queries.strategy import overview

    field = FieldOfAction.objects.create(code="HF", name="Handlungsfeld")
    goal = Goal.objects.create(field_of_action=field, code="Z", name="Ziel")
    for name in LEVELS:
        world.projects[name].goals.add(goal)
    for role, highest in SEES.items():
        assert overview(world.actor(role)).projects.get(goal.pk, 0) == highest + 1, role


def test_a_document_is_handed_out_to_those_who_see_the_project(world: World) -> None:
    from leitstand.portfolio.actions.documents import add_document

    for level, name in enumerate(LEVELS):
        project = world.projects[name]
        row = add_document(project.pk, actor=SYSTEM, title="Auftrag", name="auftrag.txt",
                           chunks=[b"Auftrag Xyzzy"])  # fmt: skip
        foreign = world.projects["public"]
        for role in ROLES:
            client = world.clients[role]
            answer = client.get(f"/vorhaben/{project.pk}/dokument/{row.pk}/datei/")
            if role == "anonymous":
                assert answer.status_code == 302
                continue
            assert answer.status_code == (200 if SEES[role] >= level else 404), (role, name)
            if answer.status_code == 200:
                assert answer["Content-Disposition"].startswith("attachment")
                assert answer["X-Content-Type-Options"] == "nosniff"
                assert answer.getvalue() == b"Auftrag Xyzzy"
            if level:
                through = client.get(f"/vorhaben/{foreign.pk}/dokument/{row.pk}/datei/")
                assert through.status_code == 404, (role, name)


@pytest.mark.parametrize("kind", ["milestone", "participation", "document", "risk"])
def test_a_part_cannot_be_reached_through_another_project(world: World, kind: str) -> None:
    from leitstand.portfolio.actions.items import ITEM_KINDS

    strict, public = world.projects["strict"], world.projects["public"]
    item = getattr(strict, ITEM_KINDS[kind].relation).first()
    client = world.clients["digital-unit"]
    for path in ("", "entfernen/"):
        url = f"/vorhaben/{public.pk}/{kind}/{item.pk}/{path}"
        assert client.get(url).status_code == 404
        assert client.post(url, {"version": "1", "title": "x"}).status_code == 404
    assert type(item).objects.filter(pk=item.pk).exists()


def test_unknown_kinds_and_projects_are_not_found(world: World) -> None:
    client = world.clients["digital-unit"]
    project = world.projects["public"]
    for path in (f"{project.pk}/unfug/neu/", f"{project.pk}/teil/unfug/", f"{uuid.uuid4()}/",
                 f"{project.pk}/milestone/{uuid.uuid4()}/"):  # fmt: skip
        assert client.get(f"/vorhaben/{path}").status_code == 404, path


# --- one rule -----------------------------------------------------------------------------


def _oracle_sees(world: World, project: Any, holdings: Any, person: Any) -> bool:
    """Who sees a project, written down from the manual and not from the code.

    ``holdings`` are (role, unit code or None); a role holds in the unit and all below it.
    """
    own = {"admin": 1, "digital-unit": 2, "project-lead": 1, "unit-head": 3, "member": 1,
           "auditor": 1, "councillor": -1, "emergency": -1}  # fmt: skip
    city = {"admin": 1, "digital-unit": 2, "project-lead": 1, "unit-head": 1, "member": 1,
            "auditor": 1, "councillor": 0, "emergency": 1}  # fmt: skip
    below = {"0": {"0", "1", "2", "10", "10.1", "10.2", "11", "20"},
             "1": {"1", "10", "10.1", "10.2", "11"}, "10": {"10", "10.1", "10.2"},
             "2": {"2", "20"}}  # fmt: skip
    level = project.confidentiality
    units = {project.lead_unit.code, *(p.unit.code for p in project.participations.all())}
    for role, code in holdings:
        if city[role] >= level or (code is None and own[role] >= level):
            return True
        if code and own[role] >= level and units & below.get(code, {code}):
            return True
    inside = {"lead", "deputy", "sponsor"}
    mine = {row.role for row in project.people.all() if row.person_id == person.pk}
    return bool(holdings) and bool(mine & inside)


HOLDINGS = st.lists(
    st.tuples(
        st.sampled_from(["admin", "digital-unit", "project-lead", "unit-head", "member", "auditor",
                         "councillor", "emergency"]),
        st.sampled_from([None, "0", "1", "10", "10.1", "2", "20"]),
    ),
    max_size=3,
    unique=True,
)  # fmt: skip


@pytest.fixture
def varied(unit_tree: dict[str, Any], account: Callable[..., Any]) -> Any:
    """Projects of every level in several units, some with participants and people."""
    person = make_person(unit_tree["10"], "Eva", "Eigen")
    projects = []
    roles = [None, "lead", "deputy", "sponsor", "member"]
    for number in range(20):
        level = number % 4
        unit = ["10", "20", "10.1", "2", "0"][number % 5]
        project = make_project(unit_tree[unit], f"Nr. {number}", confidentiality=level)
        if number % 3 == 0:
            partner = ["11", "10.2", "20"][number // 3 % 3]
            if partner != unit:
                make_item("participation", project, unit=unit_tree[partner])
        if (role := roles[number % len(roles)]) and number % 2:
            lead(project, person, role)
        projects.append(project)
    return person, projects, account(person=person)


def test_visible_is_what_can_says_and_what_the_manual_says(
    varied: Any, unit_tree: dict[str, Any], world: World
) -> None:
    from django.db import transaction

    from leitstand.core.accounts.identity import of_account
    from leitstand.core.policy import grants
    from leitstand.core.policy.actions import assign_role
    from leitstand.portfolio import policy

    person, projects, account = varied

    @given(HOLDINGS)
    @settings(max_examples=30, deadline=None,
              suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
    def check(holdings: list[tuple[str, str | None]]) -> None:
        with transaction.atomic():
            for role, code in holdings:
                unit = unit_tree[code] if code else None
                assign_role(account, role, actor=SYSTEM, unit=unit)
            grants.forget()
            actor = of_account(account)
            seen = set(policy.visible(actor).values_list("pk", flat=True))
            changeable = set(policy.changeable(actor).values_list("pk", flat=True))
            for project in projects:
                expected = _oracle_sees(world, project, holdings, person)
                assert (project.pk in seen) == expected, (project.title, holdings)
                assert policy.can(actor, policy.VIEW, project) == expected
                assert policy.can(actor, policy.CHANGE, project) == (project.pk in changeable)
            assert changeable <= seen
            transaction.set_rollback(True)
        grants.forget()

    check()


def test_a_read_token_changes_nothing(world: World) -> None:
    from dataclasses import replace

    from leitstand.core.base.errors import NotAllowed
    from leitstand.portfolio import policy
    from leitstand.portfolio.actions.items import add_item

    for role in ("digital-unit", "lead", "unit-head"):
        actor = replace(world.actor(role), kind="token", scopes=frozenset({"read"}))
        project = world.projects["public"]
        assert policy.can(actor, policy.VIEW, project)
        assert not policy.changeable(actor).exists()
        with pytest.raises(NotAllowed):
            add_item("milestone", project.pk, actor=actor,
                     values={"title": "x", "due": date(2027, 1, 1)})  # fmt: skip


def test_nobody_moves_a_project_out_of_her_own_sight(world: World) -> None:
    from leitstand.core.base.errors import DomainError
    from leitstand.portfolio.actions.projects import change_project

    project = world.projects["internal"]
    actor = world.actor("digital-unit")
    with pytest.raises(DomainError):
        change_project(project.pk, actor=actor, version=1, values={"confidentiality": 3})
    project.refresh_from_db()
    assert (project.confidentiality, project.version) == (1, 1)


def test_a_project_leaves_its_participants_when_they_leave(world: World) -> None:
    from leitstand.portfolio.actions.items import remove_item

    client, strict = world.clients["partner-head"], world.projects["strict"]
    assert client.get(f"/vorhaben/{strict.pk}/").status_code == 200
    remove_item("participation", strict.participations.get().pk, actor=SYSTEM, version=1)
    assert client.get(f"/vorhaben/{strict.pk}/").status_code == 404
