"""Sending values as native ASGI: a request waits for its commit without holding a thread.

Everything else of the interface is answered by Django's views; so is what is not the plain case
here, such as values with an inline FeatureOfInterest.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
import structlog
from django.db import DatabaseError, connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from leitstand.core.base.errors import DomainError
from leitstand.sensing.actions import entities, features, gathering, sending
from leitstand.sensing.actions.writing import Reading
from leitstand.sensing.domain import bodies
from leitstand.sensing.domain.problems import RequestError
from leitstand.sensing.domain.schema import KINDS
from leitstand.sensing.queries.writing_out import self_link
from leitstand.sensing.web.callers import of_text, token_in
from leitstand.sensing.web.service import PREFIX

log = structlog.get_logger("leitstand.sensing")
_KEPT_S, _MOST_KEPT = 5.0, 20_000
_known: dict[tuple[str, int], tuple[float, int]] = {}
"""(token, Datastream) → until when it counts, and the feature that values get."""
_OBSERVATION = KINDS["Observation"]
Handler = Callable[[Request], Awaitable[Response]]


@asynccontextmanager
async def gathered(_application: Any) -> AsyncIterator[None]:
    """Gather values while the application runs."""
    gathering.start()
    try:
        yield
    finally:
        await run_in_threadpool(gathering.stop)


def forget() -> None:
    """Drop what is known of tokens."""
    _known.clear()


def _answer(status: int, body: bytes = b"", **headers: str) -> Response:
    return Response(body, status, headers, media_type="application/json" if body else None)


def _error(status: int, text: str) -> Response:
    body = orjson.dumps({"code": status, "type": "error", "message": text})
    more = {"Retry-After": "5"} if status == 503 else {}
    if status == 401:
        more["WWW-Authenticate"] = "Bearer"
    return _answer(status, body, **more)


def _guarded(handler: Handler) -> Handler:
    """Errors as JSON, like the views'; with the time it took."""

    async def answer(request: Request) -> Response:
        begun = time.perf_counter()
        try:
            response = await handler(request)
        except RequestError as problem:
            response = _error(problem.status, str(problem))
        except DomainError as error:
            response = _error(error.status, error.text)
        except DatabaseError:
            log.exception("values could not be taken")
            response = _error(503, "The store is busy. Nothing was stored. Send this again.")
        response.headers["Server-Timing"] = f"app;dur={(time.perf_counter() - begun) * 1000:.1f}"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return answer


def _base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}{PREFIX}"


def _token(request: Request) -> str:
    text = token_in(request.headers.get("authorization", ""))
    if not text:
        raise RequestError("a valid access token is needed", status=401)
    return text


async def _in_thread(work: Callable[[], Any]) -> Any:
    """Run database work in a thread and give its connection back."""

    def run() -> Any:
        try:
            return work()
        finally:
            connection.close()

    return await run_in_threadpool(run)


async def _feature(token: str, stream: int) -> int:
    """The feature of the station's values, if the token may send to this Datastream."""
    moment = time.monotonic()
    known = _known.get((token, stream))
    if known is not None and known[0] > moment:
        return known[1]

    def look() -> int:
        row = sending.streams(of_text(token), [stream])[stream]
        return features.feature_of(row.thing_id)

    found = int(await _in_thread(look))
    if len(_known) > _MOST_KEPT:
        _known.clear()
    _known[token, stream] = (moment + _KEPT_S, found)
    return found


def _load(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as problem:
        raise RequestError(f"is no JSON ({problem})", where="body") from None


@_guarded
async def observations(request: Request) -> Response:
    """``POST Observations`` and ``POST Datastreams(1)/Observations``."""
    token = _token(request)
    body = _load(await request.body())
    if isinstance(body, dict) and "stream" in request.path_params:
        body["Datastream"] = {"@iot.id": request.path_params["stream"]}
    value, draft = bodies.observation(body)
    stream = draft.one.get("Datastream")
    if isinstance(stream, int) and "FeatureOfInterest" not in draft.one:
        feature = await _feature(token, stream)
        start = sending.now() if value.start is None else value.start
        written = await gathering.gather([Reading(stream, feature, start, value)])
        key = written[0].id
    else:
        key = await _in_thread(lambda: entities.create(of_text(token), draft))
    return _answer(201, Location=self_link(_base(request), _OBSERVATION, key))


@_guarded
async def create_observations(request: Request) -> Response:
    """``POST CreateObservations``: data arrays; large ones are read in a thread."""
    token, data, base = _token(request), await request.body(), _base(request)

    def work() -> bytes:
        sent = sending.send_blocks(of_text(token), bodies.blocks(_load(data)))
        return orjson.dumps(
            [
                f"error: {one.problem}" if one.id is None else self_link(base, _OBSERVATION, one.id)
                for one in sent
            ]
        )

    return _answer(201, await _in_thread(work))


routes: list[BaseRoute] = [
    Route(f"{PREFIX}/Observations", observations, methods=["POST"]),
    Route(f"{PREFIX}/Datastreams({{stream:int}})/Observations", observations, methods=["POST"]),
    Route(f"{PREFIX}/CreateObservations", create_observations, methods=["POST"]),
]
