"""Columns of status rounds."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from leitstand.core.tables.columns import Column, ColumnType, Table

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
        Column("message", _("Note to everybody"), _T.LONGTEXT,
               help=_("Stands in every e-mail, such as what the round is for.")),
    ),
)  # fmt: skip

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
