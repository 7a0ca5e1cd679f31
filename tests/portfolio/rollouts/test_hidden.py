"""A hidden rollout is like a missing one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.portfolio.rollouts.conftest import SECRET
from tests.portfolio.rollouts.making import Rolling
from tests.portfolio.rollouts.test_permissions import NAMES, OPEN, addresses, ask
from tests.portfolio.views import body, page


@pytest.mark.parametrize("name", sorted(set(NAMES) - OPEN))
@pytest.mark.parametrize(
    ("role", "unit"),
    [("digital-unit", None), ("admin", None), ("unit-head", "10"), ("member", "20"),
     ("auditor", None), ("councillor", None), ("emergency", None)],
)  # fmt: skip
def test_a_hidden_rollout_is_like_a_missing_one(
    client_of: Any, hidden: Rolling, name: str, role: str, unit: str | None
) -> None:
    client = client_of(role, hidden.units[unit] if unit else None)
    response = ask(client, name, addresses(hidden)[name])
    assert response.status_code == 404
    assert b"Turmfalke" not in body(response)


@pytest.mark.parametrize(
    ("role", "unit"),
    [("digital-unit", None), ("unit-head", "10"), ("member", "20"), ("councillor", None)],
)
def test_a_hidden_rollout_shows_in_no_list(
    client_of: Any, hidden: Rolling, role: str, unit: str | None
) -> None:
    client = client_of(role, hidden.units[unit] if unit else None)
    for url in ("/rollouts/", "/"):
        assert "Turmfalke" not in page(client, url)


def test_the_head_of_a_unit_that_takes_part_sees_the_hidden_rollout(
    client_of: Any, hidden: Rolling
) -> None:
    head = client_of("unit-head", hidden.units["20"])
    assert SECRET in page(head, "/rollouts/")
    assert head.get(addresses(hidden)["rollout_cell"]).status_code == 200
    assert head.get(addresses(hidden)["rollout_settings"]).status_code == 403
