"""Counters cannot be made to grow from outside."""

from __future__ import annotations

from typing import Any

from django.test import Client


def test_invented_methods_share_one_row(db: Any) -> None:
    from leitstand.core.base import metrics

    client = Client()
    for number in range(5):
        client.generic(f"ERFUNDEN{number}", "/healthz")
    text = metrics.render({})
    assert "ERFUNDEN" not in text
    assert 'method="OTHER"' in text
