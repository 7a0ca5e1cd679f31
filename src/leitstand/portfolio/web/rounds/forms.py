"""The form of one report: five lights, two texts, the progress."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from leitstand.core.base.errors import Invalid
from leitstand.portfolio.actions.rounds.answering import LONGEST, Answer
from leitstand.portfolio.domain.lights import DIMENSIONS, Dimension, Proposal
from leitstand.portfolio.models import Light, LightDimension, StatusReport, StatusRequest


class AnswerForm(forms.Form):
    """Begins with the lights of the last report, or the proposed ones; names carry the request."""

    def __init__(
        self,
        row: StatusRequest,
        proposals: Mapping[Dimension, Proposal],
        last: StatusReport | None,
        data: Any = None,
    ) -> None:
        self.request_id = row.pk
        super().__init__(data, prefix=f"r{row.pk.hex[-10:]}")
        self.auto_id = f"{self.prefix}-%s"
        old = {light.dimension: light for light in last.lights.all()} if last else {}
        for dimension in DIMENSIONS:
            before = old.get(dimension)
            light = before.light if before else proposals[dimension].light
            self.fields[f"light_{dimension}"] = forms.ChoiceField(
                label=LightDimension(dimension).label, choices=Light.choices, initial=light,
                widget=forms.RadioSelect,
            )  # fmt: skip
            self.fields[f"why_{dimension}"] = forms.CharField(
                label=_("Reason, if set differently: %(dimension)s")
                % {"dimension": LightDimension(dimension).label},
                required=False, max_length=LONGEST, initial=before.deviation if before else "",
            )  # fmt: skip
        self._texts(row, last)

    def _texts(self, row: StatusRequest, last: StatusReport | None) -> None:
        area = forms.Textarea(attrs={"rows": 3})
        self.fields["summary"] = forms.CharField(
            label=_("State: where do we stand?"), required=False, max_length=LONGEST, widget=area,
            initial=last.summary if last else "",
        )  # fmt: skip
        self.fields["outlook"] = forms.CharField(
            label=_("Outlook: what comes next?"), required=False, max_length=LONGEST, widget=area,
            initial=last.outlook if last else "",
        )  # fmt: skip
        self.fields["progress"] = forms.IntegerField(
            label=_("Progress in percent"), min_value=0, max_value=100,
            initial=row.project.progress,
        )  # fmt: skip

    def answer(self) -> Answer:
        """What was sent; the form is valid."""
        given = self.cleaned_data
        return Answer(
            lights={d: (given[f"light_{d}"], given[f"why_{d}"]) for d in DIMENSIONS},
            summary=given["summary"], outlook=given["outlook"], progress=given["progress"],
        )  # fmt: skip

    def take(self, refusal: Invalid) -> None:
        """Show an action's refusal at its fields; an unsent form shows none."""
        if not self.is_bound:
            return
        for place, texts in refusal.errors.items():
            name = f"why_{place}" if f"why_{place}" in self.fields else place
            for text in texts:
                self.add_error(name if name in self.fields else None, text)
