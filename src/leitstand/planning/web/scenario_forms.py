"""Forms of scenarios."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstand.core.administration.choices import DayField
from leitstand.core.base.models import Level
from leitstand.core.ui.widgets import LongSelect
from leitstand.planning.models import Scenario, ScenarioChange
from leitstand.planning.web.forms import VersionForm
from leitstand.portfolio.facade_planning import plan_facts


class ScenarioForm(VersionForm):
    """What is planned."""

    title = forms.CharField(label=_("Title"), max_length=200)
    description = forms.CharField(label=_("Description"), required=False, max_length=20_000,
                                  widget=forms.Textarea(attrs={"rows": 3}))  # fmt: skip
    confidentiality = forms.TypedChoiceField(
        label=_("Projects up to"), coerce=int, initial=Level.INTERNAL,
        help_text=_("Who reads the scenario needs this level for the whole city."),
    )  # fmt: skip
    ideas = forms.BooleanField(label=_("With ideas"), required=False)
    paused = forms.BooleanField(label=_("With paused projects"), required=False)
    seconds = forms.IntegerField(
        label=_("Seconds to compute"), min_value=1, max_value=120, initial=10,
        help_text=_("More time finds better plans; there is a plan at once."),
    )  # fmt: skip
    shared = forms.BooleanField(label=_("Share with all who see the planning"), required=False)

    def __init__(self, level: int, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        field: Any = self.fields["confidentiality"]
        field.choices = [(one.value, one.label) for one in Level if one <= level]


class ChangeForm(forms.Form):
    """A "what if" for one project."""

    project = forms.ChoiceField(label=_("Project"), widget=LongSelect)
    kind = forms.ChoiceField(label=_("What is changed"), choices=ScenarioChange.Kind.choices)
    day = DayField(label=_("Day"), required=False,
                   help_text=_("For: begin not before, pause until, finish by."))  # fmt: skip
    number = forms.IntegerField(label=_("Priority"), required=False, min_value=1, max_value=20,
                                help_text=_("From 1 to 20; lateness weighs so many times."))  # fmt: skip
    widths = {"day": "half", "number": "half"}

    def __init__(self, row: Scenario, data: Any = None, start: str = "") -> None:
        super().__init__(data, initial={"project": start})
        facts = plan_facts(row.confidentiality)
        field: Any = self.fields["project"]
        offered = [(one.number, f"{one.number} {one.title}") for one in facts.projects]
        field.choices = [("", _("Please choose")), *offered]


class AdoptForm(forms.Form):
    """Why a plan is adopted."""

    reason = forms.CharField(label=_("Reason"), max_length=300,
                             help_text=_("For example the decision that it follows."))  # fmt: skip
