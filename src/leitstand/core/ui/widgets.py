"""Form widgets that Django has not."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import escape
from django.utils.safestring import SafeString


class DateInput(forms.DateInput):
    """A day, with the browser's calendar; the value goes as YYYY-MM-DD both ways."""

    input_type = "date"

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class LongSelect(forms.Select):
    """A select drawn without a template per option: units and people run into hundreds."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The whole element; no groups of options."""
        chosen = {"" if part is None else str(part) for part in self._parts(value)}
        options = "".join(
            f'<option value="{escape(key)}"{" selected" if str(key) in chosen else ""}>'
            f"{escape(label)}</option>"
            for key, label in self.choices
        )
        own = flatatt({**self.attrs, **(attrs or {}), "name": name})
        return SafeString(f"<select{own}>{options}</select>")

    def _parts(self, value: Any) -> list[Any]:
        return list(value) if isinstance(value, (list, tuple)) else [value]


class LongSelectMultiple(forms.SelectMultiple):
    """The same for several values."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The whole element."""
        own = {**self.attrs, **(attrs or {}), "multiple": True}
        return LongSelect(choices=self.choices).render(name, value or [], own)
