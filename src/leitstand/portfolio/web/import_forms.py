"""Form of the column assignment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.base.actor import Actor
from leitstand.core.org.queries import UnitFinder, tree
from leitstand.core.tables.likeness import closest
from leitstand.core.tables.mapping import PERIOD
from leitstand.core.tables.sheets import column_letters
from leitstand.portfolio.actions.imports.headings import AS_ROWS
from leitstand.portfolio.actions.imports.rights import may_create_strategy, may_create_units
from leitstand.portfolio.models import ImportRun
from leitstand.portfolio.tables.money import import_table, is_money

_OPTIONS = ("headings", "missing_units", "missing_people", "missing_strategy", "default_unit")
_GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (gettext_lazy("Project"), ("title", "summary", "need", "phase", "size")),
    (
        gettext_lazy("Units and people"),
        ("lead_unit", "participating_units", "lead", "sponsor"),
    ),
    (gettext_lazy("Dates"), (PERIOD, "start", "end", "due", "due_kind", "due_basis")),
    (gettext_lazy("State"), ("progress", "light", "light_note", "source_status")),
    (gettext_lazy("Strategy"), ("programme", "fields_of_action", "goals")),
    (
        gettext_lazy("Visibility"),
        ("confidentiality", "published", "public_text", "public_contact"),
    ),
    (gettext_lazy("To find the project again"), ("external_key", "number", "version")),
)


_MOST_UNITS = 40


@dataclass(frozen=True)
class ColumnChoice:
    """One column of the file with its examples and the field that chooses its meaning."""

    letters: str
    title: str
    samples: list[str]
    field: Any


class MappingForm(forms.Form):
    """One select per column of the file, and what to do with unknown names."""

    headings = forms.ChoiceField(
        label=gettext_lazy("Headings between the rows"), required=False,
        help_text=gettext_lazy("What the rows mean that hold a single text."),
    )  # fmt: skip
    missing_units = forms.ChoiceField(label=gettext_lazy("Unknown units"), required=False)
    missing_people = forms.ChoiceField(label=gettext_lazy("Unknown people"), required=False)
    missing_strategy = forms.ChoiceField(
        label=gettext_lazy("Unknown programmes, fields of action and goals"), required=False
    )
    default_unit = forms.ChoiceField(
        label=gettext_lazy("Lead unit of new projects whose row names none"), required=False
    )

    def __init__(self, run: ImportRun, actor: Actor, data: Any = None) -> None:
        super().__init__(data, initial=run.options)
        self.run = run
        self.widths = dict.fromkeys(_OPTIONS, "half")
        self._set_options(actor)
        self._add_units()
        targets = _targets(run.titles)
        for index, title in enumerate(run.titles):
            letters = column_letters(index)
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=_("Field for “%(title)s” (column %(letters)s)")
                % {"title": title or "–", "letters": letters},
                choices=targets,
                required=False,
                initial=run.mapping.get(str(index), ""),
            )

    def _set_options(self, actor: Actor) -> None:
        may_units = may_create_units(actor)
        report = [("error", _("report as an error"))]
        leave = [("skip", _("leave the field empty"))]
        create = [("create", _("create them"))]
        self._choices("missing_units", report + create * may_units)
        self._choices("missing_people", leave + create * may_units)
        self._choices("missing_strategy", leave + create * may_create_strategy(actor))
        if not self.run.counts.get("headings"):
            del self.fields["headings"]
        else:
            self._choices("headings", [
                ("", _("leave them out")),
                ("programme", _("take them as the programme of the rows below")),
                ("fields_of_action", _("take them as the field of action of the rows below")),
                (AS_ROWS, _("they are projects")),
            ])  # fmt: skip
        units = [("", _("none: report as an error"))]
        units += [(str(n.id), "\u2003" * n.depth + n.name) for n in tree()]
        self._choices("default_unit", units)

    def _add_units(self) -> None:
        """One select per office name that the city does not know, the likest unit chosen."""
        chosen = self.run.options.get("units", {})
        names = [*chosen, *self.run.counts.get("unknown_units", [])]
        self.unit_names = list(dict.fromkeys(names))[:_MOST_UNITS]
        if not self.unit_names:
            return
        units = [(str(n.id), "\u2003" * n.depth + n.name) for n in tree()]
        find = UnitFinder()
        spellings = find.spellings()
        for index, name in enumerate(self.unit_names):
            guess = find(closest(name, spellings))
            self.fields[f"unit_{index}"] = forms.ChoiceField(
                label=name, required=False, initial=chosen.get(name, str(guess.id) if guess else ""),
                choices=[("", _("as said under “Unknown units”")), *units],
            )  # fmt: skip
            self.widths[f"unit_{index}"] = "half"

    @property
    def unit_fields(self) -> list[Any]:
        """The bound fields of unknown office names."""
        return [self[f"unit_{index}"] for index in range(len(self.unit_names))]

    def units(self) -> dict[str, str]:
        """Office name in the file → id of the unit that is meant."""
        found = {n: self.cleaned_data.get(f"unit_{i}") for i, n in enumerate(self.unit_names)}
        return {name: key for name, key in found.items() if key}

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def columns(self, samples: list[list[str]]) -> list[ColumnChoice]:
        """Return the columns that have a heading or content, with their examples."""
        found = []
        for index, title in enumerate(self.run.titles):
            texts = [row[index] for row in samples if index < len(row)]
            examples = list(dict.fromkeys(filter(None, texts)))[:3]
            if title or examples:
                bound = self[f"column_{index}"]
                found.append(ColumnChoice(column_letters(index), title, examples, bound))
        return found

    @property
    def option_fields(self) -> list[Any]:
        """The bound fields below the columns."""
        return [self[name] for name in _OPTIONS if name in self.fields]

    def mapping(self) -> dict[str, str]:
        """Return the chosen assignment: column index as text → field name."""
        return {
            name.removeprefix("column_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("column_") and value
        }


def options_of(form: MappingForm) -> dict[str, Any]:
    """Return the options that were sent."""
    sent = form.data.keys() & form.cleaned_data.keys()
    found: dict[str, Any] = {name: form.cleaned_data[name] for name in _OPTIONS if name in sent}
    return {**found, "units": form.units()} if form.unit_names else found


def _targets(titles: Sequence[str]) -> list[tuple[Any, Any]]:
    """Return the fields in groups as people think of them."""
    columns = {c.name: c.label for c in import_table(titles).importable()}
    columns[PERIOD] = _("Period (start and end in one cell)")
    targets: list[tuple[Any, Any]] = [("", _("– leave out –"))]
    for label, names in _GROUPS:
        group = [(name, columns.pop(name)) for name in names if name in columns]
        targets.append((label, group))
    targets.append((_("Money"), [(n, columns.pop(n)) for n in list(columns) if is_money(n)]))
    rest = list(columns.items())
    return [*targets, (_("Other"), rest)] if rest else targets
