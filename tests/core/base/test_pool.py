"""Settings of the connection to PostgreSQL."""

from __future__ import annotations

import dataclasses
from typing import Any

from leitstand import settings as product


def test_a_connection_is_checked_before_a_request_uses_it(monkeypatch: Any) -> None:
    config = dataclasses.replace(product.CONFIG, database_url="postgresql://a:b@127.0.0.1:1/c")
    monkeypatch.setattr(product, "CONFIG", config)
    assert product._postgres()["CONN_HEALTH_CHECKS"] is True
