"""A rollout's level: who sees it, and what happens when it changes."""

from __future__ import annotations

from typing import Any

from leitstand.portfolio.models import Wave
from tests.portfolio.rollouts.conftest import SECRET
from tests.portfolio.rollouts.making import Rolling, build, make_rollout
from tests.portfolio.views import page


def test_a_part_of_another_rollout_is_not_found(
    client_of: Any, rolling: Rolling, hidden: Rolling
) -> None:
    staff = client_of("digital-unit")
    wave = Wave.objects.get(title=SECRET)
    member = hidden.member("20")
    for more in (
        f"wave/{wave.pk}/", f"einheiten/{member.pk}/", f"einheiten/{member.pk}/bearbeiten/",
        f"einheiten/{rolling.member('10').pk}/{hidden.cell('20').pk}/", "unsinn/neu/",
    ):  # fmt: skip
        assert staff.get(rolling.url(more)).status_code == 404, more


def test_a_councillor_sees_public_rollouts_alone(
    client_of: Any, unit_tree: Any, fixed_today: None
) -> None:
    internal = build(unit_tree)
    public = make_rollout(unit_tree["10"], "Für alle", confidentiality=0)
    councillor = client_of("councillor")
    text = page(councillor, "/rollouts/")
    assert "Für alle" in text
    assert internal.rollout.title not in text
    assert councillor.get(f"/rollouts/{public.pk}/").status_code == 200
    assert councillor.get(internal.url()).status_code == 404
