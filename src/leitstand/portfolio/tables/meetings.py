"""Columns of working groups, meetings, their points, minutes and tasks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from leitstand.core.base.models import Level
from leitstand.core.tables.columns import Column, ColumnType, Table
from leitstand.portfolio.models import ActionItem

_T = ColumnType
_LEVELS = [(str(value), label) for value, label in Level.choices]
_TITLE = Column("title", _("Title"), _T.TEXT, required=True, max_length=200)
_PLACE = Column("place", _("Venue"), _T.TEXT, max_length=200)
_VIDEO = Column("video_link", _("Video conference"), _T.TEXT, max_length=600,
                help=_("Address of the video conference, beginning with https://."))  # fmt: skip

GROUPS = Table(
    kind="working-group",
    label=_("Working group"),
    label_plural=_("Working groups"),
    key=("title",),
    columns=(
        _TITLE,
        Column("purpose", _("Purpose"), _T.LONGTEXT),
        Column("lead", _("Lead"), _T.PERSON, required=True),
        Column("unit", _("Unit"), _T.UNIT, required=True, source="unit__name"),
        Column("confidentiality", _("Confidentiality"), _T.CHOICE, choices=_LEVELS),
        _PLACE,
        _VIDEO,
        Column("active", _("Still meets"), _T.BOOLEAN),
    ),
)
MEETINGS = Table(
    kind="meeting",
    label=_("Meeting"),
    label_plural=_("Meetings"),
    key=("title",),
    columns=(
        _TITLE,
        Column("day", _("Day"), _T.DATE, required=True),
        Column("begins", _("Begins at"), _T.TEXT, required=True, max_length=10,
               help=_("For example 14:30.")),
        Column("duration", _("Duration"), _T.INTEGER, unit="min", required=True, minimum=5,
               maximum=1440),
        _PLACE,
        _VIDEO,
    ),
)  # fmt: skip
POINTS = Table(
    kind="agenda-item",
    label=_("Point of the agenda"),
    label_plural=_("Agenda"),
    key=("title",),
    columns=(
        Column("title", _("Title"), _T.TEXT, required=True, max_length=300),
        Column("position", _("Number"), _T.INTEGER, minimum=1, maximum=999),
        Column("note", _("What it is about"), _T.LONGTEXT),
    ),
)
WRITTEN = Table(
    kind="minutes-point",
    label=_("Minutes of the point"),
    label_plural=_("Minutes"),
    key=("text",),
    columns=(
        Column("text", _("What was said"), _T.LONGTEXT),
        Column("resolution", _("Resolution"), _T.LONGTEXT,
               help=_("In one or two sentences, as it was decided.")),
        Column("to_project", _("Enter the resolution among the project's decisions"), _T.BOOLEAN,
               help=_("When the minutes are released.")),
    ),
)  # fmt: skip
MINUTES = Table(
    kind="minutes",
    label=_("Minutes"),
    label_plural=_("Minutes"),
    key=("attendance",),
    columns=(
        Column("attendance", _("Present"), _T.LONGTEXT),
        Column("remarks", _("Remarks"), _T.LONGTEXT),
    ),
)
TASKS = Table(
    kind="task",
    label=_("Task"),
    label_plural=_("Tasks"),
    key=("title",),
    columns=(
        Column("title", _("What is to be done?"), _T.TEXT, required=True, max_length=300,
               aliases=("Aufgabe", "Titel")),
        Column("responsible", _("Person responsible"), _T.PERSON, required=True,
               aliases=("Verantwortlich", "Wer")),
        Column("due", _("Due"), _T.DATE, aliases=("Fällig", "bis", "Frist")),
        Column("note", _("Note"), _T.LONGTEXT, aliases=("Notiz", "Bemerkung")),
        Column("state", _("State"), _T.CHOICE, choices=ActionItem.State.choices, editable=False),
        Column("done_on", _("Done on"), _T.DATE, editable=False),
    ),
)  # fmt: skip
GIVEN = ("title", "responsible", "due", "note")
"""What is entered of a task."""
