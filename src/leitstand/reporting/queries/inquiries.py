"""The answer to an inquiry: a table of projects or of a rollout's units as of a day, with reasons,
and what differs from an earlier day."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.base.models import Level
from leitstand.core.base.papers import (
    Block,
    Cell,
    Column,
    Mark,
    Note,
    Paragraph,
    Part,
    Shares,
    Table,
    Tone,
    Words,
)
from leitstand.core.base.report_sections import ReportFrame
from leitstand.core.history import past
from leitstand.portfolio import facade
from leitstand.portfolio.facade import RolloutState
from leitstand.reporting.domain.content import Section
from leitstand.reporting.queries import admitted
from leitstand.reporting.queries.building import standing_at
from leitstand.reporting.queries.inquiry_columns import (
    Asked,
    chosen,
    of_projects,
    of_rollout,
    wrong,
)

PROJECTS, ROLLOUT = "projects", "rollout:"
Rows = dict[uuid.UUID, tuple[Cell, ...]]
_TONES = {"done": Tone.GREEN, "running": Tone.NONE, "planned": Tone.YELLOW, "open": Tone.GREY}


@dataclass(frozen=True)
class Inquiry:
    """What is asked: ``source`` is ``projects`` or ``rollout:<id>``, ``columns`` are codes."""

    question: str
    source: str
    columns: tuple[str, ...] = ()


def build(frame: ReportFrame, asked: Inquiry) -> tuple[Section, ...]:
    """Question, answer in words, table; all of one moment. Raises ``Invalid``."""
    with standing_at(frame.day):
        if asked.source == PROJECTS:
            columns, read, shares = _about_projects(frame, asked)
        else:
            columns, read, shares = _about_rollout(frame, asked)
        rows = read()
        old = _earlier(frame, read)
    blocks: list[Block] = [Words("answer", _("Answer in a few sentences"))]
    blocks += shares
    blocks += _table(frame, columns, rows, old)
    question = (
        Section("question", _("Inquiry"), (Paragraph(asked.question),)) if asked.question else None
    )
    answer = Section("answer", _("Answer"), tuple(blocks))
    return (question, answer) if question else (answer,)


def frame_of(actor: Actor, *, level: int = 3, unit_id: uuid.UUID | None = None) -> ReportFrame:
    """A frame over the present, to ask what is offered."""
    return ReportFrame(actor, clock.today(), level, unit_id)


def sources(frame: ReportFrame) -> list[tuple[str, str]]:
    """What may be asked about: projects, and the rollouts that may be in the paper."""
    found = [(PROJECTS, _("Projects"))]
    found += [(f"{ROLLOUT}{one.id}", one.title) for one in admitted.rollouts(frame)]
    return found


def named(frame: ReportFrame, title: str) -> str:
    """The source of a rollout by its title, projects for none; raises ``Invalid``."""
    if not title:
        return PROJECTS
    found = {one.title.casefold(): f"{ROLLOUT}{one.id}" for one in admitted.rollouts(frame)}
    if title.casefold() not in found:
        names = ", ".join(sorted(one.title for one in admitted.rollouts(frame))) or "–"
        text = _("There is no rollout “%(title)s” at this level. These exist: %(names)s.")
        raise Invalid(text % {"title": title, "names": names}, field="source")
    return found[title.casefold()]


def titled(frame: ReportFrame, asked: Inquiry) -> str:
    """The title of a paper that has none: what the inquiry is about."""
    about = dict(sources(frame)).get(asked.source, _("Projects"))
    return _("State of affairs: %(about)s") % {"about": about}


def offered(frame: ReportFrame, source: str) -> list[Asked]:
    """The columns of a source; raises ``Invalid`` for a source that is not there."""
    return of_projects() if source == PROJECTS else of_rollout(_rollout(frame, source))


# --- what is asked about --------------------------------------------------------------------------

_Read = Callable[[], Rows]


def _about_projects(frame: ReportFrame, asked: Inquiry) -> tuple[list[Asked], _Read, list[Block]]:
    columns = _columns(of_projects(), asked)

    def read() -> Rows:
        found = admitted.read_projects(frame)
        return {key: tuple(column.cell(one) for column in columns) for key, one in found.items()}

    return columns, read, []


def _about_rollout(frame: ReportFrame, asked: Inquiry) -> tuple[list[Asked], _Read, list[Block]]:
    first = _rollout(frame, asked.source)
    columns = _columns(of_rollout(first), asked)

    def read() -> Rows:
        found = _found(frame, asked.source)
        if found is None:
            return {}
        then = {one.code: one.cell for one in of_rollout(found)}  # steps may have been others
        return {
            unit.id: tuple(then.get(one.code, _nothing)(unit) for one in columns)
            for unit in found.units
            if unit.state != "out"
        }

    return columns, read, _shares(first)


def _nothing(_unit: object) -> Cell:
    return Cell("–")


def _columns(every: Sequence[Asked], asked: Inquiry) -> list[Asked]:
    if text := wrong(every, asked.columns):
        raise Invalid(text, field="columns")
    return chosen(every, asked.columns)


def level_of(frame: ReportFrame, source: str) -> int | None:
    """The level that a paper about this source needs; None if it may have any."""
    return None if source == PROJECTS else _rollout(frame, source).level


def _rollout(frame: ReportFrame, source: str) -> RolloutState:
    found = _found(frame, source)
    if found is None and frame.level < Level.STRICT and _found(frame_of(frame.actor), source):
        text = _("The rollout is more confidential than the paper may be. Choose a higher level.")
        raise Invalid(text, field="confidentiality")
    if found is None:
        raise Invalid(
            _("What the inquiry is about does not exist or is not open to you."), field="source"
        )
    return found


def _found(frame: ReportFrame, source: str) -> RolloutState | None:
    """The rollout as of the day that is being read."""
    try:
        key = uuid.UUID(source.removeprefix(ROLLOUT))
    except ValueError:
        return None
    if key not in facade.rollouts_seen(frame.actor):
        return None
    found = facade.rollout_states([key])
    return found[0] if found and frame.admits(found[0].level, found[0].unit_id) else None


def _shares(rollout: RolloutState) -> list[Block]:
    labels = {
        "done": _("introduced"), "running": _("in progress"), "planned": _("planned"), "open": _("open"),
    }  # fmt: skip
    taking_part = [unit for unit in rollout.units if unit.state != "out"]
    parts = tuple(
        Part(label, number, _TONES[state])
        for state, label in labels.items()
        if (number := sum(unit.state == state for unit in taking_part))
    )
    if not parts:
        return []
    caption = _("%(rollout)s: %(number)s units") % {
        "rollout": rollout.title, "number": len(taking_part),
    }  # fmt: skip
    return [Shares(caption, parts)]


# --- the table, and what differs ------------------------------------------------------------------


def _earlier(frame: ReportFrame, read: _Read) -> Rows | None:
    """The same rows as of the earlier day; None if there is none or its day is not recorded."""
    since = frame.since
    if since is None or since >= frame.day:
        return None
    with past.present():
        begun = facade.history_begins()
    if begun is None or since < begun or since >= clock.present_day():
        return None
    with past.as_of(since):
        return read()


def _table(
    frame: ReportFrame, columns: Sequence[Asked], rows: Rows, old: Rows | None
) -> list[Block]:
    heads = tuple(Column(str(one.label), one.kind, one.weight) for one in columns)
    note = _("As of %(day)s") % {"day": f"{frame.day:%d.%m.%Y}"}
    if frame.since is None:
        return [Table(_("Overview"), heads, tuple(rows.values()), note)]
    day = {"day": f"{frame.since:%d.%m.%Y}"}
    if old is None:
        text = _("No states are recorded for %(day)s, so nothing can be compared.") % day
        return [Note("", text), Table(_("Overview"), heads, tuple(rows.values()), note)]
    marked, counts = _marked(rows, old)
    text = _("Against %(day)s: new %(new)s, changed %(changed)s, dropped out %(gone)s.")
    return [Paragraph(text % {**day, **counts}), Table(_("Overview"), heads, tuple(marked), note)]


def _marked(rows: Rows, old: Rows) -> tuple[list[tuple[Cell, ...]], Mapping[str, int]]:
    found, counts = [], {"new": 0, "changed": 0, "gone": 0}
    for key, row in rows.items():
        if key not in old:
            counts["new"] += 1
            found.append((replace(row[0], mark=Mark.NEW), *row[1:]))
            continue
        line = tuple(_against(cell, before) for cell, before in zip(row, old[key], strict=True))
        counts["changed"] += any(cell.mark is Mark.CHANGED for cell in line)
        found.append(line)
    for key, row in old.items():
        if key not in rows:
            counts["gone"] += 1
            found.append(
                tuple(
                    replace(cell, mark=Mark.GONE) if n == 0 else cell for n, cell in enumerate(row)
                )
            )
    return found, counts


def _against(cell: Cell, before: Cell) -> Cell:
    if cell.text == before.text:
        return cell
    text = _("%(now)s\nbefore: %(then)s") % {"now": cell.text, "then": before.text}
    return replace(cell, text=text, value=None, mark=Mark.CHANGED)
