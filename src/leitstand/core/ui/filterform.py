"""Forms of filters, drawn from a `ListSpec`: one field per filter, two for a range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeAlias

from django import forms
from django.utils.translation import gettext as _

from leitstand.core.tables.filters import NONE, YES_OR_NO, Filter, Kind
from leitstand.core.tables.problems import fill
from leitstand.core.tables.query import Query
from leitstand.core.ui.components import Link
from leitstand.core.ui.datatable import text_of
from leitstand.core.ui.widgets import DateInput, LongSelect, LongSelectMultiple

Options: TypeAlias = Sequence[tuple[str, Any]]


def filter_form(
    query: Query, names: Sequence[str], options: Mapping[str, Options], *, prefix: str
) -> forms.Form:
    """A form of these filters with what the query asks for; "q" is the search.

    ``options`` are the choices (id as text, label) of objects and units by filter name;
    ``prefix`` keeps the ids of several forms on one page apart. An unknown name raises.
    """
    form = forms.Form(auto_id=f"{prefix}-%s")
    for name in names:
        if name == "q":
            form.fields["q"] = forms.CharField(label=_("Search term"), initial=query.search)
            continue
        found = query.spec.filters[name]
        value = query.filters.get(name)
        form.fields.update(_fields(found, value, options.get(name, ())))
    for field in form.fields.values():
        field.required = False
    return form


def _fields(f: Filter, value: Any, options: Options) -> dict[str, forms.Field]:
    if f.kind.is_range:
        return _range(f, value or (None, None))
    if f.kind is Kind.CHOICE:
        boxes = forms.CheckboxSelectMultiple()
        initial = list(value or ())
        return {
            f.name: forms.MultipleChoiceField(
                label=f.label, choices=f.choice_list(), widget=boxes, initial=initial
            )
        }
    if f.kind in (Kind.OBJECT, Kind.UNIT):
        return {f.name: _objects(f, value or (), options)}
    if f.kind is Kind.TEXT:
        return {f.name: forms.CharField(label=f.label, initial=value)}
    choices = YES_OR_NO if f.kind is Kind.YES_NO else YES_OR_NO[:1]
    chosen = "" if value is None else "yes" if value else "no"
    return {
        f.name: forms.ChoiceField(
            label=f.label, choices=(("", _("all")), *choices), widget=LongSelect, initial=chosen
        )
    }


def _range(f: Filter, value: Sequence[Any]) -> dict[str, forms.Field]:
    days = f.kind is Kind.DAYS
    texts = (_("{column} from"), _("{column} to"))
    made: dict[str, forms.Field] = {}
    for name, text, end in zip(f.parameters(), texts, value, strict=True):
        label = fill(text, column=f.label)
        if days:
            made[name] = forms.DateField(label=label, widget=DateInput, initial=end)
        else:
            made[name] = forms.DecimalField(label=label, localize=False, initial=end)
    return made


def _objects(f: Filter, value: Sequence[Any], options: Options) -> forms.Field:
    """One of the objects; several only where the query string already names several."""
    chosen = [NONE if part is None else str(part) for part in value]
    choices = [("", _("all")), *options, (NONE, _("not given"))]
    if len(chosen) > 1:
        several = LongSelectMultiple(attrs={"size": 5}, entries=choices[1:])
        return forms.Field(label=f.label, widget=several, initial=chosen)
    one = LongSelect(entries=choices)
    return forms.Field(label=f.label, widget=one, initial=chosen[0] if chosen else "")


def active_filters(
    query: Query, options: Mapping[str, Options], path: str, more: Mapping[str, str] | None = None
) -> list[Link]:
    """What the list is narrowed by, in words; each link takes one filter off."""
    links = []
    if query.search:
        rest = replace(query, search="", page=1)
        links.append(Link(f"{_('Search term')}: {query.search}", rest.url(path, more)))
    for name, value in query.filters.items():
        f = query.spec.filters[name]
        words = in_words(f, value, options.get(name, ()))
        label = f"{f.label}: {words}" if words else str(f.label)
        links.append(Link(label, query.having(**{name: None}).url(path, more)))
    return links


def in_words(f: Filter, value: Any, options: Options) -> str:
    """A filter's value as people read it; "" for a flag, whose label says it all."""
    if f.kind is Kind.FLAG:
        return ""
    if f.kind.is_range:
        return _range_in_words(value)
    if f.kind is Kind.YES_NO:
        return _("yes") if value else _("no")
    if f.kind is Kind.TEXT:
        return str(value)
    names = dict(f.choice_list() if f.kind is Kind.CHOICE else options)
    return ", ".join(
        _("not given")
        if part in (None, "")
        else str(names.get(str(part), _("another"))).strip("\u2003 ")
        for part in value
    )


def _range_in_words(value: tuple[date | Any, date | Any]) -> str:
    first, last = (text_of(end) for end in value)
    if first and last:
        return first if first == last else f"{first} – {last}"
    if first:
        return str(fill(_("from {first}"), first=first))
    return str(fill(_("to {last}"), last=last))
