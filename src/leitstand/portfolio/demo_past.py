"""When the demo city was told what: its cooperation, rollouts and indicators get a past."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from leitstand.core.base import clock
from leitstand.core.history.actions import told_before, told_since
from leitstand.portfolio.models import (
    ActionItem,
    AdviceCase,
    AgendaItem,
    CellState,
    IndicatorValue,
    Meeting,
    Minutes,
    Need,
    RolloutCell,
    RolloutObstacle,
    StatusRequest,
    StatusRound,
)

_INVITED, _PLANNED, _ENTERED = timedelta(days=14), timedelta(days=28), timedelta(days=3)


class Past:
    """Tells the past of everything that lies after the beginning of the record."""

    def __init__(self, began: datetime) -> None:
        self.began = began

    def load(self) -> None:
        """Needs, meetings, rounds, rollouts, indicators."""
        self._needs()
        self._meetings()
        self._rounds()
        self._rollouts()
        for value in IndicatorValue.objects.all():
            self._since(IndicatorValue, value, value.day + _ENTERED)

    def _since(self, model: Any, row: Any, day: date | None) -> None:
        """The object is known since the day."""
        if self._counts(day):
            told_since(model, row.pk, _moment(day))

    def _before(self, model: Any, row: Any, day: date | None, **values: Any) -> None:
        """Until the day these values were known instead; called with falling days."""
        if self._counts(day):
            told_before(model, row.pk, _moment(day), values)

    def _counts(self, day: date | None) -> bool:
        return day is not None and self.began < _moment(day) and day < clock.present_day()

    def _needs(self) -> None:
        blank = {"decided_on": None, "decided_by": "", "answer": "", "decision_reason": "",
                 "project_id": None, "merged_into_id": None}  # fmt: skip
        for case in AdviceCase.objects.select_related("need"):
            filed = case.need.filed_on
            if case.state != AdviceCase.State.NEW and case.state_since > filed:
                first = {"state": AdviceCase.State.NEW, "state_since": filed, "handler_id": None}
                self._before(AdviceCase, case, case.state_since, **first, **blank)
            self._since(AdviceCase, case, filed)
            self._since(Need, case.need, filed)

    def _meetings(self) -> None:
        for meeting in Meeting.objects.prefetch_related("agenda"):
            if meeting.state == Meeting.State.HELD:
                self._before(Meeting, meeting, meeting.day, state=Meeting.State.INVITED)
            if meeting.state != Meeting.State.PLANNED:
                planned = Meeting.State.PLANNED
                self._before(Meeting, meeting, meeting.day - _INVITED, state=planned)
            self._since(Meeting, meeting, meeting.day - _PLANNED)
            for point in meeting.agenda.all():
                if point.text or point.resolution:
                    empty = {"text": "", "resolution": "", "decision_id": None}
                    self._before(AgendaItem, point, meeting.day, **empty)
                self._since(AgendaItem, point, meeting.day - _INVITED)
        for minutes in Minutes.objects.select_related("meeting"):
            self._since(Minutes, minutes, minutes.meeting.day)
        for task in ActionItem.objects.select_related("meeting"):
            if task.done_on:
                opened = ActionItem.State.OPEN
                self._before(ActionItem, task, task.done_on, state=opened, done_on=None)
            if task.meeting and (task.done_on is None or task.done_on > task.meeting.day):
                self._since(ActionItem, task, task.meeting.day)

    def _rounds(self) -> None:
        State = StatusRound.State
        for row in StatusRound.objects.all():
            if row.state == State.CLOSED:
                self._before(StatusRound, row, row.due_on, state=State.OPEN, closed_at=None)
            self._before(StatusRound, row, row.opens_on, state=State.PLANNED, opened_at=None)
            self._since(StatusRound, row, row.opens_on - _INVITED)
            asked = StatusRequest.objects.filter(round=row)
            asked.update(created_at=_moment(row.opens_on))
            answered = asked.exclude(answered_at=None)
            answered.update(answered_at=_moment(row.opens_on + _ENTERED))

    def _rollouts(self) -> None:
        for cell in RolloutCell.objects.exclude(actual_start=None, actual_end=None):
            if cell.actual_end:
                state = CellState.RUNNING if cell.actual_start else CellState.PLANNED
                self._before(RolloutCell, cell, cell.actual_end, state=state, actual_end=None)
            if cell.actual_start:
                values = {"state": CellState.PLANNED, "actual_start": None, "actual_end": None}
                self._earlier(cell, values)
        for obstacle in RolloutObstacle.objects.all():
            self._before(RolloutObstacle, obstacle, obstacle.resolved_on, resolved_on=None)
            if obstacle.resolved_on is None or obstacle.resolved_on != obstacle.since:
                self._since(RolloutObstacle, obstacle, obstacle.since)

    def _earlier(self, cell: RolloutCell, values: dict[str, Any]) -> None:
        """Begun on the day on which it ended: one step."""
        if cell.actual_end is None or (cell.actual_start and cell.actual_start < cell.actual_end):
            self._before(RolloutCell, cell, cell.actual_start, **values)


def _moment(day: date | None) -> datetime:
    assert day is not None  # noqa: S101 - asked for before
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
