"""Columns of needs and of the work on them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Level
from leitstand.core.tables.columns import Column, ColumnType, Table
from leitstand.portfolio.models import AdviceCase, Need, Size

LEVELS = [(str(value), label) for value, label in Level.choices if value < Level.STRICT]
_URGENCY_WORDS = (
    ("niedrig", "low"), ("normal", "normal"), ("mittel", "normal"), ("hoch", "high"),
    ("dringend", "urgent"), ("sehr hoch", "urgent"), ("sofort", "urgent"),
)  # fmt: skip

NEEDS = Table(
    kind="need",
    label=_("Need"),
    label_plural=_("Needs"),
    key=("external_key",),
    order=("-number",),
    columns=(
        Column("number", _("Identifier"), ColumnType.TEXT, editable=False, importable=False),
        Column("title", _("What do you need?"), ColumnType.TEXT, required=True, max_length=300,
               aliases=("Titel", "Bedarf", "Anfrage", "Betreff", "Thema")),
        Column("description", _("What is it for, and what is it like today?"),
               ColumnType.LONGTEXT, visible=False, sortable=False, filterable=False,
               aliases=("Beschreibung", "Erläuterung", "Ausgangslage", "Sachverhalt"),
               help=_("Two or three sentences are enough. The digital unit asks if it needs more.")),
        Column("unit", _("Asking unit"), ColumnType.UNIT, required=True, source="unit__name",
               groupable=True, aliases=("Amt", "Anfragende Stelle", "Organisationseinheit")),
        Column("state", _("State"), ColumnType.CHOICE, source="case__state",
               choices=AdviceCase.State.choices, editable=False, importable=False, groupable=True),
        Column("urgency", _("How urgent is it?"), ColumnType.CHOICE, choices=Need.Urgency.choices,
               choice_aliases=_URGENCY_WORDS, aliases=("Dringlichkeit", "Priorität")),
        Column("wished", _("Wished by"), ColumnType.DATE, aliases=("Wunschtermin", "gewünscht bis"),
               help=_("For example 31.12.2027, 12/2027, Q2 2027 or 2027.")),
        Column("legal_basis", _("Legal basis"), ColumnType.TEXT, max_length=300, visible=False,
               sortable=False, aliases=("Rechtsgrundlage", "Gesetz"),
               help=_("Only if a law demands it, with section and deadline.")),
        Column("contact", _("Contact person"), ColumnType.PERSON, sortable=False, visible=False,
               filterable=False, source="contact__family_name",
               aliases=("Ansprechpartner", "Ansprechperson", "Kontakt")),
        Column("confidentiality", _("Confidentiality"), ColumnType.CHOICE, choices=LEVELS,
               visible=False, aliases=("Vertraulichkeit",),
               help=_("Confidential needs are seen by your unit's head and the digital unit only.")),
        Column("external_key", _("Key of the source"), ColumnType.TEXT, max_length=80,
               visible=False, editable=False, aliases=("Nr.", "Nr", "Aktenzeichen", "Kennung")),
        Column("filed_on", _("Filed on"), ColumnType.DATE, editable=False,
               aliases=("Eingang", "Eingegangen am", "Datum")),
        Column("handler", _("Handled by"), ColumnType.PERSON, sortable=False, editable=False,
               importable=False, filterable=False, source="case__handler__family_name"),
        Column("effort", _("Effort"), ColumnType.CHOICE, source="case__effort", visible=False,
               choices=Size.choices, editable=False, importable=False),
        Column("answer", _("Answer"), ColumnType.LONGTEXT, source="case__answer", visible=False,
               sortable=False, filterable=False, editable=False, importable=False),
        Column("decided_on", _("Decided on"), ColumnType.DATE, source="case__decided_on",
               visible=False, editable=False, importable=False),
    ),
)  # fmt: skip
FILED = ("title", "description", "unit", "urgency", "wished", "legal_basis", "contact",
         "confidentiality")  # fmt: skip
"""What a department tells when it files a need."""

CASES = Table(
    kind="advice-case",
    label=_("Advice case"),
    label_plural=_("Advice cases"),
    key=("handler",),
    columns=(
        Column("handler", _("Handled by"), ColumnType.PERSON),
        Column("handling_unit", _("Handling unit"), ColumnType.UNIT),
        Column("effort", _("Estimated effort"), ColumnType.CHOICE, choices=Size.choices),
        Column("recommendation", _("Recommendation"), ColumnType.LONGTEXT,
               help=_("Seen by those who advise; the department reads the answer.")),
    ),
)  # fmt: skip
