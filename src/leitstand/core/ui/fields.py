"""How one form field is shown: kind of widget, ids, texts, attributes.

A form may carry two optional attributes:

* `fieldsets`: sequence of (legend, [field names]); fields not named come last.
* `widths`: mapping of field name to "half" or "third"; all others take the whole row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Option:
    """One radio button or check box of a group."""

    id: str
    value: str
    label: str
    checked: bool


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field ready for `ui/field.html`."""

    kind: str
    id: str
    name: str
    label: str
    help: str
    errors: Sequence[str]
    required: bool
    width: str
    widget: SafeString
    options: Sequence[Option]
    described_by: str
    disabled: bool
    accept: str


def _kind(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxSelectMultiple):  # before its base class RadioSelect
        return "checks"
    if isinstance(widget, forms.RadioSelect):
        return "radios"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.SelectMultiple):
        return "multiselect"
    if isinstance(widget, forms.Select):
        return "select"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "text"


_CLASSES = {
    "checkbox": "kern-form-check__checkbox",
    "select": "kern-form-input__select",
    "multiselect": "kern-form-input__input ls-multiselect",
    "file": "kern-form-input__input",
    "text": "kern-form-input__input",
}


def _attributes(kind: str, bound: BoundField, described_by: str) -> dict[str, Any]:
    classes = _CLASSES.get(kind, "")
    if bound.errors and classes:
        classes += f" {classes.split()[0]}--error"
    own = bound.field.widget.attrs.get("class")
    attributes: dict[str, Any] = {"class": f"{classes} {own}" if own else classes}
    if described_by:
        attributes["aria-describedby"] = described_by
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return attributes


def _options(bound: BoundField) -> list[Option]:
    return [
        Option(
            id=part.data["attrs"].get("id", f"{bound.auto_id}_{number}"),
            value="" if part.data["value"] is None else str(part.data["value"]),
            label=str(part.data["label"]),
            checked=bool(part.data["selected"]),
        )
        for number, part in enumerate(bound.subwidgets)
    ]


def describe(bound: BoundField) -> FieldView:
    """The view of one bound field; renders its widget once."""
    widget = bound.field.widget
    kind = _kind(widget)
    identifier = bound.id_for_label or bound.auto_id or bound.html_name
    if kind in ("radios", "checks"):
        identifier = str(bound.auto_id or bound.html_name)
    parts = [f"{identifier}-help"] if bound.help_text else []
    parts += [f"{identifier}-error"] if bound.errors else []
    described_by = " ".join(parts)
    grouped = kind in ("radios", "checks")
    return FieldView(
        kind=kind,
        id=identifier,
        name=bound.html_name,
        label=str(bound.label),
        help=str(bound.help_text),
        errors=[str(error) for error in bound.errors],
        required=bound.field.required,
        width=getattr(bound.form, "widths", {}).get(bound.name, ""),
        widget=SafeString("")
        if grouped
        else bound.as_widget(attrs=_attributes(kind, bound, described_by)),
        options=_options(bound) if grouped else (),
        described_by=described_by,
        disabled=bound.field.disabled,
        accept=str(widget.attrs.get("accept", "")),
    )


@dataclass(frozen=True, slots=True)
class FieldsetView:
    """Fields under a legend; an empty legend means no frame."""

    legend: str
    fields: Sequence[FieldView]


def fieldsets(form: forms.BaseForm) -> Iterator[FieldsetView]:
    """The visible fields of a form, grouped as its `fieldsets` attribute says."""
    left = {bound.name: bound for bound in form.visible_fields()}
    for legend, names in getattr(form, "fieldsets", ()):
        chosen = [describe(left.pop(name)) for name in names if name in left]
        if chosen:
            yield FieldsetView(str(legend), chosen)
    if left:
        yield FieldsetView("", [describe(bound) for bound in left.values()])


def problems(form: forms.BaseForm) -> list[tuple[str, str, str]]:
    """Every error of a form as (target id or "", label or "", text), general ones first."""
    found = [("", "", str(error)) for error in form.non_field_errors()]
    for bound in form.hidden_fields():
        found += [("", str(bound.label), str(error)) for error in bound.errors]
    for bound in form.visible_fields():
        target = _first_input(bound)
        found += [(target, str(bound.label), str(error)) for error in bound.errors]
    return found


def _first_input(bound: BoundField) -> str:
    if isinstance(bound.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return f"{bound.auto_id}_0"
    return str(bound.id_for_label or bound.auto_id)
