"""The forms of units propose what is likely and offer only what is possible."""

from __future__ import annotations

import re
from typing import Any


def test_a_new_unit_hangs_below_the_city_and_its_kind_is_chosen(
    client_of: Any, unit_tree: Any
) -> None:
    html = client_of("admin").get("/verwaltung/einheiten/neu/").content.decode()
    assert re.search(rf'value="{unit_tree["0"].pk}"[^>]*selected', html)
    assert "Bitte wählen" in html


def test_a_unit_is_not_moved_below_itself(client_of: Any, unit_tree: Any) -> None:
    unit, child = unit_tree["10"], unit_tree["10.1"]
    html = client_of("admin").get(f"/verwaltung/einheiten/{unit.pk}/verschieben/").content.decode()
    assert f'value="{unit_tree["1"].pk}"' in html
    assert f'value="{unit.pk}"' not in html
    assert f'value="{child.pk}"' not in html
