"""Columns of the figures of a campaign."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from leitstand.core.tables.columns import Column, ColumnType, Table

MOST_CONTACTS = 10**12

FIGURES = Table(
    kind="campaign-figure",
    label=_("Figure of a campaign"),
    label_plural=_("Figures of a campaign"),
    key=("channel", "start", "end", "method"),
    columns=(
        Column("channel", _("Channel"), ColumnType.TEXT, required=True, max_length=120,
               aliases=("Kanal", "Medium", "Werbeträger", "Maßnahme"),
               help=_("For example posters, city magazine, online banners.")),
        Column("start", _("Period from"), ColumnType.DATE, required=True,
               aliases=("Von", "Beginn", "Start", "Zeitraum von")),
        Column("end", _("Period until"), ColumnType.DATE, required=True,
               aliases=("Bis", "Ende", "Zeitraum bis")),
        Column("gross_contacts", _("Gross contacts"), ColumnType.INTEGER, required=True, minimum=0,
               maximum=MOST_CONTACTS,
               aliases=("Bruttokontakte", "Kontakte", "Kontakte brutto", "Impressions", "Sichtkontakte"),
               help=_("How often something was seen or heard, not by how many people.")),
        Column("method", _("Method of counting"), ColumnType.TEXT, required=True, max_length=300,
               aliases=("Methode", "Erhebungsmethode", "Messmethode", "Zählweise", "Erhebung"),
               help=_("For example circulation times readers per copy, ad server, counted by hand.")),
        Column("source", _("Source of the figure"), ColumnType.TEXT, required=True, max_length=300,
               aliases=("Quelle", "Beleg", "Angabe von"),
               help=_("Who says so: publisher, agency, own count.")),
        Column("note", _("Remark"), ColumnType.TEXT, max_length=300,
               aliases=("Bemerkung", "Anmerkung", "Hinweis")),
    ),
)  # fmt: skip
