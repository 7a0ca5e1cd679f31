"""Rules as data: who may change them, what is refused, two people, the trail, the preview."""

from __future__ import annotations

from typing import Any

import pytest

from leitstand.core.audit.models import AuditEvent
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid, NotAllowed, NotFound
from leitstand.portfolio.actions.status_rules import reset_rule, save_rule
from leitstand.portfolio.domain.lights import DEFAULTS, Dimension, Rule
from leitstand.portfolio.models import StatusRule
from leitstand.portfolio.queries.lights import current_rules, preview
from tests.portfolio.making import SYSTEM
from tests.portfolio.views import TODAY, World

pytestmark = pytest.mark.django_db
END: dict[str, Any] = {"dimension": "schedule", "active": True, "yellow": 5, "red": 50}


def test_a_changed_rule_holds_and_is_in_the_trail() -> None:
    save_rule("end_passed", actor=SYSTEM, version=0, **END)
    held = {rule.kind: rule for rule in current_rules()}
    assert held["end_passed"] == Rule("end_passed", Dimension.SCHEDULE, 5, 50)
    assert len(held) == len(DEFAULTS)
    event = AuditEvent.objects.get(type="portfolio.status_rule.changed")
    assert event.changes == {"yellow": [1, 5], "red": [30, 50]}
    reset_rule("end_passed", actor=SYSTEM)
    assert current_rules() == DEFAULTS
    assert AuditEvent.objects.filter(type="portfolio.status_rule.changed").count() == 2


def test_nothing_changed_writes_nothing() -> None:
    save_rule("end_passed", actor=SYSTEM, **{**END, "yellow": 1, "red": 30})
    assert not StatusRule.objects.exists()
    assert not AuditEvent.objects.filter(type="portfolio.status_rule.changed").exists()


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("end_passed", {"red": 4}, "red"),
        ("funding_deadline", {"yellow": 10, "red": 11}, "red"),
        ("end_passed", {"yellow": 4000, "red": None}, "yellow"),
        ("no_lead", {"yellow": 2, "red": None}, "yellow"),
        ("end_passed", {"dimension": "weather"}, "dimension"),
    ],
)
def test_refused_with_the_field(kind: str, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        save_rule(kind, actor=SYSTEM, **{**END, **values})
    assert list(refused.value.errors) == [field]
    assert not StatusRule.objects.exists()


def test_two_people_change_one_rule() -> None:
    save_rule("end_passed", actor=SYSTEM, version=0, **END)
    with pytest.raises(Conflict) as refused:
        save_rule("end_passed", actor=SYSTEM, version=0, **{**END, "yellow": 9})
    assert refused.value.theirs["yellow"] == 5


def test_an_unknown_kind_is_not_found() -> None:
    with pytest.raises(NotFound):
        save_rule("weather", actor=SYSTEM, **END)


@pytest.mark.parametrize("role", ["admin", "unit-head", "project-lead", "member", "auditor"])
def test_others_may_not(actor_in: Any, role: str) -> None:
    with pytest.raises(NotAllowed):
        save_rule("end_passed", actor=actor_in(role), **END)


def test_a_role_in_one_unit_is_not_enough(actor_in: Any, unit_tree: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed):
        save_rule("end_passed", actor=actor_in("digital-unit", unit_tree["10"]), **END)


def test_the_preview_names_what_would_change_and_hides_what_is_hidden(
    world: World, actor_in: Any
) -> None:
    save_rule("time_used", actor=SYSTEM, **{**END, "active": False})
    rule = Rule("end_passed", Dimension.SCHEDULE, 100, None)
    seen = preview(actor_in("digital-unit"), rule, TODAY)
    assert [(c.number, c.dimension, c.before, c.after) for c in seen.changes] == [
        (world.open.number, Dimension.SCHEDULE, "yellow", "green")
    ]
    assert "01.11.2026" not in seen.changes[0].reasons
    assert seen.total == 5
    both = preview(Actor.system("test"), rule, TODAY)
    assert both.total == 10
    assert not StatusRule.objects.filter(kind="end_passed").exists()
