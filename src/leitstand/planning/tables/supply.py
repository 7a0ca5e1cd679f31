"""Columns of positions, as files carry them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from leitstand.core.tables.columns import Column, ColumnType, Table

_YES = (("kw", "1"), ("x", "1"))

POSITIONS = Table(
    kind="position",
    label=_("Post"),
    label_plural=_("Positions"),
    key=("number",),
    columns=(
        Column("number", _("Number of the position"), ColumnType.TEXT, required=True, max_length=40,
               aliases=("Stellennummer", "Stelle Nr.", "Stellen-Nr.", "Planstelle")),
        Column("title", _("Post"), ColumnType.TEXT, required=True, max_length=200,
               aliases=("Bezeichnung", "Stellenbezeichnung", "Funktion")),
        Column("unit", _("Unit"), ColumnType.UNIT, required=True, aliases=("Amt", "Einheit", "OE")),
        Column("skill", _("Role"), ColumnType.REFERENCE, required=True, aliases=("Rolle",)),
        Column("grade", _("Grade"), ColumnType.TEXT, max_length=20,
               aliases=("Entgeltgruppe", "Besoldungsgruppe", "Eingruppierung", "Bewertung")),
        Column("share", _("Share of full time"), ColumnType.DECIMAL, minimum=0, maximum=1,
               aliases=("VZÄ", "VZW", "Stellenanteil", "Anteil"),
               help=_("1 for full time, 0.5 for half a position.")),
        Column("start", _("From"), ColumnType.DATE, aliases=("ab", "Beginn", "besetzt ab")),
        Column("end", _("Until"), ColumnType.DATE, aliases=("bis", "Ende", "befristet bis")),
        Column("fixed_term", _("Fixed term"), ColumnType.BOOLEAN, aliases=("befristet",)),
        Column("vacant", _("Vacant"), ColumnType.BOOLEAN, aliases=("unbesetzt", "frei")),
        Column("filled_from", _("Filled from"), ColumnType.DATE,
               aliases=("Besetzung ab", "voraussichtlich besetzt ab"),
               help=_("Of a vacant position; without a day it is not counted.")),
        Column("kw", _("Falls away when vacant (kw)"), ColumnType.BOOLEAN,
               aliases=("kw", "kw-Vermerk", "künftig wegfallend"), choice_aliases=_YES),
        Column("note", _("Note"), ColumnType.TEXT, max_length=300),
    ),
)  # fmt: skip
