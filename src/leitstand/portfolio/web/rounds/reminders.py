"""The reminders of a round on its page: those that were sent and those to come."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.base import clock
from leitstand.core.history import past
from leitstand.core.ui import components as ui
from leitstand.portfolio.actions.rounds.reminding import planned_days
from leitstand.portfolio.models import RoundReminder, StatusRound

State = StatusRound.State


def reminder_part(row: StatusRound) -> list[dict[str, Any]]:
    """A part of the page, or none for a round that never reminded and does not any more."""
    sent = list(row.reminders.filter(day__lte=clock.today()))  # fewer on a past day
    coming = _coming(row, sent)
    if row.state not in (State.PLANNED, State.OPEN) and not sent:
        return []
    columns = (
        ui.Column("day", _("Day"), nowrap=True), ui.Column("way", _("How")),
        ui.Column("state", _("State")),
    )  # fmt: skip
    lines = [
        ui.Row((one.day, _("by itself") if one.planned else _("by hand"), _people(one)))
        for one in sent
    ]
    lines += [ui.Row((day, _("by itself"), ui.Cell(badge=ui.Badge(_("planned"))))) for day in coming]
    if past.is_past() and not lines:
        return []
    table = ui.DataTable(
        _("Reminders"), columns, lines, id="erinnerungen", empty_title=_("No reminders planned"),
        empty_text=_("“Edit” sets how many days before the due date the round reminds by itself."),
    )  # fmt: skip
    note = _("Only those who have not answered by then are written to, from %(hour)d:00 on.") % {
        "hour": row.mail_hour,
    }  # fmt: skip
    return [{"title": _("Reminders"), "table": table, "note": note if lines else ""}]


def _coming(row: StatusRound, sent: list[RoundReminder]) -> list[Any]:
    """Planned days ahead; today counts as long as nobody was reminded today."""
    if row.state not in (State.PLANNED, State.OPEN):
        return []
    done, today = {one.day for one in sent}, clock.today()
    return [day for day in planned_days(row) if day >= today and day not in done]


def _people(one: RoundReminder) -> str:
    if one.people is None:
        return _("on its way")
    if not one.people:
        return _("everybody had answered")
    return ngettext("%(n)d person written to", "%(n)d people written to", one.people) % {
        "n": one.people
    }
