"""Bodies of requests: received in full before a thread works, within limits."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from a2wsgi import WSGIMiddleware

from leitstand.core.base.receiving import BodyFirst


def _scope(**headers: str) -> dict[str, Any]:
    pairs = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    return {
        "type": "http", "http_version": "1.1", "method": "POST", "path": "/", "query_string": b"",
        "headers": pairs, "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 5), "scheme": "http",
    }  # fmt: skip


class Client:
    """Sends prepared pieces of a body, then waits for ever; keeps what is answered."""

    def __init__(self, *pieces: bytes, ends: bool = True) -> None:
        self.pieces, self.ends = list(pieces), ends
        self.sent: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        if not self.pieces:
            await asyncio.Event().wait()
        body = self.pieces.pop(0)
        return {
            "type": "http.request",
            "body": body,
            "more_body": bool(self.pieces or not self.ends),
        }

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)


def _echo(environ: Any, start_response: Any) -> list[bytes]:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    start_response("200 OK", [])
    return [environ["wsgi.input"].read(length) if length else b"empty"]


def _app(**values: Any) -> BodyFirst:
    return BodyFirst(WSGIMiddleware(_echo, workers=1), values.pop("limit", 1 << 20), **values)


def _ask(app: BodyFirst, client: Client, **headers: str) -> Client:
    asyncio.run(asyncio.wait_for(app(_scope(**headers), client.receive, client.send), 10))
    return client


@pytest.mark.parametrize("size", [1, 65_536, 65_537, 131_072, 300_000])
@pytest.mark.parametrize("headers", ["length", "chunked"])
def test_a_body_arrives_whole(size: int, headers: str) -> None:
    body = bytes(i % 251 for i in range(size))
    stated = (
        {"content_length": str(size)} if headers == "length" else {"transfer_encoding": "chunked"}
    )
    pieces = [body[i : i + 10_000] for i in range(0, size, 10_000)]
    assert _ask(_app(), Client(*pieces), **stated).body == body


def test_slow_clients_leave_the_threads_to_others() -> None:
    async def play() -> tuple[Client, list[Client]]:
        app = _app(idle=1.0)
        slow = [Client(b"half", ends=False) for _ in range(20)]
        stated = _scope(content_length="100")
        tasks = [asyncio.create_task(app(stated, c.receive, c.send)) for c in slow]
        await asyncio.sleep(0.05)
        quick = Client(b"")
        await asyncio.wait_for(app(_scope(), quick.receive, quick.send), 0.5)
        await asyncio.wait_for(asyncio.gather(*tasks), 5)
        return quick, slow

    quick, slow = asyncio.run(play())
    assert quick.body == b"empty"
    assert {client.status for client in slow} == {408}


def test_a_trickle_ends_too() -> None:
    class Trickle(Client):
        async def receive(self) -> dict[str, Any]:
            await asyncio.sleep(0.05)
            return {"type": "http.request", "body": b"x", "more_body": True}

    assert _ask(_app(idle=1.0, total=0.3), Trickle(), transfer_encoding="chunked").status == 408


def test_too_large_is_refused_with_and_without_a_stated_length() -> None:
    assert _ask(_app(limit=1000), Client(), content_length="1001").status == 413
    pieces = [b"x" * 400] * 3
    assert _ask(_app(limit=1000), Client(*pieces), transfer_encoding="chunked").status == 413


def test_the_disk_is_shared_and_given_back() -> None:
    async def play() -> tuple[list[Client], Client]:
        app = _app(limit=100_000, idle=0.5)
        slow = [Client(b"x" * 99_000, ends=False) for _ in range(9)]
        stated = _scope(content_length="100000")
        await asyncio.gather(*(app(stated, c.receive, c.send) for c in slow))
        late = Client(b"x" * 99_000)
        await app(_scope(content_length="99000"), late.receive, late.send)
        return slow, late

    slow, late = asyncio.run(play())
    assert sorted(client.status for client in slow) == [408] * 8 + [503]
    assert late.status == 200


def test_who_goes_away_gets_no_answer() -> None:
    class Gone(Client):
        async def receive(self) -> dict[str, Any]:
            return {"type": "http.disconnect"}

    assert _ask(_app(), Gone(), content_length="5").sent == []
