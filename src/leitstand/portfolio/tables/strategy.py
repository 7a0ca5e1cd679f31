"""Columns of programmes, fields of action, goals and skills."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from leitstand.core.tables.columns import Column, ColumnType, Table

_CODE = Column("code", _("Code"), ColumnType.TEXT, required=True, max_length=40,
               aliases=("Kürzel", "Code", "Nr."))  # fmt: skip

FIELDS = Table(
    kind="field-of-action",
    label=_("Field of action"),
    label_plural=_("Fields of action"),
    key=("code",),
    columns=(
        _CODE,
        Column("name", _("Name"), ColumnType.TEXT, required=True, max_length=200),
        Column("description", _("Description"), ColumnType.LONGTEXT),
        Column("position", _("Position"), ColumnType.INTEGER, minimum=0, aliases=("Reihenfolge",)),
    ),
)
GOALS = Table(
    kind="goal",
    label=_("Goal"),
    label_plural=_("Goals"),
    key=("code",),
    columns=(
        _CODE,
        Column(
            "field_of_action", _("Field of action"), ColumnType.REFERENCE, required=True,
            source="field_of_action__name", aliases=("Handlungsfeld",),
        ),
        Column("name", _("Name"), ColumnType.TEXT, required=True, max_length=300, aliases=("Ziel",)),
        Column("description", _("Description"), ColumnType.LONGTEXT, aliases=("Beschreibung",)),
        Column("target_date", _("Target date"), ColumnType.DATE, aliases=("Zieldatum", "bis")),
    ),
)  # fmt: skip
PROGRAMMES = Table(
    kind="programme",
    label=_("Programme"),
    label_plural=_("Programmes"),
    key=("code",),
    period=("start", "end"),
    columns=(
        _CODE,
        Column("name", _("Name"), ColumnType.TEXT, required=True, max_length=200),
        Column("description", _("Description"), ColumnType.LONGTEXT),
        Column("start", _("Start"), ColumnType.DATE, aliases=("Beginn",)),
        Column("end", _("End"), ColumnType.DATE, aliases=("Ende",)),
        Column("lead_unit", _("Lead unit"), ColumnType.UNIT, source="lead_unit__name",
               aliases=("Federführung",)),
    ),
)  # fmt: skip
SKILLS = Table(
    kind="skill",
    label=_("Role for planning"),
    label_plural=_("Roles for planning"),
    key=("code",),
    columns=(
        _CODE,
        Column("name", _("Name"), ColumnType.TEXT, required=True, max_length=120,
               aliases=("Rolle", "Kompetenz")),
    ),
)  # fmt: skip
