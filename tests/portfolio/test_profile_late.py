"""The profile says that a project is late and why, on screen and on paper."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from leitstand.core.base import clock
from leitstand.portfolio.actions.baselines import freeze_baseline
from tests.portfolio.making import SYSTEM, make_item, make_project


def _words(client: Any, project: Any) -> str:
    html = client.get(f"/vorhaben/{project.pk}/").content.decode()
    return re.sub(r"(<[^>]+>|\s)+", " ", html)


def test_a_late_project_says_so_and_why(client_of: Any, unit_tree: Any) -> None:
    today = clock.today()
    project = make_project(unit_tree["10"], phase="running", end=today - timedelta(days=3))
    make_item("milestone", project, title="Probebetrieb", due=today - timedelta(days=9))
    text = _words(client_of("unit-head", unit_tree["10"]), project)
    assert text.count("Verspätet, weil: Ende vor 3 Tagen") == 2
    assert "Meilenstein „Probebetrieb“" in text
    assert " verspätet " in text


@pytest.mark.parametrize("phase", ["done", "cancelled"])
def test_a_closed_project_is_not_late(client_of: Any, unit_tree: Any, phase: str) -> None:
    end = clock.today() - timedelta(days=3)
    project = make_project(unit_tree["10"], phase=phase, end=end)
    assert "Verspätet, weil" not in _words(client_of("unit-head", unit_tree["10"]), project)


def test_the_deviation_from_the_baseline_is_named(client_of: Any, unit_tree: Any) -> None:
    end = clock.today() + timedelta(days=90)
    project = make_project(unit_tree["10"], end=end)
    freeze_baseline(project.pk, actor=SYSTEM, reason="Beschluss", name="Stand 1")
    client = client_of("unit-head", unit_tree["10"])
    assert "Abweichung vom Basisplan: keine" in _words(client, project)
    type(project).objects.filter(pk=project.pk).update(end=end + timedelta(days=4))
    assert "Abweichung vom Basisplan: 4 Tage später" in _words(client, project)
