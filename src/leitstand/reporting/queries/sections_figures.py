"""Sections of the Sachstandsbericht made of figures: results, money, rollouts, changes, rules."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from leitstand.core.base.papers import Block, Cell, Column, Kind, Note, Paragraph, Table, Words
from leitstand.core.base.report_sections import ReportFrame
from leitstand.portfolio import facade
from leitstand.portfolio.facade import DONE, STARTED, ProjectState, RolloutState
from leitstand.reporting.queries import admitted, cells


def results(frame: ReportFrame) -> Sequence[Block]:
    """What was completed and which milestones were reached since the report before."""
    projects, first = admitted.projects(frame), admitted.begins(frame)
    reached = frame.kept(
        "reached", lambda: facade.milestones_reached(list(projects), first, frame.day)
    )
    done = [one for one in projects.values() if one.group == DONE and one.end and one.end >= first]
    text = _(
        "From %(first)s to %(last)s: completed projects %(done)s, milestones reached %(reached)s."
    )
    blocks: list[Block] = [
        Words("results", _("Results in words")),
        Paragraph(text % {"first": facade.day_text(first), "last": facade.day_text(frame.day),
                          "done": len(done), "reached": len(reached)}),
    ]  # fmt: skip
    if not reached:
        return blocks
    columns = (
        Column(_("Milestone"), weight=3), Column(_("Project"), weight=3),
        Column(_("Target day"), Kind.DATE), Column(_("Reached"), Kind.DATE),
    )  # fmt: skip
    shown = reached[: frame.most(5, 4, 3, 2, 0)]
    rows = tuple(
        (
            Cell(one.title),
            Cell(projects[one.project_id].title),
            cells.day(one.due),
            cells.day(one.done_on),
        )
        for one in shown
    )
    note = ""
    if len(shown) < len(reached):
        note = _("Further milestones reached: %(number)s, see the long form.") % {
            "number": len(reached) - len(shown)
        }
    if not rows:
        return [*blocks, Paragraph(note, "small")]
    return [*blocks, Table(_("Milestones reached"), columns, rows, note)]


def money(frame: ReportFrame) -> Sequence[Block]:
    """Planned, committed and spent money per year."""
    years = frame.kept(
        "money", lambda: facade.money_by_year([one.id for one in admitted.counted(frame)])
    )
    words = Words("money", _("Remarks on the money"))
    if not years:
        return [words, Paragraph(_("No budget has been entered for these projects."))]
    columns = (
        Column(_("Year")), Column(_("Planned"), Kind.MONEY, 1.4),
        Column(_("Committed"), Kind.MONEY, 1.4), Column(_("Spent"), Kind.MONEY, 1.4),
        Column(_("Spent of plan"), Kind.PERCENT), Column(_("Follow-up costs"), Kind.MONEY, 1.4),
    )  # fmt: skip
    rows = [
        (Cell(str(y.year)), cells.money(y.planned), cells.money(y.committed), cells.money(y.spent),
         cells.share(float(y.spent), float(y.planned)), cells.money(y.follow_up))
        for y in years
    ]  # fmt: skip
    sums = [
        sum((getattr(y, name) for y in years), Decimal(0))
        for name in ("planned", "committed", "spent", "follow_up")
    ]
    rows.append((
        Cell(_("Sum")), cells.money(sums[0]), cells.money(sums[1]), cells.money(sums[2]),
        cells.share(float(sums[2]), float(sums[0])), cells.money(sums[3]),
    ))  # fmt: skip
    note = _(
        "Euro, rounded; all projects of this report. Follow-up costs are planned ones and in no sum."
    )
    return [words, Table(_("Target and actual of the money"), columns, tuple(rows), note, True)]


def rollouts(frame: ReportFrame) -> Sequence[Block]:
    """Every rollout with its units by state."""
    found = admitted.rollouts(frame)
    if not found:
        return []
    columns = (
        Column(_("Rollout"), weight=3), Column(_("Units taking part"), Kind.NUMBER),
        Column(_("introduced"), Kind.NUMBER),
        Column(_("in progress"), Kind.NUMBER), Column(_("planned"), Kind.NUMBER),
        Column(_("open"), Kind.NUMBER, 0.8), Column(_("Target day"), Kind.DATE, 1.2),
    )  # fmt: skip
    blocks: list[Block] = [Words("rollouts", _("Remarks on the rollouts"))]
    blocks.append(_rollout_table(found, columns, frame))
    if frame.long:
        blocks += [_held_up(one) for one in found if any(unit.reasons for unit in one.units)]
    return blocks


def _rollout_table(
    found: Sequence[RolloutState], columns: tuple[Column, ...], frame: ReportFrame
) -> Table:
    shown = found[: frame.most(12, 10, 8, 6, 4)]
    note = ""
    if len(shown) < len(found):
        text = _("Further rollouts: %(number)s, see the long form.")
        note = text % {"number": len(found) - len(shown)}
    return Table(_("Introductions by unit"), columns, tuple(map(_rollout, shown)), note)


def _rollout(one: RolloutState) -> tuple[Cell, ...]:
    taking_part = [unit for unit in one.units if unit.state != "out"]
    counts = [
        sum(u.state == state for u in taking_part)
        for state in ("done", "running", "planned", "open")
    ]
    return (
        Cell(one.title), cells.number(len(taking_part)), *(cells.number(count) for count in counts),
        cells.day(one.due),
    )  # fmt: skip


def _held_up(one: RolloutState) -> Table:
    columns = (Column(_("Unit"), weight=2), Column(_("State")), Column(_("Reasons"), weight=3))
    rows = tuple(
        (Cell(unit.name), Cell(unit.state_label), Cell("\n".join(unit.reasons)))
        for unit in one.units
        if unit.reasons
    )
    return Table(_("%(rollout)s: reasons") % {"rollout": one.title}, columns, rows)


# --- changes ------------------------------------------------------------------------------------


def changes(frame: ReportFrame) -> Sequence[Block]:
    """What differs from the report before: phase, end, light; new projects."""
    if frame.since is None:
        return []
    old = admitted.before(frame)
    if old is None:
        text = _("No states are recorded for %(day)s, so nothing can be compared.")
        return [Note("", text % {"day": facade.day_text(frame.since)})]
    now = {one.id: one for one in admitted.counted(frame)}
    lines = list(_changes(old, now))
    words = Words("changes", _("Remarks on the changes"))
    if not lines:
        return [words, Paragraph(_("Nothing has changed."))]
    columns = (
        Column(_("Project"), weight=3), Column(_("What")),
        Column(facade.day_text(frame.since), weight=1.7), Column(facade.day_text(frame.day), weight=1.7),
    )  # fmt: skip
    shown = lines[: frame.most(6, 5, 4, 3, 0)]
    note = ""
    if len(shown) < len(lines):
        note = _("Further changes: %(number)s, see the long form.") % {
            "number": len(lines) - len(shown)
        }
    if not shown:
        return [words, Paragraph(note, "small")]
    return [words, Table(_("Changes"), columns, tuple(shown), note)]


_GRAVITY = {"red": 0, "yellow": 1}


def _changes(
    old: dict[uuid.UUID, ProjectState], now: dict[uuid.UUID, ProjectState]
) -> Iterator[tuple[Cell, ...]]:
    """The gravest first: lights that turned red, then phases, ends, new projects."""
    found: list[tuple[tuple[int, str], tuple[Cell, ...]]] = []
    for key, one in now.items():
        before = old.get(key)
        if before is None:
            line = (Cell(one.title), Cell(_("new")), Cell("–"), Cell(one.phase_label))
            found.append(((3, one.number), line))
            continue
        found += [((rank, one.number), line) for rank, line in _differences(before, one)]
    yield from (line for _rank, line in sorted(found, key=lambda pair: pair[0]))


def _differences(before: ProjectState, one: ProjectState) -> list[tuple[int, tuple[Cell, ...]]]:
    found: list[tuple[int, tuple[Cell, ...]]] = []
    if before.light != one.light and one.group != DONE:
        old, new = (Cell(x.light_label, tone=cells.TONES[x.light]) for x in (before, one))
        found.append(
            (_GRAVITY.get(one.light, 2), (Cell(one.title), Cell(_("Traffic light")), old, new))
        )
    if before.phase != one.phase:
        line = (Cell(one.title), Cell(_("Phase")), Cell(before.phase_label), Cell(one.phase_label))
        found.append((1 if one.group in (DONE, STARTED) else 2, line))
    if before.end != one.end:
        found.append((2, (Cell(one.title), Cell(_("End")), _ends(before.end), _ends(one.end))))
    return found


def _ends(day: date | None) -> Cell:
    return Cell(facade.day_text(day))


def light_rules(frame: ReportFrame) -> Sequence[Block]:
    """What the traffic lights mean and from when the rules propose which."""
    columns = (
        Column(_("Dimension")), Column(_("Rule"), weight=1.8), Column(_("How it counts"), weight=3.4),
        Column(_("yellow")), Column(_("red")),
    )  # fmt: skip
    rows = tuple(
        (Cell(one.dimension), Cell(one.name), Cell(one.meaning), Cell(one.yellow), Cell(one.red))
        for one in facade.light_rules()
    )
    text = _(
        "Green: as planned. Yellow: a deviation that the responsible unit can solve. Red: a decision "
        "outside the project is needed. Grey: not set. The rules propose, the responsible person "
        "sets; whoever deviates gives a reason."
    )
    return [Paragraph(text), Table(_("Rules of the traffic lights"), columns, rows)]
