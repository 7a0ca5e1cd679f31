"""Forms of stations."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstand.core.administration.choices import UnitField
from leitstand.core.base.models import Level

MOST_SERIES = 30


class SearchForm(forms.Form):
    """Which stations."""

    name = forms.CharField(label=_("Name"), required=False, max_length=100)


class StationForm(forms.Form):
    """A new station with its series."""

    name = forms.CharField(label=_("Name"), max_length=300,
                           help_text=_("For example: Weather station at the town hall."))  # fmt: skip
    unit = UnitField(label=_("Unit in charge"))
    confidentiality = forms.TypedChoiceField(
        label=_("Confidentiality"), coerce=int, initial=Level.INTERNAL,
        choices=[(level.value, level.label) for level in (Level.PUBLIC, Level.INTERNAL, Level.CONFIDENTIAL)],
        help_text=_("Public stations are open to everybody, without log-in."),
    )  # fmt: skip
    latitude = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90, localize=True,
                                help_text=_("In degrees, for example 48.7758."))  # fmt: skip
    longitude = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180, localize=True,
                                 help_text=_("In degrees, for example 9.1829."))  # fmt: skip
    device = forms.CharField(label=_("Device"), max_length=300,
                             help_text=_("Make and type, for example: Davis Vantage Pro2."))  # fmt: skip
    series = forms.CharField(
        label=_("What is measured"), widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One line per series: what, then a comma and the unit. For example: Air temperature, °C"),
    )  # fmt: skip
    description = forms.CharField(label=_("Description"), required=False, max_length=5000,
                                  widget=forms.Textarea(attrs={"rows": 3}))  # fmt: skip
    widths = dict.fromkeys(("latitude", "longitude", "confidentiality", "unit"), "half")

    def clean_series(self) -> list[tuple[str, str]]:
        """(what, unit) pairs; the last comma parts them."""
        found: list[tuple[str, str]] = []
        for line in self.cleaned_data["series"].splitlines():
            what, comma, symbol = line.strip().rpartition(",")
            pair = (what.strip(), symbol.strip()) if comma else (symbol.strip(), "")
            if pair[0] and pair not in found:
                found.append(pair)
        if not found:
            raise forms.ValidationError(_("Name at least one series."))
        if len(found) > MOST_SERIES or any(len(what) > 200 or len(unit) > 40 for what, unit in found):
            raise forms.ValidationError(_("At most 30 series, 200 characters each, units at most 40."))
        return found
