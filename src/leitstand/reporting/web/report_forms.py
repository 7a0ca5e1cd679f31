"""Forms of reports."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.base import clock
from leitstand.core.base.errors import Invalid
from leitstand.core.base.models import Level
from leitstand.core.base.report_sections import ordered
from leitstand.core.org.models import OrgUnit
from leitstand.core.org.queries import tree
from leitstand.core.ui.widgets import DateInput
from leitstand.reporting.domain.covers import COVERS, LONGEST, every_field
from leitstand.reporting.models import PaperTemplate, Report
from leitstand.reporting.queries.inquiries import PROJECTS
from leitstand.reporting.queries.inquiry_columns import Asked

INDENT = "\N{EM SPACE}"


def unit_choices() -> list[tuple[str, str]]:
    """The living units as a tree."""
    return [(str(node.id), INDENT * node.depth + node.name) for node in tree()]


class PaperForm(forms.Form):
    """What every paper asks for: title, days, unit, level, cover sheet."""

    widths: Mapping[str, str] = {
        "day": "half", "since": "half", "unit": "half", "confidentiality": "half",
        "cover": "half", "reference": "half", "template": "half",
    }  # fmt: skip
    names: tuple[str, ...] = ("title", "day", "since", "selection", "confidentiality", "cover",
                              "reference")  # fmt: skip
    since_label: Any = gettext_lazy("Day of the last report")
    since_help: Any = gettext_lazy("Changes and results are told from this day on.")

    def __init__(self, data: Any = None, *, row: Report | None = None, **initial: Any) -> None:
        super().__init__(data, initial=self._start(row) | initial)
        self.fields["title"] = forms.CharField(label=_("Title"), max_length=300)
        self.fields["day"] = forms.DateField(
            label=_("Figures as of"), widget=DateInput(),
            help_text=_("All figures are those of the end of this day."),
        )  # fmt: skip
        self.fields["since"] = forms.DateField(
            label=self.since_label, required=False, widget=DateInput(), help_text=self.since_help
        )
        self.fields["unit"] = forms.ChoiceField(
            label=_("Responsible unit"), choices=[("", _("Please choose")), *unit_choices()]
        )
        self.fields["confidentiality"] = forms.TypedChoiceField(
            label=_("Confidentiality"), choices=Level.choices, coerce=int,
            help_text=_("The report holds only what is at most this confidential, and above "
                        "“internal” only what the responsible unit leads."),
        )  # fmt: skip
        self.fields["selection"] = forms.CharField(
            label=_("Projects"), required=False, max_length=2000,
            help_text=_("Empty: all. Or filter the list of projects and paste its address here."),
        )  # fmt: skip
        contents = self._contents()
        self._cover(row)
        self.fieldsets = (
            (_("Paper to be made"), ["title", "day", "since", "unit", "confidentiality"]),
            (_("Contents"), contents),
            (_("Cover sheet"), ["cover", "template", "reference", *self.covers]),
        )

    def _contents(self) -> list[str]:
        """Add what belongs to the kind of paper; return the names of its fields."""
        return ["selection"]

    def _cover(self, row: Report | None) -> None:
        self.fields["cover"] = forms.ChoiceField(
            label=_("Cover sheet"), choices=[(cover.code, cover.label) for cover in COVERS.values()]
        )
        self.fields["reference"] = forms.CharField(
            label=_("Number of the paper in the council system"), max_length=80, required=False
        )
        offered = [one for one in PaperTemplate.objects.all()
                   if one.active or (row and row.template_id == one.pk)]  # fmt: skip
        self.templates = {str(one.pk): one for one in offered}
        self.fields["template"] = forms.ChoiceField(
            label=_("Word template"), required=False,
            choices=[("", _("neutral form")), *((key, one.name) for key, one in self.templates.items())],
            help_text=_("The city's own DOCX; PDF and HTML keep the common form."),
        )  # fmt: skip
        names = [name for name in every_field() if name != "Vorlage Nr."]
        own = dict.fromkeys(name for one in offered for name in one.own_fields if name not in names)
        keys = [f"cover_{number}" for number in range(len(names))]
        keys += [f"own_{hashlib.sha256(name.encode()).hexdigest()[:12]}" for name in own]
        self.covers: dict[str, str] = {}
        for number, (key, name) in enumerate(zip(keys, (*names, *own), strict=True)):
            self.covers[key] = name
            known = row.cover_fields.get(name, "") if row else ""
            self.fields[key] = forms.CharField(
                label=name, required=False, max_length=LONGEST, initial=known,
                widget=forms.Textarea(attrs={"rows": 2}) if number > 6 else forms.TextInput(),
            )  # fmt: skip

    def _start(self, row: Report | None) -> dict[str, Any]:
        if row is None:
            return {"day": clock.today(), "confidentiality": int(Level.PUBLIC)}
        start = {name: getattr(row, name) for name in self.names}
        return {**start, "unit": str(row.unit_id), "template": str(row.template_id or "")}

    def clean_selection(self) -> str:
        """The query string, also of a whole address."""
        given = str(self.cleaned_data["selection"])
        return given.partition("?")[2] or ("" if "://" in given else given)

    def values(self) -> dict[str, Any]:
        """What the actions take; the form is valid."""
        given = self.cleaned_data
        texts = {name: given[key].strip() for key, name in self.covers.items()}
        return {
            **{name: given[name] for name in self.names},
            "unit": OrgUnit.objects.filter(pk=given["unit"]).first(),
            "template": self.templates.get(given["template"]),
            "cover_fields": {name: text for name, text in texts.items() if text},
        }

    def take(self, refusal: Invalid) -> None:
        """Show an action's refusal at its fields."""
        take(self, refusal)


class ReportForm(PaperForm):
    """What a Sachstandsbericht asks for."""

    names = (*PaperForm.names, "long", "sections")

    def _contents(self) -> list[str]:
        self.fields["long"] = forms.BooleanField(
            label=_("Long form: everything instead of four pages"), required=False
        )
        every = [(one.code, str(one.label)) for one in ordered()]
        self.fields["sections"] = forms.MultipleChoiceField(
            label=_("Sections"), choices=every, widget=forms.CheckboxSelectMultiple
        )
        if not self.initial.get("sections"):
            self.initial["sections"] = [code for code, _label in every]
        return ["selection", "long", "sections"]

    def values(self) -> dict[str, Any]:
        """What the actions take; all sections are kept as none, so that new ones come in."""
        found = super().values()
        if sorted(found["sections"]) == sorted(one.code for one in ordered()):
            found["sections"] = []
        return found


class InquiryForm(PaperForm):
    """What the answer to an inquiry asks for; ``offered`` are the columns of its source."""

    names = (*PaperForm.names, "question", "columns")
    since_label = gettext_lazy("Compare with")
    since_help = gettext_lazy("What differs from this day is marked. Empty: nothing.")

    def __init__(
        self, data: Any = None, *, source: str, offered: Sequence[Asked], row: Report | None = None
    ) -> None:
        self.source, self.offered = source, offered
        super().__init__(data, row=row)

    def _contents(self) -> list[str]:
        self.fields["question"] = forms.CharField(
            label=_("Inquiry"), max_length=20_000, required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("The question in its own words; it stands before the answer."),
        )  # fmt: skip
        self.fields["columns"] = forms.MultipleChoiceField(
            label=_("Columns"), choices=[(one.code, str(one.label)) for one in self.offered],
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
        if not self.initial.get("columns"):
            self.initial["columns"] = [one.code for one in self.offered if one.usual]
        if self.source != PROJECTS:
            self.fields["selection"].widget = forms.HiddenInput()
            return ["question", "columns"]
        return ["question", "selection", "columns"]

    def values(self) -> dict[str, Any]:
        """What the actions take; columns in the order in which they are offered."""
        return {**super().values(), "kind": Report.Kind.INQUIRY, "source": self.source}


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
            self.fields["until"] = forms.DateField(
                label=_("Answer by"), required=False, widget=DateInput(),
                help_text=_("Those asked are reminded two days before, and again when it has passed."),
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
