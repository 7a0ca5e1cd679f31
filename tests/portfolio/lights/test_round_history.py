"""A published history becomes closed rounds: mapped lights, the source's scale kept, only once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from leitstand.core.base.errors import NotAllowed
from leitstand.portfolio.actions.rounds.history import import_history
from leitstand.portfolio.adapters import gmpp
from leitstand.portfolio.models import RoundResult, StatusReport, StatusRound
from leitstand.portfolio.queries.facts import facts_of
from tests.portfolio.making import SYSTEM, make_project
from tests.portfolio.views import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "gmpp.csv"
    found.write_text(
        "year,id,name,dept,rag,start,end,wlc\n"
        "2014,,Crossrail,DfT,Amber/Red,2010-01-01,2018-12-01,753\n"
        "2015,,Crossrail (east),DfT,Reset,2019-01-01,2018-12-01,753\n"
        "2015,,Unknown one,DfT,Red,,,1\n",
        encoding="utf-8",
    )
    return found


def test_every_year_is_a_closed_round_once(path: Path, unit_tree: dict[str, Any]) -> None:
    project = make_project(unit_tree["10"], "Crossrail", external_key="crossrail", phase="running")
    found = import_history(gmpp.history(path), actor=SYSTEM, title="GMPP")
    assert (found.rounds, found.same, found.reports, found.unknown) == (2, 0, 2, 1)
    assert set(StatusRound.objects.values_list("title", "state")) == {
        ("GMPP 2014", "closed"), ("GMPP 2015", "closed"),
    }  # fmt: skip
    reports = StatusReport.objects.filter(project=project).order_by("as_of")
    assert list(reports.values_list("light", "summary", "way")) == [
        ("red", "Amber/Red", "import"), ("grey", "Reset", "import"),
    ]  # fmt: skip
    first, second = RoundResult.objects.order_by("round__as_of")
    assert (str(first.start), str(first.end)) == ("2010-01-01", "2018-12-01")
    assert second.start is None
    again = import_history(gmpp.history(path), actor=SYSTEM, title="GMPP")
    assert (again.rounds, again.same, again.reports) == (0, 2, 0)
    facts = facts_of([project.pk], TODAY)[project.pk]
    assert str(facts.last_status) == "2015-03-31"


def test_only_those_who_manage_rounds(path: Path, actor_in: Any) -> None:
    with pytest.raises(NotAllowed):
        import_history(gmpp.history(path), actor=actor_in("unit-head"), title="GMPP")
    assert not StatusRound.objects.exists()
