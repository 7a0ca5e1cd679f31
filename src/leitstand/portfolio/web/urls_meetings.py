"""Addresses of working groups, meetings, minutes and tasks."""

from __future__ import annotations

from django.urls import URLPattern, path

from leitstand.portfolio.web import groups, meetings, minutes, tasks

_GROUP = "arbeitskreise/<uuid:group_id>/"
_MEETING = "sitzungen/<uuid:meeting_id>/"
_POINT = _MEETING + "punkt/<uuid:point_id>/"

urlpatterns: list[URLPattern] = [
    path("arbeitskreise/", groups.groups, name="groups"),
    path("arbeitskreise/neu/", groups.group_new, name="group_new"),
    path(_GROUP, groups.group_page, name="group"),
    path(_GROUP + "bearbeiten/", groups.group_edit, name="group_edit"),
    path(_GROUP + "mitglied/neu/", groups.member_new, name="member_new"),
    path(
        _GROUP + "mitglied/<uuid:member_id>/entfernen/", groups.member_remove, name="member_remove"
    ),
    path(_GROUP + "sitzung/neu/", meetings.meeting_new, name="meeting_new"),
    path(_MEETING, meetings.meeting_page, name="meeting"),
    path(_MEETING + "bearbeiten/", meetings.meeting_edit, name="meeting_edit"),
    path(_MEETING + "einladen/", meetings.meeting_invite, name="meeting_invite"),
    path(_MEETING + "absagen/", meetings.meeting_cancel, name="meeting_cancel"),
    path(_MEETING + "termin.ics", meetings.meeting_calendar, name="meeting_calendar"),
    path(_MEETING + "offenes/", meetings.meeting_carry, name="meeting_carry"),
    path(_MEETING + "aufgabe/neu/", tasks.meeting_task_new, name="meeting_task_new"),
    path(_MEETING + "punkt/neu/", meetings.point_new, name="point_new"),
    path(_POINT, meetings.point_edit, name="point_edit"),
    path(_POINT + "entfernen/", meetings.point_remove, name="point_remove"),
    path(_POINT + "protokoll/", minutes.point_write, name="point_write"),
    path(_MEETING + "protokoll/", minutes.minutes_page, name="minutes"),
    path(_MEETING + "protokoll/kopf/", minutes.minutes_edit, name="minutes_edit"),
    path(_MEETING + "protokoll/freigeben/", minutes.minutes_release, name="minutes_release"),
    path(_MEETING + "protokoll/nachtrag/", minutes.addendum_new, name="addendum_new"),
    path("aufgaben/", tasks.tasks, name="tasks"),
    path("aufgaben.ics", tasks.tasks_calendar, name="tasks_calendar"),
    path("aufgaben/neu/", tasks.task_new, name="task_new"),
    path("aufgaben/<uuid:task_id>/", tasks.task, name="task"),
    path("aufgaben/<uuid:task_id>/erledigt/", tasks.task_state, {"state": "erledigt"}, "task_done"),
    path("aufgaben/<uuid:task_id>/offen/", tasks.task_state, {"state": "offen"}, "task_reopen"),
]
