"""Form fields made from columns: what people type is read by the column's own parser."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from leitstand.core.org.models import Person
from leitstand.core.tables import values
from leitstand.core.tables.columns import Column, ColumnType
from leitstand.core.tables.dates import PartialDate, Precision
from leitstand.core.tables.problems import ValueProblem
from leitstand.portfolio.queries.choices import Offer, People

_T = ColumnType
TEXTS = frozenset({_T.TEXT, _T.LONGTEXT})


class ColumnField(forms.Field):
    """Text, numbers and dates as people write them: "1.234,56", "31.12.2027", "Q2 2027"."""

    def __init__(self, column: Column, **options: Any) -> None:
        self.column = column
        super().__init__(widget=_widget(column), required=column.required, **options)

    def to_python(self, value: Any) -> Any:
        """The value that the text means; ``None`` for nothing."""
        try:
            return values.parse(self.column, value)
        except ValueProblem as problem:
            raise ValidationError(problem.text, code=problem.code) from None

    def prepare_value(self, value: Any) -> Any:
        """The text that an input shows for a value."""
        return value if isinstance(value, str) else values.show(self.column, value)


def _widget(column: Column) -> forms.Widget:
    if column.type is _T.LONGTEXT:
        return forms.Textarea(attrs={"rows": 4})
    attributes: dict[str, Any] = {"autocomplete": "off"}
    if column.type.is_number:
        attributes["inputmode"] = "decimal"
    if column.type is _T.TEXT and column.max_length:
        attributes["maxlength"] = column.max_length
    return forms.TextInput(attrs=attributes)


class ObjectField(forms.ChoiceField):
    """A select whose values are ids and whose cleaned value is the object."""

    def __init__(self, offer: Offer, *, required: bool, **options: Any) -> None:
        self.load = offer.load
        empty = [("", _("Please choose") if required else _("none"))]
        super().__init__(choices=[*empty, *offer.options], required=required, **options)

    def clean(self, value: Any) -> Any:
        """The chosen object or ``None``."""
        chosen = super().clean(value)
        found = self.load([chosen]) if chosen else []
        if chosen and not found:
            raise ValidationError(_("This choice no longer exists. Please choose again."))
        return found[0] if found else None

    def prepare_value(self, value: Any) -> Any:
        """The id of an object."""
        return str(value.pk) if hasattr(value, "pk") else value


class ObjectsField(forms.MultipleChoiceField):
    """Check boxes whose cleaned value is a list of objects."""

    def __init__(self, offer: Offer, **options: Any) -> None:
        self.load = offer.load
        widget = forms.CheckboxSelectMultiple()
        super().__init__(choices=offer.options, required=False, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        """The chosen objects."""
        return self.load(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        """The ids of objects."""
        return [str(getattr(part, "pk", part)) for part in value or ()]


class Proposals(forms.TextInput):
    """A text input with proposals (``<datalist>``), for long lists that a select makes tedious."""

    def __init__(self, proposals: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(attrs={"autocomplete": "off"})
        self.proposals = proposals

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The input and its list."""
        list_id = f"{(attrs or {}).get('id', name)}-list"
        field = super().render(name, value, {**(attrs or {}), "list": list_id}, renderer)
        options = format_html_join("", '<option value="{}">{}</option>', self.proposals)
        return format_html('{}<datalist id="{}">{}</datalist>', field, list_id, options)


class PersonField(forms.Field):
    """A person by name or e-mail address."""

    def __init__(self, keep: Person | None = None, **options: Any) -> None:
        self.people = People(keep)
        super().__init__(widget=Proposals(self.people.proposals), **options)

    def to_python(self, value: Any) -> Person | None:
        """The person of this name; refuses names that nobody or several people bear."""
        text = str(value or "").strip()
        if not text:
            return None
        person = self.people.find(text)
        if person is None:
            raise ValidationError(
                _("Nobody or more than one person goes by “%(name)s”. Choose from the proposals.")
                % {"name": text}
            )
        return person

    def prepare_value(self, value: Any) -> Any:
        """The person's name."""
        return self.people.name_of(value) if isinstance(value, Person) else value


def initial_of(column: Column, row: models.Model) -> Any:
    """The value of a row as its form field takes it; dates carry their precision."""
    value = getattr(row, column.name)
    if column.type is _T.REFERENCES:
        return list(value.all())
    if column.type is _T.DATE and value:
        return PartialDate(value, precision_of(row, column))
    if column.type is _T.CHOICE:
        return str(value)
    return value


def precision_of(row: models.Model, column: Column) -> Precision:
    """The precision stored beside a date, else the day."""
    return Precision(getattr(row, f"{column.name}_precision", Precision.DAY))


def model_values(column: Column, model: type[models.Model], cleaned: Any) -> dict[str, Any]:
    """The model fields that a cleaned form value fills.

    A span ("Q2 2027") becomes its first day for a start and its last day for every other date.
    """
    name = column.name
    if column.type is _T.REFERENCES:
        return {name: cleaned}
    field: Any = model._meta.get_field(name)
    if column.type is _T.DATE:
        return _dates(name, model, cleaned)
    if cleaned in (None, "") and not field.null:
        return {name: "" if field.empty_strings_allowed and field.blank else field.get_default()}
    if isinstance(field, models.IntegerField) and cleaned is not None:
        return {name: int(Decimal(str(cleaned)).to_integral_value(ROUND_HALF_UP))}
    return {name: cleaned}


def _dates(name: str, model: type[models.Model], span: PartialDate | None) -> dict[str, Any]:
    found: dict[str, Any] = {name: (span.first if name == "start" else span.last) if span else None}
    if any(field.name == f"{name}_precision" for field in model._meta.get_fields()):
        found[f"{name}_precision"] = str(span.precision) if span else "day"
    return found
