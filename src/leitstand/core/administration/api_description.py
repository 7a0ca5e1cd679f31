"""The API's description (OpenAPI 3.1): what all operations have in common is added here."""

from __future__ import annotations

from typing import Any

from leitstand.core.administration.api_types import Problem

INTRODUCTION = """\
Everything that the pages show and do. A request carries an access token
(`Authorization: Bearer …`); a browser that is logged in may read. Lists answer
`{"items", "next", "total"}`; send `next` as `cursor` for the following page. Objects have a
version, given as ETag; a change sends it back in `If-Match` and fails with 412 if somebody else
was faster. Long work answers 202 and a job. Errors are problem documents (RFC 9457).
"""
_REASONS = {
    400: "The body cannot be read.",
    401: "There is no valid access token.",
    403: "The account or the token's scope does not allow this; the title says what is missing.",
    404: "The object does not exist, or the account may not know that it does.",
    409: "Somebody else was faster.",
    412: "Somebody else was faster; `current_version` and `theirs` say what is stored now.",
    413: "The request is too large.",
    415: "The body is not of a type that is taken here.",
    422: "A value breaks a rule; `errors` names the fields.",
    428: "The header If-Match is missing.",
    503: "The store is busy or cannot be reached; try again.",
}
_ALWAYS = (401, 403, 404, 422, 503)
_WITH_BODY = (400, 413, 415)
_WITH_VERSION = (412, 428)


def complete(schema: dict[str, Any]) -> dict[str, Any]:
    """Add the shared errors to every operation, and drop what is only of use inside."""
    components = schema.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
    components["responses"] = {f"E{status}": _response(status) for status in _REASONS}
    for path in schema["paths"].values():
        for operation in path.values():
            _complete_operation(operation)
    return schema


def _response(status: int) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": _REASONS[status], "content": content}


def _complete_operation(operation: dict[str, Any]) -> None:
    # Docstrings speak to the readers of the source.
    operation.pop("description", None)
    names = {parameter["name"] for parameter in operation["parameters"]}
    statuses = [*_ALWAYS]
    statuses += _WITH_BODY if "requestBody" in operation else ()
    statuses += _WITH_VERSION if "If-Match" in names else ()
    statuses += operation.pop("x-errors", ())
    responses = operation["responses"]
    for status in sorted(set(statuses)):
        responses[status] = {"$ref": f"#/components/responses/E{status}"}


def errors(*statuses: int) -> dict[str, Any]:
    """``openapi_extra`` that declares further errors of an operation."""
    return {"x-errors": list(statuses)}
