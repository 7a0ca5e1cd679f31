"""Receives a request's body in full before the application gets it.

The application runs in few threads. A thread must never wait for a client: a handful of slow
uploads, which need no log-in, would stop everybody's work. Here a slow client holds a coroutine
and, for a large body, a temporary file; both are bounded.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import MutableMapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response

Scope = MutableMapping[str, Any]
_IN_MEMORY = 64 * 1024
_CHUNK = 64 * 1024
_LARGE_AT_ONCE = 8


class _Gone(Exception):
    """The client has gone away; there is nobody to answer."""


class _Stopped(Exception):
    """The body is not taken; holds the answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class BodyFirst:
    """ASGI middleware: receives the body, with limits, then calls the application.

    413 above ``limit`` bytes, also for bodies without a stated length; 408 after ``idle``
    seconds without progress or ``total`` seconds in all; 503 if the bodies that are under way
    at the same time need more room on the disk than eight of the largest.
    """

    def __init__(
        self, app: Any, limit: int, *, folder: str | None = None, idle: float = 30.0,
        total: float = 600.0,
    ) -> None:  # fmt: skip
        self.app, self.limit, self.folder = app, limit, folder
        self.idle, self.total = idle, total
        self._on_disk = 0

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one request."""
        length = _stated_length(scope) if scope["type"] == "http" else 0
        if length == 0:
            await self.app(scope, receive, send)
            return
        if length is not None and length > self.limit:
            await _too_large(self.limit)(scope, receive, send)
            return
        with tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=self.folder) as body:
            held = _Held(self, body)
            try:
                await self._take_in(held, receive)
                await self.app(_with_length(scope, held.size), _Replay(held, receive), send)
            except _Stopped as stopped:
                await stopped.response(scope, receive, send)
            except _Gone:
                pass
            finally:
                held.release()

    async def _take_in(self, held: _Held, receive: Any) -> None:
        """Write the body into the file."""
        clock = asyncio.get_running_loop().time
        end = clock() + self.total
        while True:
            try:
                message = await asyncio.wait_for(receive(), min(self.idle, end - clock()))
            except TimeoutError:
                raise _Stopped(_too_slow()) from None
            if message["type"] == "http.disconnect":
                raise _Gone
            await held.add(message.get("body", b""))
            if not message.get("more_body", False):
                break
        if held.in_memory:
            held.body.seek(0)
        else:
            await run_in_threadpool(held.body.seek, 0)

    def reserve(self, count: int) -> None:
        """Note ``count`` bytes more on the disk; raises if there is no room for them."""
        if self._on_disk + count > _LARGE_AT_ONCE * self.limit:
            raise _Stopped(_too_busy())
        self._on_disk += count

    def free(self, count: int) -> None:
        """Note that ``count`` bytes have left the disk."""
        self._on_disk -= count


class _Held:
    """One body on its way in; what lies on the disk counts against everybody's room."""

    def __init__(self, owner: BodyFirst, body: Any) -> None:
        self.owner, self.body = owner, body
        self.size = self._reserved = 0

    @property
    def in_memory(self) -> bool:
        """Whether no file is behind it, so that nothing has to wait for a disk."""
        return self.size <= _IN_MEMORY

    async def add(self, data: bytes) -> None:
        """Append a piece."""
        if self.size + len(data) > self.owner.limit:
            raise _Stopped(_too_large(self.owner.limit))
        self.size += len(data)
        if self.size <= _IN_MEMORY:
            self.body.write(data)
            return
        self.owner.reserve(self.size - self._reserved)
        self._reserved = self.size
        try:
            await run_in_threadpool(self.body.write, data)
        except OSError:  # no room on the disk
            raise _Stopped(_too_busy()) from None

    def release(self) -> None:
        """Give the room back."""
        self.owner.free(self._reserved)


class _Replay:
    """The application's ``receive``: the stored body, then whatever the client still says."""

    def __init__(self, held: _Held, receive: Any) -> None:
        self._held, self._receive = held, receive
        self._done = False

    async def __call__(self) -> MutableMapping[str, Any]:
        """Return the next message."""
        if self._done:
            message: MutableMapping[str, Any] = await self._receive()
            return message
        if self._held.in_memory:
            data = self._held.body.read(_CHUNK)
        else:
            data = await run_in_threadpool(self._held.body.read, _CHUNK)
        self._done = len(data) < _CHUNK
        return {"type": "http.request", "body": data, "more_body": not self._done}


def _stated_length(scope: Scope) -> int | None:
    """Return the length of the body, 0 if there is none, ``None`` if it is not stated."""
    length: int | None = 0
    for name, value in scope["headers"]:
        if name == b"transfer-encoding":
            return None
        if name == b"content-length":
            length = int(value) if value.isdigit() else None
    return length


def _with_length(scope: Scope, size: int) -> Scope:
    """Return the scope with the true length, which WSGI needs to read anything at all."""
    kept = [
        pair
        for pair in scope["headers"]
        if pair[0] not in {b"content-length", b"transfer-encoding"}
    ]
    return {**scope, "headers": [*kept, (b"content-length", str(size).encode())]}


def _answer(status: int, text: str, **headers: str) -> Response:
    return PlainTextResponse(text, status, {"Connection": "close", **headers})


def _too_large(limit: int) -> Response:
    return _answer(
        413,
        f"Die Anfrage ist größer als {limit >> 20} MB und wurde nicht angenommen. "
        "Bitte teilen Sie die Datei oder entfernen Sie Bilder.\n"
        f"The request is larger than {limit >> 20} MB and was not accepted.\n",
    )


def _too_slow() -> Response:
    return _answer(
        408,
        "Die Übertragung kam nicht voran und wurde abgebrochen. Es wurde nichts gespeichert. "
        "Bitte versuchen Sie es noch einmal.\n"
        "The transfer made no progress and was ended. Nothing was stored.\n",
    )


def _too_busy() -> Response:
    return _answer(
        503,
        "Gerade werden zu viele große Dateien übertragen. Es wurde nichts gespeichert. "
        "Bitte versuchen Sie es in einer Minute noch einmal.\n"
        "Too many large files are on their way. Nothing was stored. Try again in a minute.\n",
        **{"Retry-After": "60"},
    )
