"""The reference page of the API, drawn by the server: no foreign script, no foreign address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

from leitstand.core.ui.components import Action

_METHODS = {
    "get": "info",
    "post": "success",
    "put": "warning",
    "patch": "warning",
    "delete": "danger",
}


@dataclass(frozen=True)
class Field:
    """One value that is sent or answered; ``children`` are the fields of an object or a list."""

    name: str
    kind: str
    required: bool
    title: str
    children: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Operation:
    """One operation as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    parameters: tuple[Field, ...]
    sent: tuple[Field, ...]
    sent_as: str
    answered: tuple[Field, ...]
    statuses: tuple[tuple[str, str], ...]


class ReferencePage(DocsBase):
    """``/api/v1/docs``."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """Draw the page from the same description that programs read."""
        schema = api.get_openapi_schema()
        reader = _Reader(schema)
        url = reverse(f"{api.urls_namespace}:openapi-json")
        values = {
            "title": _("Interface for programs (API)"),
            "groups": reader.groups(),
            "openapi_url": url,
            "actions": [Action(_("OpenAPI description (JSON)"), url, icon="download")],
            "version": "",
        }
        return render(request, "administration/api_docs.html", values)


class _Reader:
    """Turns the description into what the page shows."""

    def __init__(self, schema: Any) -> None:
        self._schema = schema

    def groups(self) -> list[tuple[str, list[Operation]]]:
        """Operations by their first tag, in the order of the description."""
        found: dict[str, list[Operation]] = {}
        for path, methods in self._schema["paths"].items():
            for method, operation in methods.items():
                tag = operation.get("tags", [""])[0]
                found.setdefault(tag, []).append(self._operation(path, method, operation))
        return [(_(tag) if tag else "", rows) for tag, rows in found.items()]

    def _operation(self, path: str, method: str, details: dict[str, Any]) -> Operation:
        body = details.get("requestBody", {}).get("content", {})
        sent_as = next(iter(body), "")
        sent = self._fields(body[sent_as]["schema"]) if sent_as else ()
        return Operation(
            id=details["operationId"],
            method=method.upper(),
            path=path,
            summary=_(details["summary"]),
            parameters=tuple(self._parameter(p) for p in details["parameters"]),
            sent=sent,
            sent_as=sent_as,
            answered=self._answered(details["responses"]),
            statuses=tuple(self._statuses(details["responses"])),
        )

    def _parameter(self, parameter: dict[str, Any]) -> Field:
        place = {"path": _("in the path"), "query": _("in the query"), "header": _("in the header")}
        kind = f"{self._kind(parameter['schema'])}, {place[parameter['in']]}"
        said = parameter.get("description", "")
        title = _(said) if said else ""
        return Field(parameter["name"], kind, parameter.get("required", False), title)

    def _answered(self, responses: dict[Any, Any]) -> tuple[Field, ...]:
        for status, response in responses.items():
            content = response.get("content", {}).get("application/json")
            if str(status).startswith("2") and content:
                return self._fields(content["schema"])
        return ()

    def _statuses(self, responses: dict[Any, Any]) -> list[tuple[str, str]]:
        return [
            (str(status), self._resolved(response).get("description", ""))
            for status, response in responses.items()
        ]

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema behind a reference; of alternatives the one that is not null."""
        if "$ref" in schema:
            found: Any = self._schema
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            return self._resolved(found)
        options = [o for o in schema.get("anyOf", ()) if o.get("type") != "null"]
        return self._resolved(options[0]) if options else schema

    def _fields(self, schema: dict[str, Any], depth: int = 0) -> tuple[Field, ...]:
        whole = self._resolved(schema)
        if whole.get("type") == "array":
            return self._fields(whole["items"], depth)
        required = set(whole.get("required", ()))
        found = []
        for name, details in whole.get("properties", {}).items():
            children = self._fields(details, depth + 1) if depth < 2 else ()
            # Titles that pydantic makes of the name say nothing new.
            title = details.get("title", "")
            said = "" if title.replace(" ", "_").lower() == name else _(title) if title else ""
            found.append(Field(name, self._kind(details), name in required, said, children))
        return tuple(found)

    def _kind(self, schema: dict[str, Any]) -> str:
        """The type in words: what may be sent, and whether null is possible."""
        null = any(option.get("type") == "null" for option in schema.get("anyOf", ()))
        whole = self._resolved(schema)
        kind = str(whole.get("format") or whole.get("type") or "")
        values = whole.get("enum") or ([whole["const"]] if "const" in whole else [])
        if values:
            kind = " | ".join('""' if value == "" else str(value) for value in values)
        elif kind == "array":
            kind = f"[{self._kind(whole['items'])}]"
        kind += self._limits(whole)
        return f"{kind} | null" if null else kind

    @staticmethod
    def _limits(schema: dict[str, Any]) -> str:
        if "maxLength" in schema:
            return f" ≤ {schema['maxLength']}"
        if "minimum" in schema and "maximum" in schema:
            return f" {schema['minimum']}–{schema['maximum']}"
        return f" ≥ {schema['minimum']}" if "minimum" in schema else ""
