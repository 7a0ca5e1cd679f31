"""SensorThings API 1.1 at ``/sta/v1.1``: reading, creating, changing, deleting."""

from __future__ import annotations

from typing import Any

import orjson
import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from leitstand.core.base.errors import DomainError
from leitstand.sensing.actions import entities, sending
from leitstand.sensing.domain import bodies, options, paths
from leitstand.sensing.domain.conformance import MET
from leitstand.sensing.domain.paths import ResourcePath
from leitstand.sensing.domain.problems import RequestError
from leitstand.sensing.domain.schema import KINDS
from leitstand.sensing.policy import Caller
from leitstand.sensing.queries import reading
from leitstand.sensing.queries.columns import BACK, RELATIONS
from leitstand.sensing.queries.limits import limited, ran_out
from leitstand.sensing.queries.reading import Place
from leitstand.sensing.queries.writing_out import self_link
from leitstand.sensing.web.callers import caller_of

PREFIX = "/sta/v1.1"
RETRY = {"Retry-After": "5"}
log = structlog.get_logger("leitstand.sensing")


@csrf_exempt
def service(request: HttpRequest, path: str = "") -> HttpResponse:
    """Answer one request; every error is JSON with code, type and message."""
    try:
        handle = _METHODS.get(request.method or "")
        if handle is None:
            return _error(405, "this method is not offered", Allow=", ".join(_METHODS))
        return handle(request, caller_of(request), path)
    except RequestError as problem:
        headers = {"WWW-Authenticate": "Bearer"} if problem.status == 401 else {}
        return _error(problem.status, str(problem), **headers)
    except DomainError as error:
        return _refused(request, error)
    except (OperationalError, InterfaceError) as error:
        if ran_out(error):
            return _error(400, "the request takes too long; narrow it down")
        log.exception("the store does not answer")
        return _error(503, "The store is busy. Send this again in a few seconds.", **RETRY)


def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    if error.status == 403 and "Authorization" not in request.headers:
        return _error(401, error.text, **{"WWW-Authenticate": "Bearer"})
    return _error(error.status, error.text, **(RETRY if error.status == 503 else {}))


def _error(status: int, text: str, **headers: str) -> HttpResponse:
    response = _json({"code": status, "type": "error", "message": text}, status)
    for name, value in headers.items():
        response[name] = value
    return response


def _json(data: Any, status: int = 200) -> HttpResponse:
    response = HttpResponse(orjson.dumps(data), status=status, content_type="application/json")
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _base(request: HttpRequest) -> str:
    return request.build_absolute_uri(PREFIX)


def _place(request: HttpRequest, path: str) -> Place:
    base = _base(request)
    return Place(base, f"{base}/{path.strip('/')}", request.META.get("QUERY_STRING", ""))


def _get(request: HttpRequest, caller: Caller, path: str) -> HttpResponse:
    found = paths.parse(path)
    if not found.steps:
        return _json(reading.root(_base(request), list(MET)))
    place = _place(request, path)
    asked = options.parse(place.query, found.kind)
    with limited():
        answer = reading.answer(caller, found, asked, place)
    if answer is None and found.prop:
        return HttpResponse(status=204)
    if found.value and isinstance(answer, str | int | float):
        return HttpResponse(_plain(answer), content_type="text/plain; charset=utf-8")
    return _json(answer)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _body(request: HttpRequest) -> Any:
    try:
        return orjson.loads(request.body)
    except orjson.JSONDecodeError as problem:
        raise RequestError(f"is no JSON ({problem})", where="body") from None


def _post(request: HttpRequest, caller: Caller, path: str) -> HttpResponse:
    if path.strip("/") == "CreateObservations":
        return _create_observations(request, caller)
    found = paths.parse(path)
    if not found.steps or not found.is_set or found.ref:
        raise RequestError("entities are created in a set", where=path or "/", status=405)
    body = _body(request)
    if len(found.steps) > 1 and isinstance(body, dict):
        body = {**body, **_parent_link(caller, found)}
    kind = found.kind
    key = entities.create(caller, bodies.draft(kind, body))
    link = self_link(_base(request), kind, key)
    response = HttpResponse(status=201)
    response["Location"] = link
    return response


def _parent_link(caller: Caller, path: ResourcePath) -> dict[str, Any]:
    """``POST Datastreams(1)/Observations`` names the Datastream by its path."""
    before = path.steps[-2]
    parent = reading.one(caller, ResourcePath(path.steps[:-1]))
    for relation in path.kind.relations.values():
        if BACK[path.kind.name, relation.name] == RELATIONS[before.kind.name, path.steps[-1].name]:
            link = {"@iot.id": parent.pk}
            return {relation.name: [link] if relation.many else link}
    raise RequestError("entities cannot be created here", where=path.steps[-1].name)


def _create_observations(request: HttpRequest, caller: Caller) -> HttpResponse:
    sent = sending.send_blocks(caller, bodies.blocks(_body(request)))
    kind, base = KINDS["Observation"], _base(request)
    lines = [
        f"error: {one.problem}" if one.id is None else self_link(base, kind, one.id) for one in sent
    ]
    return _json(lines, 201)


def _patch(request: HttpRequest, caller: Caller, path: str) -> HttpResponse:
    return _change(request, caller, path, partial=True)


def _put(request: HttpRequest, caller: Caller, path: str) -> HttpResponse:
    return _change(request, caller, path, partial=False)


def _change(request: HttpRequest, caller: Caller, path: str, *, partial: bool) -> HttpResponse:
    found = _single(path)
    row = reading.one(caller, found)
    draft = bodies.draft(found.kind, _body(request), partial=True)
    if not partial:
        bodies.complete(draft)
    entities.change(caller, row, draft)
    return HttpResponse(status=200)


def _single(path: str) -> ResourcePath:
    found = paths.parse(path)
    if not found.steps or found.is_set or found.prop or found.ref:
        raise RequestError("one entity is needed", where=path or "/", status=405)
    return found


def _delete(request: HttpRequest, caller: Caller, path: str) -> HttpResponse:
    found = _single(path)
    entities.remove(caller, reading.one(caller, found))
    return HttpResponse(status=200)


_METHODS = {
    "GET": _get, "HEAD": _get, "POST": _post, "PATCH": _patch, "PUT": _put, "DELETE": _delete,
}  # fmt: skip
