"""Columns of the criteria by which projects are ranked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from leitstand.core.tables.columns import Column, ColumnType, Table
from leitstand.portfolio.models import PriorityCriterion

CRITERIA = Table(
    kind="priority-criterion",
    label=_("Criterion"),
    label_plural=_("Criteria"),
    key=("name",),
    columns=(
        Column("name", _("Name"), ColumnType.TEXT, required=True, max_length=120),
        Column(
            "kind", _("Kind"), ColumnType.CHOICE, required=True,
            choices=PriorityCriterion.Kind.choices,
            help=_("A must criterion is met or not; a weighted one is scored from 0 to 5."),
        ),
        Column(
            "weight", _("Weight"), ColumnType.INTEGER, required=True, minimum=0, maximum=100,
            help=_("From 0 to 100, in relation to the other criteria; it does not count for must criteria."),
        ),
        Column(
            "position", _("Position"), ColumnType.INTEGER, required=True, minimum=0, maximum=9999,
            help=_("The order of the criteria in tables and forms."),
        ),
        Column("help", _("Explanation"), ColumnType.LONGTEXT, max_length=500),
    ),
)  # fmt: skip
