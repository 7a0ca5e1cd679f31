"""Versions of objects in HTTP: ``ETag`` when reading, ``If-Match`` when changing."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from leitstand.core.administration.api_errors import PreconditionRequired
from leitstand.core.base.errors import Invalid

_TAG = re.compile(r'\s*(?:W/)?"(\d{1,9})"\s*')
IF_MATCH: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": "If-Match",
            "required": True,
            "description": gettext_noop("the version that was read, as the ETag gave it"),
            "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
        }
    ]
}
"""``openapi_extra`` of operations that call :func:`expected`."""


def tag(response: HttpResponse, version: int) -> None:
    """Give the response the object's version as its ETag."""
    response["ETag"] = f'"{version}"'


def expected(request: HttpRequest) -> int:
    """Return the version in ``If-Match``; 428 without the header, 422 if it holds no version."""
    text = request.headers.get("If-Match")
    if text is None:
        raise PreconditionRequired
    found = _TAG.fullmatch(text)
    if not found:
        raise Invalid(_('The header holds no version. An example: "3"'), field="If-Match")
    return int(found[1])
