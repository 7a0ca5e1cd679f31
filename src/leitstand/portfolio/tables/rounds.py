"""Columns of status rounds."""

from __future__ import annotations

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from leitstand.core.tables.columns import Column, ColumnType, Table
from leitstand.portfolio.models import Light, LightDimension, Phase, StatusLight

_T = ColumnType

ROUNDS = Table(
    kind="status-round",
    label=_("Status round"),
    label_plural=_("Status rounds"),
    key=("title", "as_of"),
    columns=(
        Column("title", _("Title"), _T.TEXT, required=True, max_length=200),
        Column("as_of", _("State as of"), _T.DATE, required=True,
               help=_("The day whose state is asked for.")),
        Column("opens_on", _("Opens on"), _T.DATE, required=True,
               help=_("On this day the e-mails leave.")),
        Column("due_on", _("Answers by"), _T.DATE, required=True),
        Column("programme", _("Programme"), _T.REFERENCE, help=_("Empty: all programmes.")),
        Column("unit", _("Lead unit"), _T.UNIT, help=_("With its sub-units. Empty: the whole city.")),
        Column("reminder_days", _("Reminders (days before the due date)"), _T.TEXT, max_length=40,
               help=_("Days before the answers are due, such as 7, 2. Whoever has not answered "
                      "gets one more e-mail then. Empty: no reminders by themselves.")),
        Column("mail_hour", _("E-mails from (hour of the day)"), _T.INTEGER, minimum=6, maximum=20,
               help=_("What the round sends by itself leaves from this hour on: 8 means 8:00.")),
        Column("message", _("Note to everybody"), _T.LONGTEXT,
               help=_("Stands in every e-mail, such as what the round is for.")),
    ),
)  # fmt: skip


def _of_dimension(value: str, label: Any) -> tuple[Column, Column]:
    trend = format_lazy("{label}: {trend}", label=label, trend=_("trend"))
    return (
        Column(value, label, _T.CHOICE, choices=Light.choices),
        Column(f"{value}_trend", trend, _T.CHOICE, choices=StatusLight.Trend.choices),
    )


RESULTS = Table(
    kind="round-result",
    label=_("Result of a status round"),
    label_plural=_("Results of a status round"),
    key=("number",),
    columns=(
        Column("number", _("Identifier"), _T.TEXT),
        Column("title", _("Title"), _T.TEXT),
        Column("unit", _("Lead unit"), _T.TEXT),
        Column("phase", _("Phase"), _T.CHOICE, choices=Phase.choices),
        Column("start", _("Start"), _T.DATE),
        Column("end", _("End"), _T.DATE),
        Column("progress", _("Progress"), _T.PERCENT),
        Column("reported", _("Reported"), _T.BOOLEAN),
        Column("light", _("Traffic light"), _T.CHOICE, choices=Light.choices),
        *(
            column
            for value, label in LightDimension.choices
            for column in _of_dimension(value, label)
        ),
        Column("summary", _("State of affairs"), _T.LONGTEXT),
        Column("outlook", _("Outlook"), _T.LONGTEXT),
    ),
)

SUBSTITUTIONS = Table(
    kind="substitution",
    label=_("Substitution"),
    label_plural=_("Substitutions"),
    key=("person", "valid_from"),
    columns=(
        Column("person", _("Person who is away"), _T.PERSON, required=True),
        Column("substitute", _("Substitute"), _T.PERSON, required=True,
               help=_("Gets the e-mails of status rounds, too, and may answer them.")),
        Column("valid_from", _("First day"), _T.DATE, required=True),
        Column("valid_until", _("Last day"), _T.DATE, required=True),
    ),
)  # fmt: skip
