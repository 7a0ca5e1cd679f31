"""Forms of reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from leitstand.core.base import clock
from leitstand.core.base.errors import Invalid
from leitstand.core.base.models import Level
from leitstand.core.base.report_sections import ordered
from leitstand.core.org.models import OrgUnit
from leitstand.core.org.queries import tree
from leitstand.core.ui.widgets import DateInput
from leitstand.reporting.domain.covers import COVERS, LONGEST
from leitstand.reporting.models import Report

INDENT = "\N{EM SPACE}"
PLAIN = ("title", "day", "since", "long", "selection", "sections", "confidentiality", "cover",
         "reference")  # fmt: skip


def unit_choices() -> list[tuple[str, str]]:
    """The living units as a tree."""
    return [(str(node.id), INDENT * node.depth + node.name) for node in tree()]


class ReportForm(forms.Form):
    """What a report asks for."""

    widths: Mapping[str, str] = {
        "day": "half", "since": "half", "unit": "half", "confidentiality": "half",
        "cover": "half", "reference": "half",
    }  # fmt: skip

    def __init__(self, data: Any = None, *, row: Report | None = None, **initial: Any) -> None:
        super().__init__(data, initial=self._start(row) | initial)
        self.fields["title"] = forms.CharField(label=_("Title"), max_length=300)
        self.fields["day"] = forms.DateField(
            label=_("Figures as of"), widget=DateInput(),
            help_text=_("All figures are those of the end of this day."),
        )  # fmt: skip
        self.fields["since"] = forms.DateField(
            label=_("Day of the last report"), required=False, widget=DateInput(),
            help_text=_("Changes and results are told from this day on."),
        )  # fmt: skip
        self.fields["unit"] = forms.ChoiceField(
            label=_("Responsible unit"), choices=[("", _("Please choose")), *unit_choices()]
        )
        self.fields["confidentiality"] = forms.TypedChoiceField(
            label=_("Confidentiality"), choices=Level.choices, coerce=int,
            help_text=_("The report holds only what is at most this confidential, and above "
                        "“internal” only what the responsible unit leads."),
        )  # fmt: skip
        self.fields["long"] = forms.BooleanField(
            label=_("Long form: everything instead of four pages"), required=False
        )
        self.fields["selection"] = forms.CharField(
            label=_("Projects"), required=False, max_length=2000,
            help_text=_("Empty: all. Or filter the list of projects and paste its address here."),
        )  # fmt: skip
        self._sections()
        self._cover(row)
        self.fieldsets = (
            (_("Progress report"), ["title", "day", "since", "unit", "confidentiality"]),
            (_("Contents"), ["selection", "long", "sections"]),
            (_("Cover sheet"), ["cover", "reference", *self.covers]),
        )

    def _sections(self) -> None:
        every = [(one.code, str(one.label)) for one in ordered()]
        self.fields["sections"] = forms.MultipleChoiceField(
            label=_("Sections"), choices=every, widget=forms.CheckboxSelectMultiple
        )
        if not self.initial.get("sections"):
            self.initial["sections"] = [code for code, _label in every]

    def _cover(self, row: Report | None) -> None:
        self.fields["cover"] = forms.ChoiceField(
            label=_("Cover sheet"), choices=[(cover.code, cover.label) for cover in COVERS.values()]
        )
        self.fields["reference"] = forms.CharField(
            label=_("Number of the paper in the council system"), max_length=80, required=False
        )
        names = [n for n in dict.fromkeys(n for c in COVERS.values() for n in c.fields)
                 if n != "Vorlage Nr."]  # fmt: skip
        self.covers: dict[str, str] = {}
        for number, name in enumerate(names):
            key = f"cover_{number}"
            self.covers[key] = name
            known = row.cover_fields.get(name, "") if row else ""
            self.fields[key] = forms.CharField(
                label=name, required=False, max_length=LONGEST, initial=known,
                widget=forms.Textarea(attrs={"rows": 2}) if number > 6 else forms.TextInput(),
            )  # fmt: skip

    @staticmethod
    def _start(row: Report | None) -> dict[str, Any]:
        if row is None:
            return {"day": clock.today(), "confidentiality": int(Level.PUBLIC)}
        return {**{name: getattr(row, name) for name in PLAIN}, "unit": str(row.unit_id)}

    def clean_selection(self) -> str:
        """The query string, also of a whole address."""
        return str(self.cleaned_data["selection"]).partition("?")[2] or (
            "" if "://" in self.cleaned_data["selection"] else str(self.cleaned_data["selection"])
        )

    def values(self) -> dict[str, Any]:
        """What the actions take; the form is valid."""
        given = self.cleaned_data
        every = [one.code for one in ordered()]
        found = {name: given[name] for name in PLAIN}
        if sorted(found["sections"]) == sorted(every):
            found["sections"] = []  # new sections come in of themselves
        texts = {name: given[key].strip() for key, name in self.covers.items()}
        return {
            **found,
            "unit": OrgUnit.objects.filter(pk=given["unit"]).first(),
            "cover_fields": {name: text for name, text in texts.items() if text},
        }

    def take(self, refusal: Invalid) -> None:
        """Show an action's refusal at its fields."""
        take(self, refusal)


class StepForm(forms.Form):
    """The reason of a step, and what else the step needs."""

    def __init__(
        self, data: Any = None, *, needs_reason: bool, units: bool = False, day: Any = None
    ) -> None:
        super().__init__(data)
        if day is not None:
            self.fields["day"] = forms.DateField(
                label=_("Figures as of"), widget=DateInput(), initial=day
            )
        if units:
            self.fields["units"] = forms.MultipleChoiceField(
                label=_("Units that are to co-sign"), choices=unit_choices(),
                widget=forms.SelectMultiple(attrs={"size": 10}),
                help_text=_("Several: hold the Ctrl key."),
            )  # fmt: skip
        self.fields["reason"] = forms.CharField(
            label=_("Reason") if needs_reason else _("Remark"), required=needs_reason,
            max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        )  # fmt: skip

    def take(self, refusal: Invalid) -> None:
        """Show an action's refusal at its fields."""
        take(self, refusal)


def take(form: forms.Form, refusal: Invalid) -> None:
    """Show an action's refusal at its fields; what belongs to none stands on top."""
    for place, texts in refusal.errors.items():
        for text in texts:
            form.add_error(place if place in form.fields else None, text)
