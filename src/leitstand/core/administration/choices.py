"""Choices of units, people, roles for the forms here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstand.core.org.models import OrgUnit, Person
from leitstand.core.org.queries import tree
from leitstand.core.policy import registry
from leitstand.core.ui.widgets import DateInput, LongSelect

INDENT = "\u2003"


def unit_choices() -> list[tuple[str, str]]:
    """Return all living units in tree order, indented by their depth."""
    return [(str(node.id), f"{INDENT * node.depth}{node.name} ({node.code})") for node in tree()]


class UnitField(forms.TypedChoiceField):
    """One living unit, chosen from the tree; gives the unit or ``None``."""

    widget = LongSelect

    def __init__(self, *, empty: Any = "", **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Unit"))
        self._empty = empty
        self._left_out: frozenset[str] = frozenset()
        super().__init__(choices=self._options, coerce=self._unit, empty_value=None, **kwargs)

    def _options(self) -> list[tuple[str, Any]]:
        offered = [pair for pair in unit_choices() if pair[0] not in self._left_out]
        return [("", self._empty), *offered]

    def leave_out(self, ids: Iterable[Any]) -> None:
        """Do not offer these units."""
        self._left_out = frozenset(map(str, ids))
        self.choices = self._options

    @staticmethod
    def _unit(value: str) -> OrgUnit:
        unit = OrgUnit.objects.filter(pk=value).first()
        if unit is None:
            raise ValueError
        return unit


class PersonField(forms.TypedChoiceField):
    """One active person; gives the person or ``None``."""

    widget = LongSelect

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Person"))
        super().__init__(choices=self._options, coerce=self._person, empty_value=None, **kwargs)

    @staticmethod
    def _options() -> list[tuple[str, Any]]:
        people = Person.objects.filter(active=True).values_list(
            "pk", "family_name", "given_name", "unit__short_name", "unit__name"
        )
        listed = [
            (str(pk), f"{family}, {given} ({short or unit})")
            for pk, family, given, short, unit in people
        ]
        return [("", ""), *listed]

    @staticmethod
    def _person(value: str) -> Person:
        person = Person.objects.filter(pk=value).first()
        if person is None:
            raise ValueError
        return person


def role_choices() -> list[tuple[str, Any]]:
    """Return all roles as (code, label)."""
    return [(role.code, role.label) for role in registry.roles]


class DayField(forms.DateField):
    """A day with the browser's calendar; also takes 20.11.2026."""

    widget = DateInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d", "%d.%m.%Y"], **kwargs)
