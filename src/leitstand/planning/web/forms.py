"""Forms of planning."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstand.core.administration.choices import DayField, UnitField
from leitstand.core.ui.widgets import LongSelect
from leitstand.planning.domain.holidays import STATES
from leitstand.planning.models import Restriction
from leitstand.portfolio.facade_planning import skills


class VersionForm(forms.Form):
    """A form that knows which version of the row it was opened with."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    widths: dict[str, str] = {}


class SkillField(forms.TypedChoiceField):
    """One role; gives its id."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Role"))
        super().__init__(choices=self._options, coerce=uuid.UUID, empty_value=None,
                         widget=LongSelect, **kwargs)  # fmt: skip

    @staticmethod
    def _options() -> list[tuple[str, Any]]:
        return [("", _("Please choose")), *((str(one.id), one.name) for one in skills())]


def _percent(label: Any, text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=100, help_text=text)


class PositionForm(VersionForm):
    """A position of the staff plan."""

    number = forms.CharField(label=_("Number of the position"), max_length=40)
    title = forms.CharField(label=_("Post"), max_length=200,
                            help_text=_("What the position is for. No names of people."))  # fmt: skip
    unit = UnitField()
    skill_id = SkillField(help_text=_("Capacity is planned per role, never per person."))
    grade = forms.CharField(label=_("Grade"), max_length=20, required=False,
                            help_text=_("Such as EG 11 or A 12."))  # fmt: skip
    share = forms.DecimalField(
        label=_("Share of full time"), min_value=0, max_value=1, decimal_places=2, initial=1,
        localize=True, help_text=_("1 for full time, 0.5 for half a position."),
    )  # fmt: skip
    start = DayField(label=_("From"), required=False)
    end = DayField(label=_("Until"), required=False)
    fixed_term = forms.BooleanField(label=_("Fixed term"), required=False)
    vacant = forms.BooleanField(label=_("Vacant"), required=False)
    filled_from = DayField(
        label=_("Filled from"), required=False,
        help_text=_("Of a vacant position; without a day it is not counted."),
    )  # fmt: skip
    kw = forms.BooleanField(label=_("Falls away when vacant (kw)"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    widths = dict.fromkeys(
        ("number", "grade", "unit", "skill_id", "share", "start", "end", "filled_from"), "half"
    )


class RoleForm(VersionForm):
    """What holds for a role."""

    skill_id = SkillField()
    background_percent = _percent(
        _("Work besides projects in percent"),
        _("Current operations, advice, meetings: what is not there for projects."),
    )
    mix_percent = _percent(
        _("Part of efforts without roles in percent"),
        _("How much of an effort falls to this role if a project names only its size."),
    )
    grade = forms.CharField(label=_("Grade of new positions"), max_length=20, required=False)


class CostForm(VersionForm):
    """What a full-time position of a grade costs in a year."""

    grade = forms.CharField(label=_("Grade"), max_length=20, help_text=_("Such as EG 11 or A 12."))
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    amount = forms.DecimalField(label=_("Euro per year"), min_value=0, max_digits=10,
                                decimal_places=2, localize=True)  # fmt: skip


class RestrictionForm(VersionForm):
    """A time in which no position is filled."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Restriction.Kind.choices)
    start = DayField(label=_("From"))
    end = DayField(label=_("Until"))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    widths = {"start": "half", "end": "half"}


class BasisForm(VersionForm):
    """What all planning starts from."""

    state = forms.ChoiceField(label=_("Federal state"), choices=STATES,
                              help_text=_("Decides which public holidays count."))  # fmt: skip
    absence_percent = _percent(
        _("Absence in percent"), _("Leave, illness, training: part of the working days.")
    )
    filling_months = forms.IntegerField(
        label=_("Months until a post is filled"), min_value=0, max_value=36,
        help_text=_("From the decision to the first working day."),
    )  # fmt: skip
    years = forms.IntegerField(label=_("Years to plan"), min_value=1, max_value=10)
    assumed_size = forms.ChoiceField(
        label=_("Assumed size"), required=False,
        choices=[("", _("none")), *((size, size) for size in ("S", "M", "L", "XL"))],
        help_text=_("For projects with neither efforts nor a size. Without it they are not planned."),
    )  # fmt: skip


FORMS: dict[str, type[VersionForm]] = {
    "position": PositionForm, "role": RoleForm, "cost": CostForm, "restriction": RestrictionForm,
}  # fmt: skip
