"""The forms of the project itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.actor import Actor
from leitstand.core.tables.dates import PartialDate, Period
from leitstand.core.tables.periods import parse_period
from leitstand.core.tables.problems import ValueProblem
from leitstand.portfolio import policy
from leitstand.portfolio.models import Project
from leitstand.portfolio.queries import choices
from leitstand.portfolio.tables import PROJECTS
from leitstand.portfolio.web.fields import ObjectField
from leitstand.portfolio.web.forms import TableForm

FIELDSETS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("What it is about"), ("title", "need", "summary")),
    (_("Who and how far"),
     ("lead_unit", "external_key", "phase", "progress", "size")),
    (_("Strategy"), ("programme", "fields_of_action", "goals")),
    (_("Period and due date"), ("start", "end", "due", "due_kind", "due_basis")),
    (_("Traffic light"), ("light", "source_status", "light_note")),
    (_("Confidentiality and publication"),
     ("confidentiality", "published", "public_text", "public_contact")),
)  # fmt: skip
DATES_HELP = _("For example 31.12.2027, 12/2027, Q2 2027 or 2027.")


class ProjectForm(TableForm):
    """All fields of a project; what needs a right of its own only for those who have it."""

    def __init__(
        self, actor: Actor, row: Project, data: QueryDict | None = None, *, publish: bool
    ) -> None:
        names = [name for _legend, listed in FIELDSETS for name in listed]
        if not publish:
            hidden = {"published", *(policy.PUBLIC_TEXTS if row.published else ())}
            names = [name for name in names if name not in hidden]
        offers = {"lead_unit": choices.units_for_projects(actor, keep=row.lead_unit)}
        super().__init__(PROJECTS.pick(names), Project, data, row=row, offers=offers)
        self.fieldsets = FIELDSETS
        if not policy.may_lower(actor, row):
            self._offer_no_lower_level(row.confidentiality)
        for name in ("start", "end", "due"):
            self.fields[name].help_text = DATES_HELP
        self.widths |= {"due": "half", "external_key": "half", "source_status": "half",
                        "due_basis": "", "fields_of_action": "half", "goals": "half"}  # fmt: skip

    def _offer_no_lower_level(self, level: int) -> None:
        field: Any = self.fields["confidentiality"]
        field.choices = [
            (value, label) for value, label in field.choices if value == "" or int(value) >= level
        ]


class PeriodField(forms.Field):
    """A period in one line: "2. Quartal 2027 bis 2028"."""

    def to_python(self, value: Any) -> Period | None:
        """The period that the text means."""
        if not str(value or "").strip():
            return None
        try:
            return parse_period(value)
        except ValueProblem as problem:
            raise ValidationError(problem.text) from None


class SketchForm(forms.Form):
    """Title, unit, rough period, and if there is time the need."""

    def __init__(self, offer: choices.Offer, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["title"] = forms.CharField(
            label=_("Title"),
            max_length=300,
            widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
        )
        self.fields["lead_unit"] = ObjectField(offer, required=True, label=_("Lead unit"))
        self.fields["period"] = PeriodField(
            label=_("Rough period"),
            help_text=_("For example: 2. Quartal 2027 bis 2028, 03/2027 – 12/2027, ab 2027"),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        self.fields["need"] = forms.CharField(
            label=_("Need"),
            required=False,
            help_text=_("What is to become better, and for whom? This can wait."),
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        self.widths = {"lead_unit": "half", "period": "half"}

    def values(self) -> dict[str, Any]:
        """Model field values of the sketch; the form is valid."""
        cleaned = self.cleaned_data
        period: Period = cleaned["period"]
        return {
            "title": cleaned["title"],
            "lead_unit": cleaned["lead_unit"],
            "need": cleaned["need"],
            **_end_of("start", period.start),
            **_end_of("end", period.end),
        }


def _end_of(name: str, day: PartialDate | None) -> dict[str, Any]:
    if day is None:
        return {}
    return {name: day.first if name == "start" else day.last, f"{name}_precision": day.precision}


class ReasonForm(forms.Form):
    """A reason, for what cannot be undone."""

    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class BaselineForm(forms.Form):
    """Name and reason of a new baseline."""

    name = forms.CharField(
        label=_("Name"), max_length=120, required=False,
        help_text=_("Left empty, the baseline is called by its number."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example: decision of the steering group of 12 March"),
    )  # fmt: skip
