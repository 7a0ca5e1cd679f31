"""Demo data of needs, working groups, tasks and comments, loaded through the product's actions."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from leitstand.core.accounts.models import Account
from leitstand.core.base.actor import Actor
from leitstand.core.comments import actions as comments
from leitstand.core.comments.models import Comment
from leitstand.core.org.models import OrgUnit, Person
from leitstand.portfolio.actions import advice, groups, minutes, need_import, needs, tasks
from leitstand.portfolio.models import (
    ActionItem,
    AdviceCase,
    AgendaItem,
    CaseMessage,
    Meeting,
    Minutes,
    Need,
    Project,
    WorkingGroup,
)

_REPORT = "Meldung "
_LEVELS = {"intern": 1, "vertraulich": 2}
Row = dict[str, str]


class DemoProblem(Exception):
    """The demo files do not fit the actions: a programming error, told in full."""


def load(folder: Path, actor: Actor) -> None:
    """Load needs and their cases, groups, meetings with minutes, tasks and comments."""
    _Loader(folder, actor).run()


class _Loader:
    """Everything by the names that the files use."""

    def __init__(self, folder: Path, actor: Actor) -> None:
        self.folder, self.actor = folder, actor
        self.people = {str(person): person for person in Person.objects.all()}
        self.accounts = dict(Account.objects.exclude(person=None).values_list("person_id", "pk"))

    def run(self) -> None:
        """Load all files in their order."""
        self._needs()
        for row in self._rows("need_steps"):
            self._step(row)
        for row in self._rows("groups"):
            self._group(row)
        for row in self._rows("meetings"):
            self._meeting(row)
        for row in self._rows("agenda"):
            self._point(row)
        for row in self._rows("tasks"):
            self._task(row)
        for row in self._rows("meetings"):
            self._close(row)
        for row in self._rows("comments"):
            self._comment(row)

    def _rows(self, name: str) -> list[Row]:
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as source:
            return list(csv.DictReader(source, delimiter=";"))

    def _as(self, name: str) -> Actor:
        """The product, acting in the name of a person."""
        person = self.people[name]
        account = self.accounts.get(person.pk)
        return Actor("system", str(person), account_id=account, person_id=person.pk)

    # --- needs ------------------------------------------------------------------------

    def _needs(self) -> None:
        names = {
            "external_key": "Nr.", "title": "Titel", "unit": "Amt", "description": "Beschreibung",
            "urgency": "Dringlichkeit", "wished": "Wunschtermin",
            "legal_basis": "Rechtsgrundlage", "contact": "Ansprechpartner",
            "confidentiality": "Vertraulichkeit", "filed_on": "Eingang",
        }  # fmt: skip
        rows = [
            {"row": number, **{name: row[head] for name, head in names.items()}}
            for number, row in enumerate(self._rows("needs"), start=2)
        ]
        result = need_import.import_needs(rows, actor=self.actor)
        if result.errors:
            raise DemoProblem(f"needs.csv: {result.errors[:3]}")

    def _step(self, row: Row) -> None:
        need = Need.objects.select_related("case").get(external_key=row["Nr."])
        who, on = self._as(row["Person"]), _day(row["Datum"])
        self._do(row, need, who)
        case = AdviceCase.objects.filter(need=need)
        case.update(state_since=on)
        case.exclude(decided_on=None).update(decided_on=on)
        newest = CaseMessage.objects.filter(case=need.case).order_by("-id").first()
        if newest and row["Schritt"] not in ("take", "assess", "tie"):
            CaseMessage.objects.filter(pk=newest.pk).update(created_at=_moment(on))

    def _do(self, row: Row, need: Need, who: Actor) -> None:
        text, version = row["Text"], need.case.version
        both: dict[str, Any] = {"actor": who, "version": version}
        steps: dict[str, Callable[[], Any]] = {
            "take": lambda: advice.take(need.pk, **both),
            "assess": lambda: advice.assess(
                need.pk, **both, values={"recommendation": text, "effort": row["Ziel"]}
            ),
            "ask": lambda: advice.ask(need.pk, actor=who, text=text),
            "reply": lambda: advice.reply(need.pk, actor=who, text=text),
            "note": lambda: advice.note(need.pk, actor=who, text=text),
            "answer": lambda: advice.answer(need.pk, **both, text=text),
            "decline": lambda: advice.decline(need.pk, **both, reason=text),
            "accept": lambda: advice.accept(need.pk, **both, reason=text),
            "merge": lambda: advice.merge(
                need.pk, **both, reason=text, target=self._target(row["Ziel"])
            ),
            "tie": lambda: needs.tie(
                need.pk, actor=who, other=self._target(row["Ziel"]), note=text, kind="synergy"
            ),
        }
        steps[row["Schritt"]]()

    @staticmethod
    def _target(key: str) -> Any:
        model: Any = Need if key.startswith("BD-") else Project
        return model.objects.get(external_key=key)

    # --- groups and meetings ----------------------------------------------------------

    def _group(self, row: Row) -> None:
        group = groups.create_group(
            actor=self.actor,
            values={
                "title": row["Titel"], "purpose": row["Zweck"], "place": row["Ort"],
                "unit": OrgUnit.objects.get(code=row["Einheit"]),
                "lead": self.people[row["Leitung"]],
                "confidentiality": _LEVELS[row["Vertraulichkeit"]],
            },
        )  # fmt: skip
        for name in row["Mitglieder"].split(", "):
            groups.add_member(group.pk, actor=self.actor, person=self.people[name])

    def _meeting(self, row: Row) -> None:
        group = WorkingGroup.objects.get(title=row["Arbeitskreis"])
        meeting = groups.plan_meeting(
            group.pk,
            actor=self.actor,
            values={"title": row["Titel"], "day": _day(row["Tag"]), "begins": row["Beginn"],
                    "duration": int(row["Minuten"])},
        )  # fmt: skip
        groups.invite(meeting.pk, actor=self.actor)

    def _point(self, row: Row) -> None:
        meeting = Meeting.objects.get(title=row["Sitzung"])
        found = self._target(row["Bezug"]) if row["Bezug"] else None
        values = {
            "title": row["Titel"], "position": int(row["Nr."]),
            "project": found if isinstance(found, Project) else None,
            "need": found if isinstance(found, Need) else None,
        }  # fmt: skip
        point = minutes.add_point(meeting.pk, actor=self.actor, values=values)
        written = {"text": row["Text"], "resolution": row["Beschluss"],
                   "to_project": row["Entscheidung"] == "ja"}  # fmt: skip
        if any(written.values()):
            minutes.change_point(point.pk, actor=self.actor, version=1, values=written)

    def _task(self, row: Row) -> None:
        meeting = Meeting.objects.filter(title=row["Sitzung"]).first()
        point = AgendaItem.objects.filter(meeting=meeting, position=row["Punkt"] or 0).first()
        task = tasks.give_task(
            actor=self._as(row["Von"]),
            values={
                "title": row["Aufgabe"], "responsible": self.people[row["Verantwortlich"]],
                "due": _day(row["Fällig"]), "note": row["Notiz"],
                "project": self._target(row["Vorhaben"]) if row["Vorhaben"] else None,
            },
            meeting=meeting,
            agenda_item=point,
        )  # fmt: skip
        if row["Erledigt"]:
            tasks.finish(task.pk, actor=self._as(row["Verantwortlich"]))
            ActionItem.objects.filter(pk=task.pk).update(done_on=_day(row["Erledigt"]))

    def _close(self, row: Row) -> None:
        """Write who was present, and release what the file says is released."""
        if row["Stand"] not in ("draft", "released"):
            return
        meeting = Meeting.objects.get(title=row["Titel"])
        head = minutes.begin_minutes(meeting.pk, actor=self.actor)
        present = row["Anwesend"].replace(", ", "\n")
        head = minutes.change_minutes(
            meeting.pk, actor=self.actor, version=head.version, values={"attendance": present}
        )
        if row["Stand"] == "released":
            lead = self._as(str(meeting.group.lead))
            minutes.release(meeting.pk, actor=lead, version=head.version)
            Minutes.objects.filter(pk=head.pk).update(released_on=meeting.day)

    # --- comments ---------------------------------------------------------------------

    def _comment(self, row: Row) -> None:
        about = row["Bezug"]
        meeting = Meeting.objects.filter(title=about).first()
        thing: Any = meeting
        kind = "meeting"
        if about.startswith(_REPORT):
            project = self._target(about.removeprefix(_REPORT))
            thing, kind = project.status_reports.latest("as_of", "pk"), "status-report"
        elif meeting is None:
            thing = self._target(about)
            kind = "need" if isinstance(thing, Need) else "project"
        text = row["Text"]
        named = [self.people[row["Erwähnt"]]] if row["Erwähnt"] else []
        who = self._as(row["Person"])
        comment = comments.post(kind, thing.pk, actor=who, text=text, mention=named)
        Comment.objects.filter(pk=comment.pk).update(created_at=_moment(_day(row["Datum"])))


def _day(text: str) -> date:
    day, month, year = text.split(".")
    return date(int(year), int(month), int(day))


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(10), ZoneInfo(settings.TIME_ZONE))
