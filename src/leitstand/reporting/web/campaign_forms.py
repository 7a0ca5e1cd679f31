"""Forms of campaigns, their figures, and papers made of one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstand.core.administration.choices import UnitField
from leitstand.core.base.models import Level
from leitstand.core.ui.widgets import DateInput
from leitstand.reporting.models import Campaign, CampaignFigure, Report
from leitstand.reporting.tables.campaigns import FIGURES, MOST_CONTACTS
from leitstand.reporting.web.report_forms import PaperForm


class CampaignForm(forms.Form):
    """A campaign."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=_("Title"), max_length=300)
    start = forms.DateField(label=_("Beginning"), widget=DateInput)
    end = forms.DateField(label=_("End"), widget=DateInput, required=False)
    unit = UnitField(label=_("Responsible unit"), required=True, empty=_("Please choose"))
    confidentiality = forms.TypedChoiceField(
        label=_("Confidentiality"), coerce=int, choices=Level.choices, initial=int(Level.INTERNAL)
    )
    purpose = forms.CharField(
        label=_("Purpose"), required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Whom the campaign is to tell what; it stands in the paper."),
    )  # fmt: skip
    widths = dict.fromkeys(("start", "end", "unit", "confidentiality"), "half")

    @classmethod
    def of(cls, row: Campaign, data: Any) -> CampaignForm:
        """The form over a campaign."""
        names = ("version", "title", "start", "end", "confidentiality", "purpose")
        start = {name: getattr(row, name) for name in names}
        return cls(data, initial={**start, "unit": str(row.unit_id)})


class FigureForm(forms.Form):
    """Gross contacts of a channel in a period."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    widths = dict.fromkeys(("start", "end"), "half")

    def __init__(self, data: Any = None, *, row: CampaignFigure | None = None) -> None:
        names = (*(column.name for column in FIGURES), "version")
        start = {name: getattr(row, name) for name in names} if row else {}
        super().__init__(data, initial=start)
        for column in FIGURES:
            more: Any = {"label": column.label, "required": column.required, "help_text": column.help}
            if column.name in ("start", "end"):
                self.fields[column.name] = forms.DateField(widget=DateInput(), **more)
            elif column.name == "gross_contacts":
                self.fields[column.name] = forms.IntegerField(
                    min_value=0, max_value=MOST_CONTACTS, **more
                )
            else:
                self.fields[column.name] = forms.CharField(max_length=column.max_length, **more)


class CampaignPaperForm(PaperForm):
    """What the paper on a campaign asks for."""

    since_label = _("Day of the last report")
    since_help = _("Figures of periods that began later are marked as new.")

    def __init__(
        self, data: Any = None, *, source: str, row: Report | None = None, **initial: Any
    ) -> None:
        self.source = source
        super().__init__(data, row=row, **initial)

    def _contents(self) -> list[str]:
        self.fields["selection"].widget = forms.HiddenInput()
        return []

    def values(self) -> dict[str, Any]:
        """What the actions take."""
        return {**super().values(), "kind": Report.Kind.CAMPAIGN, "source": self.source}
