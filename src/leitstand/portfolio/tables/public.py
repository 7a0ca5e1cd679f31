"""Columns of what everybody may know of a published project: list, open data, their description."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from leitstand.core.tables.columns import Column, ColumnType, Table, Text
from leitstand.portfolio.models import Phase

_T = ColumnType


def _plain(name: str, label: Text, kind: ColumnType = _T.TEXT, help_: Text = "") -> Column:
    """A column that is only shown."""
    return Column(name, label, kind, help=help_, filterable=False, sortable=False)


PUBLISHED = Table(
    kind="published-project",
    label=_("Published project"),
    label_plural=_("Published projects"),
    key=("id",),
    order=("title",),
    columns=(
        _plain("id", _("Identifier"), help_=_("stays the same for ever; a UUID")),
        Column("title", _("Title"), _T.TEXT, filterable=False),
        _plain("text", _("Description"), _T.LONGTEXT, _("in plain language")),
        Column(
            "phase", _("State"), _T.CHOICE, choices=Phase.choices, sortable=False,
            help=_("as a word in CSV, as a code in JSON"),
        ),
        _plain("progress", _("Progress"), _T.PERCENT, _("0 to 100")),
        _plain("start", _("Start"), _T.DATE, _("day, month, quarter or year, as exact as known")),
        _plain("end", _("End"), _T.DATE, _("day, month, quarter or year, as exact as known")),
        Column("lead_unit", _("Responsible"), _T.UNIT, source="lead_unit__name", sortable=False),
        Column(
            "fields_of_action", _("Field of action"), _T.REFERENCES, sortable=False,
            help=_("one or more, parted by semicolons in CSV"),
        ),
        _plain("goals", _("Goals"), _T.REFERENCES, _("of the city's digital strategy")),
        _plain("contact", _("Contact"), _T.TEXT, _("for questions about the project")),
        Column(
            "updated", _("Last change"), _T.DATE, source="updated_at", filterable=False,
            help=_("the day on which the entry was last changed"),
        ),
        _plain("url", _("Page"), help_=_("address of the page for people")),
    ),
)  # fmt: skip
