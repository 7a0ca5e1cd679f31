"""Two people change what one report asks for: both versions, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict

from leitstand.core.base.errors import Conflict
from leitstand.core.ui import problems
from leitstand.core.ui.components import DiffField

_BETWEEN = "\n"


def resolved(data: QueryDict, names: Sequence[str]) -> QueryDict:
    """Posted values in which the fields of several choices (``names``) may come as one text."""
    found = data.copy()
    for name in names:
        parts = [part for text in data.getlist(name) for part in text.split(_BETWEEN)]
        found.setlist(name, [part.strip() for part in parts if part.strip()])
    return found


def page(
    request: HttpRequest, problem: Conflict, form: forms.Form, fresh: forms.Form, **details: Any
) -> HttpResponse | None:
    """The page with both versions; None if what was sent is what is stored now.

    ``form`` is what was sent, ``fresh`` an unsent form over the report as it is now.
    """
    fields = [one for bound in form if (one := _difference(bound, fresh[bound.name]))]
    if not fields:
        return None
    return problems.conflict(request, problem, fields=fields, **details)


def _difference(bound: forms.BoundField, fresh: forms.BoundField) -> DiffField | None:
    mine, theirs = _values(bound), _values(fresh)
    if bound.is_hidden or mine == theirs:
        return None
    words = {str(value): str(label).strip() for value, label in getattr(bound.field, "choices", ())}
    shown = [", ".join(words.get(one, one) for one in side) for side in (mine, theirs)]
    return DiffField(
        bound.name, bound.label, shown[0] or "–", shown[1] or "–",
        mine_value=_BETWEEN.join(mine), theirs_value=_BETWEEN.join(theirs),
    )  # fmt: skip


def _values(bound: forms.BoundField) -> list[str]:
    """The values as the form would post them."""
    value = bound.value()
    if isinstance(bound.field, forms.BooleanField):
        return ["on"] if value else []
    if isinstance(bound.field, forms.MultipleChoiceField):
        chosen = {str(one) for one in value or ()}
        offered: Any = bound.field.choices
        return [str(code) for code, _label in offered if str(code) in chosen]
    shown = bound.field.widget.format_value(value) if value not in (None, "") else ""
    if isinstance(shown, list | tuple):
        shown = shown[0] if shown else ""
    return [str(shown).replace("\r\n", "\n")] if shown else []
