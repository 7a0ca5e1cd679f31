"""What becomes of projects when their unit is dissolved or merged."""

from __future__ import annotations

from typing import Any

import pytest

from tests.portfolio.making import SYSTEM, make_item, make_project


def test_a_unit_with_open_projects_cannot_be_dissolved(unit_tree: dict[str, Any]) -> None:
    from leitstand.core.base.errors import Invalid
    from leitstand.core.org.actions import dissolve_unit
    from leitstand.portfolio.actions.projects import change_project

    project = make_project(unit_tree["11"], "Geheimes Xyzzy", confidentiality=3)
    with pytest.raises(Invalid) as caught:
        dissolve_unit(unit_tree["11"], actor=SYSTEM)
    assert "Xyzzy" not in str(caught.value.errors)
    change_project(project.pk, actor=SYSTEM, version=1, values={"phase": "done"})
    assert dissolve_unit(unit_tree["11"], actor=SYSTEM).active_to is not None


def test_a_merged_unit_hands_its_projects_and_participations_on(
    unit_tree: dict[str, Any],
) -> None:
    from leitstand.core.audit.models import AuditEvent
    from leitstand.core.org.actions import merge_units

    old, new = unit_tree["11"], unit_tree["20"]
    led = make_project(old, "Geführt")
    shared = make_project(unit_tree["10"], "Beteiligt")
    both = make_project(new, "Führt schon")
    twice = make_project(unit_tree["10"], "Beide beteiligt")
    make_item("participation", shared, unit=old)
    make_item("participation", both, unit=old)
    make_item("participation", twice, unit=old)
    make_item("participation", twice, unit=new)
    count = AuditEvent.objects.count()
    merge_units(old, actor=SYSTEM, into=new, reason="Neugliederung")
    led.refresh_from_db()
    assert (led.lead_unit, led.version) == (new, 2)
    assert [p.unit for p in shared.participations.all()] == [new]
    assert not both.participations.exists()
    assert [p.unit for p in twice.participations.all()] == [new]
    noted = AuditEvent.objects.order_by("pk")[count:]
    assert {event.object_id for event in noted} >= {led.pk, shared.pk, both.pk, twice.pk}
