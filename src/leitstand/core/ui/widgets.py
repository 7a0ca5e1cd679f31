"""Form widgets that Django has not."""

from __future__ import annotations

from django import forms


class DateInput(forms.DateInput):
    """A day, with the browser's calendar; the value goes as YYYY-MM-DD both ways."""

    input_type = "date"

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")
