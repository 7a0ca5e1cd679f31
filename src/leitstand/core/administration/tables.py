"""Columns of the kernel's own tables: import of units and people, export of the trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from leitstand.core.tables.columns import Column, ColumnType, Table

UNITS = Table(
    kind="org-unit",
    label=_("Unit"),
    label_plural=_("Units"),
    key=("code",),
    columns=(
        Column(
            "code",
            _("Unit code"),
            ColumnType.TEXT,
            required=True,
            aliases=("Kennziffer", "Gliederungsziffer", "Amtsnummer", "Nummer", "OE-Nummer"),
        ),
        Column(
            "name",
            _("Name"),
            ColumnType.TEXT,
            required=True,
            aliases=("Bezeichnung", "Organisationseinheit", "Einheit", "Amt", "Dienststelle"),
        ),
        Column("short_name", _("Short name"), ColumnType.TEXT, aliases=("Kurzname", "Abkürzung")),
        Column(
            "kind",
            _("Kind"),
            ColumnType.TEXT,
            required=True,
            aliases=("Art", "Typ", "Art der Einheit"),
        ),
        Column(
            "parent_code",
            _("Code of the unit above"),
            ColumnType.TEXT,
            aliases=("Übergeordnet", "Übergeordnete Einheit", "gehört zu", "Elternkennziffer"),
        ),
        Column("email", _("E-mail"), ColumnType.TEXT, aliases=("E-Mail-Adresse", "Mail")),
        Column(
            "active_from",
            _("Exists since"),
            ColumnType.TEXT,
            aliases=("Gültig ab", "besteht seit", "seit", "aktiv ab"),
        ),
    ),
)

PEOPLE = Table(
    kind="person",
    label=_("Person"),
    label_plural=_("People"),
    key=("email",),
    columns=(
        Column("given_name", _("Given name"), ColumnType.TEXT, aliases=("Rufname",)),
        Column(
            "family_name",
            _("Family name"),
            ColumnType.TEXT,
            required=True,
            aliases=("Name", "Familienname"),
        ),
        Column("email", _("E-mail"), ColumnType.TEXT, aliases=("E-Mail-Adresse", "Mail")),
        Column(
            "unit_code",
            _("Code of the unit"),
            ColumnType.TEXT,
            required=True,
            aliases=(
                "Amt",
                "Einheit",
                "Dienststelle",
                "Kennziffer",
                "Code",
                "Organisationseinheit",
            ),
        ),
        Column(
            "function", _("Function"), ColumnType.TEXT, aliases=("Position", "Aufgabe", "Rolle")
        ),
    ),
)

TRAIL = Table(
    kind="audit-event",
    label=_("Event"),
    label_plural=_("Events"),
    key=("number",),
    columns=(
        Column("number", _("Number"), ColumnType.INTEGER),
        Column("at", _("Time"), ColumnType.TEXT),
        Column("what", _("What"), ColumnType.TEXT),
        Column("who", _("Who"), ColumnType.TEXT),
        Column("address", _("Network address"), ColumnType.TEXT),
        Column("object", _("Object"), ColumnType.TEXT),
        Column("object_id", _("Object number"), ColumnType.TEXT),
        Column("changes", _("Changes"), ColumnType.TEXT),
        Column("reason", _("Reason"), ColumnType.TEXT),
        Column("request", _("Request number"), ColumnType.TEXT),
    ),
)
