"""Forms made from ``tables.py``, and the merging of two people's versions.

A form that changes something carries, beside every field, what the field held when the form was
opened (``initial-<name>``). So it is known what its reader has changed, whoever saved meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext as _

from leitstand.core.base.errors import Invalid
from leitstand.core.tables.columns import Column, ColumnType
from leitstand.core.ui.components import DiffField
from leitstand.portfolio.queries import choices
from leitstand.portfolio.web import fields

_T = ColumnType
BASIS, VERSION, PICK = "basis", "version", "wahl-"
NARROW = frozenset(
    {_T.INTEGER, _T.DECIMAL, _T.MONEY, _T.PERCENT, _T.DATE, _T.CHOICE, _T.UNIT, _T.PERSON,
     _T.REFERENCE, _T.BOOLEAN}
)  # fmt: skip
OFFERS = {
    "programme": choices.programmes,
    "skill": choices.skills,
    "field_of_action": choices.fields_of_action,
    "fields_of_action": choices.fields_of_action,
    "goals": choices.goals,
    "goal": choices.goals,
}


class TableForm(forms.Form):
    """A form over columns of one table for one model.

    ``row`` is the object that is changed (``None`` while creating), ``offers`` replaces the
    choices of single columns.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        model: type[models.Model],
        data: QueryDict | None = None,
        files: Any = None,
        *,
        row: models.Model | None = None,
        initial: Mapping[str, Any] | None = None,
        offers: Mapping[str, choices.Offer] | None = None,
    ) -> None:
        start = {column.name: fields.initial_of(column, row) for column in columns} if row else {}
        super().__init__(data, files, initial={**start, **(initial or {})})
        self.columns, self.model, self.row = tuple(columns), model, row
        for column in columns:
            self.fields[column.name] = self._field(column, offers or {})
        self.widths = {column.name: "half" for column in columns if column.type in NARROW}
        self.fieldsets: Sequence[tuple[Any, Sequence[str]]] = ()

    def _field(self, column: Column, offers: Mapping[str, choices.Offer]) -> forms.Field:
        options: dict[str, Any] = {"label": _label(column), "help_text": column.help}
        if column.type in (_T.UNIT, _T.REFERENCE):
            keep = self.initial.get(column.name)
            offer = offers.get(column.name) or (
                choices.units(keep) if column.type is _T.UNIT else OFFERS[column.name]()
            )
            return fields.ObjectField(offer, required=column.required, **options)
        if column.type is _T.REFERENCES:
            return fields.ObjectsField(OFFERS[column.name](), **options)
        if column.type is _T.PERSON:
            keep = self.initial.get(column.name)
            return fields.PersonField(keep, required=column.required, **options)
        if column.type is _T.BOOLEAN:
            return forms.BooleanField(required=False, **options)
        if column.type is _T.CHOICE:
            return self._choice(column, options)
        return fields.ColumnField(column, **options)

    def _choice(self, column: Column, options: dict[str, Any]) -> forms.Field:
        field: Any = self.model._meta.get_field(column.name)
        listed = [(value, str(label)) for value, label in column.choice_list()]
        if field.has_default() and not field.blank:
            self.initial.setdefault(column.name, str(field.get_default()))
        else:
            listed.insert(0, ("", _("Please choose") if column.required else _("not set")))
        return forms.ChoiceField(choices=listed, required=column.required, **options)

    # --- values ---------------------------------------------------------------------------

    def values(self, names: Iterable[str] | None = None) -> dict[str, Any]:
        """Model field values of all or of the named columns; the form is valid."""
        chosen = set(self.fields if names is None else names)
        found: dict[str, Any] = {}
        for column in self.columns:
            if column.name in chosen:
                value = self.cleaned_data[column.name]
                found |= fields.model_values(column, self.model, value)
        return found

    def take(self, error: Invalid) -> None:
        """Show an action's refusal at its fields."""
        for place, texts in error.errors.items():
            name = place.removesuffix("_precision")
            self.add_error(name if name in self.fields else None, ValidationError(texts))

    # --- two versions ---------------------------------------------------------------------

    @property
    def version(self) -> int:
        """The version on which the form is based; 0 if the form carries none."""
        text = self.data.get(VERSION, "") if self.is_bound else getattr(self.row, "version", 0)
        return int(text) if str(text).isdigit() and len(str(text)) < 10 else 0

    def base_inputs(self) -> list[tuple[str, str]]:
        """Names and values of the hidden inputs that say what the form is based on."""
        pairs = [(BASIS, "1"), (VERSION, str(self.version))]
        for name in self.fields:
            pairs += [(f"initial-{name}", text) for text in self._base(name)]
        return pairs

    def changed_names(self) -> list[str]:
        """The fields that the form's reader has changed."""
        return [name for name in self.fields if self._posted(name) != self._base(name)]

    def shown(self, name: str) -> list[str]:
        """What the row's present value looks like in the form's field."""
        field = self.fields[name]
        value = field.prepare_value(self.get_initial_for_field(field, name))
        if isinstance(field, forms.BooleanField):
            return ["on"] if value else []
        if isinstance(value, list):
            return sorted(str(part) for part in value)
        return _lines([str(value)]) if value not in (None, "") else []

    def _posted(self, name: str) -> list[str]:
        data: Any = self.data
        found = _lines(data.getlist(name)) if self.is_bound else []
        return sorted(found) if isinstance(self.fields[name], forms.MultipleChoiceField) else found

    def _base(self, name: str) -> list[str]:
        if self.is_bound and BASIS in self.data:
            data: Any = self.data
            found = _lines(data.getlist(f"initial-{name}"))
            multiple = isinstance(self.fields[name], forms.MultipleChoiceField)
            return sorted(found) if multiple else found
        return self.shown(name)

    def differences(self, fresh: TableForm) -> list[DiffField]:
        """Fields in which this form and the row's present state (``fresh``) differ.

        What the reader has not touched is proposed as saved; everything else as hers.
        """
        touched = set(self.changed_names())
        found = []
        for name in self.fields:
            mine, theirs, base = self._posted(name), fresh.shown(name), self._base(name)
            if mine == theirs:
                continue
            found.append(
                DiffField(
                    name=PICK + name,
                    label=str(self.fields[name].label),
                    mine=self._in_words(name, mine),
                    theirs=fresh._in_words(name, theirs),
                    base=self._in_words(name, base) if base not in (mine, theirs) else None,
                    choice="mine" if name in touched else "theirs",
                )
            )
        return found

    def kept(self, fresh: TableForm) -> list[tuple[str, str]]:
        """Hidden inputs of the conflict page: the reader's values on the newest base."""
        pairs = [(BASIS, "1")]
        for name in self.fields:
            pairs += [(name, text) for text in self._posted(name)]
            pairs += [(f"initial-{name}", text) for text in fresh.shown(name)]
        return pairs

    def _in_words(self, name: str, raw: Sequence[str]) -> str:
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return _("yes") if raw else _("no")
        if isinstance(field, forms.ChoiceField):
            options: Iterable[Any] = field.choices  # type: ignore[assignment]
            labels = {str(value): str(label).strip() for value, label in options}
            return ", ".join(labels.get(part, part) for part in raw)
        return "\n".join(raw)


def merged(data: QueryDict) -> QueryDict:
    """Posted values with the choices of a conflict page applied (``wahl-<name>=theirs``)."""
    names = [key.removeprefix(PICK) for key in data if key.startswith(PICK)]
    if not names:
        return data
    result = data.copy()
    for name in names:
        if result.pop(PICK + name)[-1:] == ["theirs"]:
            result.setlist(name, result.getlist(f"initial-{name}"))
    return result


def _lines(texts: Iterable[str]) -> list[str]:
    """Texts without surrounding blanks and with one kind of line break; empty ones left out."""
    return [text for raw in texts if (text := raw.replace("\r\n", "\n").strip())]


def _label(column: Column) -> str:
    """The label; a unit that the value itself does not show stands behind it."""
    shows_unit = column.type in (_T.MONEY, _T.PERCENT)
    return (
        f"{column.label} ({column.unit})" if column.unit and not shows_unit else str(column.label)
    )
