"""Form widgets that Django has not."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.safestring import SafeString


class DateInput(forms.DateInput):
    """A day, with the browser's calendar; the value goes as YYYY-MM-DD both ways."""

    input_type = "date"

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class LongSelect(forms.Select):
    """A select drawn without a template per option: units and people run into hundreds.

    ``entries`` are (value, label) pairs that go into the page as they are, unlike ``choices``,
    which Django copies and normalises at every use; no groups.
    """

    def __init__(
        self, attrs: dict[str, Any] | None = None, entries: Sequence[tuple[str, Any]] = ()
    ) -> None:
        super().__init__(attrs)
        self.entries = entries

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The whole element."""
        return _select(self, name, [value], attrs)


class LongSelectMultiple(forms.SelectMultiple):
    """The same for several values."""

    def __init__(
        self, attrs: dict[str, Any] | None = None, entries: Sequence[tuple[str, Any]] = ()
    ) -> None:
        super().__init__(attrs)
        self.entries = entries

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The whole element."""
        return _select(self, name, value or (), {**(attrs or {}), "multiple": True})


def _select(widget: Any, name: str, values: Sequence[Any], attrs: Any) -> SafeString:
    chosen = {"" if value is None else str(value) for value in values}
    options = "".join(
        [
            f'<option value="{escape(str(key))}"{" selected" if str(key) in chosen else ""}>'
            f"{escape(str(label))}</option>"
            for key, label in widget.entries or widget.choices
        ]
    )
    own = flatatt({**widget.attrs, **(attrs or {}), "name": name})
    return SafeString(f"<select{own}>{options}</select>")
