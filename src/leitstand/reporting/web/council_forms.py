"""Forms of the council's pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leitstand.core.administration.choices import PersonField, UnitField
from leitstand.core.base.actor import Actor
from leitstand.core.base.models import Level
from leitstand.core.ui.editing import VersionForm
from leitstand.core.ui.widgets import DateInput, LongSelect
from leitstand.portfolio import facade_council as portfolio
from leitstand.reporting.models import CouncilMeeting, Paper, PaperKind, ResolutionTracking
from leitstand.reporting.queries import council


def _level(help_text: Any) -> forms.TypedChoiceField:
    """Public or internal."""
    choices = [(level.value, level.label) for level in (Level.PUBLIC, Level.INTERNAL)]
    return forms.TypedChoiceField(
        label=_("Confidentiality"), coerce=int, choices=choices, help_text=help_text
    )


class PaperForm(VersionForm):
    """A paper entered by hand."""

    name = forms.CharField(label=_("Title"), max_length=1000)
    kind = forms.ChoiceField(label=_("Kind of paper"), choices=PaperKind.choices)
    reference = forms.CharField(label=_("Number of the paper"), max_length=100, required=False,
                                help_text=_("For example 2026/0214."))  # fmt: skip
    date = forms.DateField(label=_("Date"), required=False, widget=DateInput)
    originator_text = forms.CharField(
        label=_("Submitted by"), max_length=200, required=False,
        help_text=_("Parliamentary group or office, not a person."),
    )  # fmt: skip
    text = forms.CharField(label=_("What it is about"), widget=forms.Textarea(attrs={"rows": 5}),
                           required=False, max_length=20_000)  # fmt: skip
    confidentiality = _level(
        _("Councillors see public papers. Confidential papers do not belong here.")
    )
    widths = dict.fromkeys(("kind", "reference", "date", "originator_text"), "half")

    @classmethod
    def of(cls, row: Paper, data: Any) -> PaperForm:
        """The form over a paper."""
        names = ("name", "kind", "reference", "date", "originator_text", "text", "confidentiality")
        start = {name: getattr(row, name) for name in (*names, "version")}
        return cls(data, initial=start)


class MeetingForm(VersionForm):
    """A meeting entered by hand; times are those of the clock on the city's wall."""

    name = forms.CharField(label=_("Title"), max_length=300)
    organization = forms.ChoiceField(label=_("Committee"), required=False, widget=LongSelect)
    committee = forms.CharField(label=_("Or a new committee"), max_length=300, required=False)
    day = forms.DateField(label=_("Day"), widget=DateInput)
    begins = forms.TimeField(label=_("Begins at"), widget=forms.TextInput, input_formats=["%H:%M"],
                             help_text=_("For example 14:30."))  # fmt: skip
    ends = forms.TimeField(label=_("Ends at"), widget=forms.TextInput, input_formats=["%H:%M"],
                           required=False)  # fmt: skip
    place = forms.CharField(label=_("Venue"), max_length=300, required=False)
    cancelled = forms.BooleanField(label=_("Called off"), required=False)
    confidentiality = _level(_("Councillors see public meetings only."))
    widths = dict.fromkeys(("organization", "committee", "day", "begins", "ends"), "half")

    def __init__(self, actor: Actor, data: Any = None, row: CouncilMeeting | None = None) -> None:
        super().__init__(data, initial=self._start(row) if row else None)
        field: Any = self.fields["organization"]
        rows = council.committees(actor).values_list("pk", "name")
        field.choices = [("", _("none")), *((str(pk), name) for pk, name in rows)]

    @staticmethod
    def _start(row: CouncilMeeting) -> dict[str, Any]:
        begins = timezone.localtime(row.start) if row.start else None
        ends = timezone.localtime(row.end) if row.end else None
        return {
            "name": row.name, "organization": str(row.organization_id or ""), "place": row.place,
            "cancelled": row.cancelled, "version": row.version,
            "confidentiality": row.confidentiality,
            "day": begins.date() if begins else None,
            "begins": f"{begins:%H:%M}" if begins else "", "ends": f"{ends:%H:%M}" if ends else "",
        }  # fmt: skip

    def values(self, actor: Actor) -> dict[str, Any]:
        """The values as the action takes them, without the new committee."""
        given = self.cleaned_data
        chosen = given["organization"]
        start = datetime.combine(given["day"], given["begins"])
        end = datetime.combine(given["day"], given["ends"]) if given["ends"] else None
        return {
            "name": given["name"], "place": given["place"], "cancelled": given["cancelled"],
            "organization": council.committees(actor).filter(pk=chosen).first() if chosen else None,
            "confidentiality": given["confidentiality"],
            "start": timezone.make_aware(start), "end": timezone.make_aware(end) if end else None,
        }  # fmt: skip


class ConsultationForm(forms.Form):
    """The meeting that deals with a paper."""

    meeting = forms.ChoiceField(label=_("Meeting"), widget=LongSelect)
    role = forms.ChoiceField(
        label=_("Role"), required=False,
        choices=[(word, word) for word in
                 ("Entscheidung", "Kenntnisnahme", "Vorberatung", "Beratung", "Anhörung")],
    )  # fmt: skip

    def __init__(self, actor: Actor, data: Any = None) -> None:
        super().__init__(data)
        field: Any = self.fields["meeting"]
        rows = [*council.meetings(actor)[:100], *council.meetings(actor, past=True)[:100]]
        field.choices = [("", _("Please choose")), *((str(row.pk), _named(row)) for row in rows)]


def _named(row: CouncilMeeting) -> str:
    day = council.day_of(row.start)
    return f"{day:%d.%m.%Y} {row.name}" if day else row.name


class TrackingForm(VersionForm):
    """What becomes of a resolution."""

    resolution = forms.CharField(label=_("Resolution"), max_length=20_000, required=False,
                                 widget=forms.Textarea(attrs={"rows": 4}),
                                 help_text=_("As it was decided, or what the motion asks for."))  # fmt: skip
    decided_on = forms.DateField(label=_("Decided on"), required=False, widget=DateInput)
    state = forms.ChoiceField(label=_("State"), choices=ResolutionTracking.State.choices)
    progress = forms.CharField(
        label=_("How far it is"), max_length=20_000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Councillors read this. Name nothing confidential, no people."),
    )  # fmt: skip
    next_report = forms.DateField(label=_("Next report by"), required=False, widget=DateInput)
    unit = UnitField(label=_("Carried out by"), required=False)
    responsible = PersonField(label=_("Person in charge"), required=False)
    widths = dict.fromkeys(("decided_on", "state", "next_report", "unit", "responsible"), "half")

    @classmethod
    def of(cls, row: ResolutionTracking, data: Any) -> TrackingForm:
        """The form over a tracked resolution."""
        names = ("resolution", "decided_on", "state", "progress", "next_report", "version")
        start = {name: getattr(row, name) for name in names}
        start |= {"unit": row.unit_id, "responsible": row.responsible_id}
        return cls(data, initial=start)


class ProjectForm(forms.Form):
    """A project by its identifier."""

    project = forms.CharField(label=_("Project"), widget=LongSelect)

    def __init__(self, actor: Actor, data: Any = None) -> None:
        super().__init__(data)
        offered = [(number, f"{number} {title}") for number, title in portfolio.choices(actor)]
        self.fields["project"] = forms.ChoiceField(
            label=_("Project"), widget=LongSelect, choices=[("", _("Please choose")), *offered]
        )


class LeadTimesForm(forms.Form):
    """Days before a meeting, by kind of paper."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        days = council.lead_times()
        labels = dict(PaperKind.choices)
        for kind in council.DEADLINE_KINDS:
            self.fields[kind] = forms.IntegerField(
                label=labels[kind], min_value=0, max_value=365, initial=days[kind],
                help_text=_("Days before the meeting"),
            )  # fmt: skip
        self.widths = dict.fromkeys(self.fields, "half")


class SourceForm(VersionForm):
    """A council information system."""

    name = forms.CharField(label=_("Name"), max_length=200)
    url = forms.CharField(
        label=_("Address of the OParl system"), max_length=600, widget=forms.TextInput,
        help_text=_("For example https://rat.stadt.example/oparl/v1.1/system"),
    )  # fmt: skip


class SourceChangeForm(SourceForm):
    """The same with whether it is read."""

    active = forms.BooleanField(label=_("Is read"), required=False)
