"""Form of the column assignment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.base.actor import Actor
from leitstand.core.org.queries import tree
from leitstand.core.policy import grants
from leitstand.core.tables.mapping import PERIOD
from leitstand.core.tables.sheets import column_letters
from leitstand.portfolio import policy
from leitstand.portfolio.models import ImportRun
from leitstand.portfolio.tables import PROJECTS


@dataclass(frozen=True)
class ColumnChoice:
    """One column of the file with its examples and the field that chooses its meaning."""

    letters: str
    title: str
    samples: list[str]
    field: Any


class MappingForm(forms.Form):
    """One select per column of the file, and what to do with unknown names."""

    missing_units = forms.ChoiceField(label=gettext_lazy("Units that do not exist yet"), required=False)
    missing_people = forms.ChoiceField(label=gettext_lazy("People who do not exist yet"), required=False)
    missing_strategy = forms.ChoiceField(
        label=gettext_lazy("Programmes, fields of action and goals that do not exist yet"),
        required=False,
    )
    default_unit = forms.ChoiceField(
        label=gettext_lazy("Lead unit for rows without one"), required=False
    )

    def __init__(self, run: ImportRun, actor: Actor, data: Any = None) -> None:
        super().__init__(data, initial=run.options)
        self.run = run
        self._set_options(actor)
        targets = _targets()
        for index, title in enumerate(run.titles):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=title or _("Column %(letters)s") % {"letters": column_letters(index)},
                choices=targets,
                required=False,
                initial=run.mapping.get(str(index), ""),
            )

    def _set_options(self, actor: Actor) -> None:
        may_units = bool(grants.grants(actor, "org.change"))
        may_strategy = bool(grants.grants(actor, policy.STRATEGY))
        report = [("error", _("report as an error"))]
        leave = [("skip", _("leave the field empty"))]
        self._choices("missing_units", report + [("create", _("create"))] * may_units)
        self._choices("missing_people", leave + [("create", _("create"))] * may_units)
        self._choices("missing_strategy", leave + [("create", _("create"))] * may_strategy)
        units = [("", _("none"))]
        units += [(str(n.id), "\u2003" * n.depth + n.name) for n in tree()]
        self._choices("default_unit", units)

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def columns(self, samples: list[list[str]]) -> list[ColumnChoice]:
        """Return the columns that have a heading or content, with their examples."""
        found = []
        for index, title in enumerate(self.run.titles):
            examples = [s for s in (row[index] for row in samples if index < len(row)) if s][:3]
            if title or examples:
                bound = self[f"column_{index}"]
                found.append(ColumnChoice(column_letters(index), title, examples, bound))
        return found

    @property
    def option_fields(self) -> list[Any]:
        """The bound fields below the columns."""
        return [self[name] for name in ("missing_units", "missing_people", "missing_strategy", "default_unit")]

    def mapping(self) -> dict[str, str]:
        """Return the chosen assignment: column index as text → field name."""
        return {
            name.removeprefix("column_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("column_") and value
        }


def options_of(form: MappingForm) -> dict[str, str]:
    """Return the options that were sent."""
    names = ("missing_units", "missing_people", "missing_strategy", "default_unit")
    return {name: form.cleaned_data[name] for name in names if name in form.data}


def _targets() -> list[tuple[str, Any]]:
    columns = [(c.name, c.label) for c in PROJECTS.importable()]
    return [("", _("– do not import –")), (PERIOD, _("Period (start and end)")), *columns]
