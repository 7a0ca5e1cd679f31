"""Which proxies are believed, and counters that cannot be pushed out."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from leitstand.conf import ConfigError, load
from leitstand.core.base.counters import SharedCache


def _client_seen(peer: str, **env: str) -> str:
    config = load({"LEITSTAND_SECRET_KEY": "x" * 40, **env})
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["client"][0])

    proxied: Any = ProxyHeadersMiddleware(app, list(config.trusted_proxies))
    scope = {"type": "http", "client": (peer, 5), "headers": [(b"x-forwarded-for", b"6.6.6.6")]}
    asyncio.run(proxied(scope, None, None))
    return seen[0]


def test_a_named_network_is_believed_and_no_other() -> None:
    assert _client_seen("127.0.0.1") == "6.6.6.6"
    assert _client_seen("172.18.0.3") == "172.18.0.3"
    named = {"LEITSTAND_TRUSTED_PROXIES": "10.0.0.5, 172.18.0.0/16"}
    assert _client_seen("172.18.0.3", **named) == "6.6.6.6"
    assert _client_seen("10.0.0.5", **named) == "6.6.6.6"
    assert _client_seen("10.0.0.6", **named) == "10.0.0.6"


@pytest.mark.parametrize("value", ["*", "proxy", "10.0.0.1/8"], ids=["all", "name", "host-bits"])
def test_what_is_no_address_ends_the_start(value: str) -> None:
    with pytest.raises(ConfigError, match="LEITSTAND_TRUSTED_PROXIES"):
        load({"LEITSTAND_SECRET_KEY": "x" * 40, "LEITSTAND_TRUSTED_PROXIES": value})


def test_many_names_do_not_push_a_counter_out(db: None) -> None:
    shared = SharedCache("", {})
    shared.set("counter", 5, 300)
    for number in range(1000):
        shared.set(f"invented-{number}", 1, 300)
    assert shared.get("counter") == 5
