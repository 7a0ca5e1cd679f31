"""How meetings, minutes and tasks read."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from leitstand.core.base import clock
from leitstand.core.ui import components as ui
from leitstand.portfolio.models import ActionItem, Meeting, Minutes

_KINDS: dict[str, ui.Kind] = {
    Meeting.State.PLANNED: "neutral", Meeting.State.INVITED: "info",
    Meeting.State.HELD: "success", Meeting.State.CANCELLED: "warning",
}  # fmt: skip


def when(meeting: Meeting) -> str:
    """Day and time in one line: "Do., 3.12.2026, 10:00 bis 11:30 Uhr"."""
    end = datetime.combine(meeting.day, meeting.begins) + timedelta(minutes=meeting.duration)
    words = {
        "day": date_format(meeting.day, "D, d.m.Y"),
        "from": meeting.begins.strftime("%H:%M"),
        "to": end.strftime("%H:%M"),
    }
    return _("%(day)s, %(from)s to %(to)s") % words


def state_badge(state: str) -> ui.Badge:
    """The state of a meeting."""
    return ui.Badge(Meeting.State(state).label, _KINDS.get(state, "neutral"))


def minutes_state(meeting: Meeting) -> str:
    """Whether minutes are released; drafts are not spoken of."""
    minutes: Minutes | None = getattr(meeting, "minutes", None)
    if minutes is None or minutes.state != Minutes.State.RELEASED:
        return "–"
    return str(Minutes.State.RELEASED.label)


def task_badge(task: ActionItem) -> ui.Badge:
    """The state of a task; late ones stand out."""
    if task.state == ActionItem.State.DONE:
        return ui.Badge(task.get_state_display(), "success")
    if task.due and task.due < clock.today():
        return ui.Badge(_("overdue"), "danger")
    return ui.Badge(task.get_state_display(), "info")
