"""Columns of the rules that propose traffic lights."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from leitstand.core.tables.columns import Column, ColumnType, Table
from leitstand.portfolio.models import LightDimension

STATUS_RULES = Table(
    kind="status-rule",
    label=_("Status rule"),
    label_plural=_("Status rules"),
    key=("dimension",),
    columns=(
        Column(
            "active", _("Active"), ColumnType.BOOLEAN,
            help=_("A rule that is switched off proposes nothing."),
        ),
        Column(
            "dimension", _("Dimension"), ColumnType.CHOICE, required=True,
            choices=LightDimension.choices, help=_("The light that the rule speaks about."),
        ),
        Column(
            "yellow", _("Yellow from"), ColumnType.INTEGER,
            help=_("Leave it empty if the rule shall never propose yellow."),
        ),
        Column(
            "red", _("Red from"), ColumnType.INTEGER,
            help=_("Leave it empty if the rule shall never propose red."),
        ),
    ),
)  # fmt: skip
