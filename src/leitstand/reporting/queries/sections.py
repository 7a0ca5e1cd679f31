"""The sections of the Sachstandsbericht that tell of the portfolio."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.base.papers import (
    Block,
    Bullets,
    Cell,
    Column,
    Heading,
    Kind,
    Paragraph,
    Part,
    Shares,
    Table,
    Tone,
    Words,
)
from leitstand.core.base.report_sections import ReportFrame, ReportSection, report_sections
from leitstand.portfolio.facade import DONE, PLANNED, STARTED, ProjectState
from leitstand.reporting.queries import admitted, cells
from leitstand.reporting.queries.sections_council import resolutions
from leitstand.reporting.queries.sections_figures import changes, light_rules, money, results
from leitstand.reporting.queries.sections_figures import rollouts as rollout_table

SHORT_ENDANGERED = 4
"""Whoever wrote options for one of these keeps the place at every step of shortening."""


def register() -> None:
    """Register the sections in the order in which a report has them."""
    sections = (
        ("overview", gettext_lazy("At a glance"), overview, False),
        ("endangered", gettext_lazy("Endangered projects: causes and options"), endangered, False),
        ("fields", gettext_lazy("Projects by field of action"), fields, False),
        ("resolutions", gettext_lazy("Resolutions of the council"), resolutions, False),
        ("time", gettext_lazy("Dates: target and actual"), time, False),
        ("results", gettext_lazy("Results"), results, False),
        ("money", gettext_lazy("Money"), money, False),
        ("rollouts", gettext_lazy("Rollouts"), rollout_table, False),
        ("changes", gettext_lazy("Changes since the last report"), changes, False),
        ("lights", gettext_lazy("Annex: rules of the traffic lights"), light_rules, True),
    )
    for number, (code, label, build, annex) in enumerate(sections, 1):
        report_sections.add(code, ReportSection(code, label, number * 10, build, annex))


# --- overview -----------------------------------------------------------------------------------


def overview(frame: ReportFrame) -> Sequence[Block]:
    """The share of done, started and planned projects, over all and per field of action."""
    found = admitted.counted(frame)
    words = Words("overview", _("Assessment in a few sentences"))
    if not found:
        return [words, Paragraph(_("There are no projects in this report."))]
    sizes = {group: sum(one.group == group for one in found) for group in (DONE, STARTED, PLANNED)}
    bar = Shares(
        _("State of the projects (%(number)s)") % {"number": len(found)},
        (
            Part(_("completed"), sizes[DONE], Tone.GREEN),
            Part(_("started"), sizes[STARTED], Tone.NONE),
            Part(_("planned"), sizes[PLANNED], Tone.GREY),
        ),
    )
    return [words, bar, _by_field(found, frame)]


def _by_field(found: Sequence[ProjectState], frame: ReportFrame) -> Table:
    columns = (
        Column(_("Field of action"), weight=3.4), Column(_("Projects"), Kind.NUMBER),
        Column(_("completed"), Kind.NUMBER, 1.3), Column(_("started"), Kind.NUMBER),
        Column(_("planned"), Kind.NUMBER), Column(_("red"), Kind.NUMBER, 0.7),
        Column(_("yellow"), Kind.NUMBER, 0.7),
    )  # fmt: skip
    groups, rest = _largest(grouped(found), frame.most(12, 12, 10, 8, 6))
    rows = [_counts(name, some) for name, some in groups]
    if rest:
        more = [one for _name, some in rest for one in some]
        rows.append(_counts(_("Other fields of action (%(n)d)") % {"n": len(rest)}, more))
    rows.append(_counts(_("All"), found))
    return Table(_("State by field of action"), columns, tuple(rows), total=True)


_Groups = list[tuple[str, list[ProjectState]]]


def _largest(groups: _Groups, most: int | None) -> tuple[_Groups, _Groups]:
    """The groups with the most projects, in their order, and the others."""
    if most is None or len(groups) <= most:
        return groups, []
    by_size = sorted(groups, key=lambda pair: -len(pair[1]))
    kept = {name for name, _some in by_size[:most]}
    return [g for g in groups if g[0] in kept], [g for g in groups if g[0] not in kept]


def _counts(name: str, some: Sequence[ProjectState]) -> tuple[Cell, ...]:
    live = [one for one in some if one.group in (STARTED, PLANNED)]
    return (
        Cell(name), cells.number(len(some)),
        *(cells.number(sum(one.group == group for one in some)) for group in (DONE, STARTED, PLANNED)),
        *(cells.number(sum(one.light == light for one in live)) for light in ("red", "yellow")),
    )  # fmt: skip


def grouped(found: Sequence[ProjectState]) -> list[tuple[str, list[ProjectState]]]:
    """The projects by their first field of action, those without one last."""
    groups: dict[str, list[ProjectState]] = {}
    for one in found:
        groups.setdefault(one.fields[0] if one.fields else "", []).append(one)
    last = groups.pop("", None)
    pairs = sorted(groups.items(), key=lambda pair: pair[0].casefold())
    return [*pairs, *([(_("Without a field of action"), last)] if last else [])]


# --- endangered ---------------------------------------------------------------------------------


def endangered(frame: ReportFrame) -> Sequence[Block]:
    """Red projects (in the long form yellow ones, too) with causes, and room for the options."""
    wanted = ("red", "yellow") if frame.long else ("red",)
    live = [one for one in admitted.counted(frame) if one.group != DONE]
    found = sorted(
        (one for one in live if one.light in wanted),
        key=lambda one: (one.light != "red", -(cells.delay_of(one) or 0), one.number),
    )
    blocks: list[Block] = [Words("endangered", _("What the committee is asked to decide"))]
    if not found:
        return [*blocks, Paragraph(_("No project is endangered."))]
    shown = found if frame.long else found[:SHORT_ENDANGERED]
    for one in shown:
        blocks += _one_endangered(one, frame)
    if len(shown) < len(found):
        blocks.append(Paragraph(_also_red(found[len(shown) :], frame.most(8, 6, 4, 2, 0)), "small"))
    return blocks


def _also_red(rest: Sequence[ProjectState], most: int | None) -> str:
    if most == 0:
        text = _("Further red projects: %(number)s, see the long form.")
        return text % {"number": len(rest)}
    text = _("Also red: %(projects)s") % {"projects": "; ".join(one.title for one in rest[:most])}
    more = len(rest) - (most or len(rest))
    return text + (" " + _("and %(number)s more") % {"number": more} if more > 0 else "")


def _one_endangered(one: ProjectState, frame: ReportFrame) -> list[Block]:
    blocks: list[Block] = [
        Heading(f"{one.title} ({one.number})", 2),
        Paragraph(f"{one.unit} · {cells.status(one).text}".replace("\n", ", "), "small"),
    ]
    if standing := cells.cut(one.standing, frame.most(600, 400, 250, 120, 0)):
        blocks.append(Paragraph(standing))
    more = [text for text in one.obstacles if not any(text in cause for cause in one.causes)]
    longest = frame.most(300, 250, 200, 160, 120)
    causes = [cells.cut(text, longest) for text in [*one.causes, *more]]
    if causes := causes[: frame.most(2, 2, 2, 1, 1)]:
        blocks.append(Bullets(tuple(causes)))
    label = _("Options to decide: %(project)s") % {"project": one.title}
    return [*blocks, Words(f"options:{one.id}", label)]


# --- fields -------------------------------------------------------------------------------------


def fields(frame: ReportFrame) -> Sequence[Block]:
    """Per field of action: project, responsible unit, status, council involvement.

    The short form has the gravest of what is under way or was completed since the report
    before, and says how many it leaves out.
    """
    every = admitted.counted(frame)
    found = every if frame.long else _gravest(every, frame)
    columns = (
        Column(_("Project"), weight=3.1), Column(_("Responsible"), weight=2.1),
        Column(_("State"), weight=2.3), Column(_("Council"), weight=2),
    )  # fmt: skip
    blocks: list[Block] = [Words("fields", _("Introduction to the fields of action"))]
    for name, some in grouped(found):
        rows = tuple(_line(one, frame) for one in some)
        blocks.append(Table(name, columns, rows))
        if frame.long:
            blocks += _long_texts(some)
    if len(found) < len(every):
        text = _("%(number)s more projects are listed in the long form.")
        blocks.append(Paragraph(text % {"number": len(every) - len(found)}, "small"))
    return blocks


def _line(one: ProjectState, frame: ReportFrame) -> tuple[Cell, ...]:
    title = cells.cut(one.title, frame.most(300, 200, 140, 100, 80))
    return Cell(title), Cell(one.unit), cells.status(one), cells.council(one)


_GRAVITY = {"red": 0, "yellow": 1}


def _gravest(every: Sequence[ProjectState], frame: ReportFrame) -> list[ProjectState]:
    """What needs the committee's attention most, in the order of ``every``."""
    first = admitted.begins(frame)
    worth = [
        one
        for one in every
        if one.group == STARTED
        or one.light == "red"
        or (one.group == DONE and one.end is not None and one.end >= first)
    ]
    worth.sort(key=lambda one: (_GRAVITY.get(one.light, 2), one.number))
    kept = {one.id for one in worth[: frame.most(20, 16, 12, 8, 4)]}
    return [one for one in every if one.id in kept]


def _long_texts(some: Sequence[ProjectState]) -> list[Block]:
    found: list[Block] = []
    for one in some:
        if not (one.standing or one.outlook):
            continue
        found.append(Heading(f"{one.title} ({one.number})", 2))
        if one.standing:
            found.append(Paragraph(_("Where do we stand? %(text)s") % {"text": one.standing}))
        if one.outlook:
            found.append(Paragraph(_("What comes next? %(text)s") % {"text": one.outlook}))
    return found


# --- time ---------------------------------------------------------------------------------------


def time(frame: ReportFrame) -> Sequence[Block]:
    """How many projects keep their baseline, and those farthest behind."""
    live = [one for one in admitted.counted(frame) if one.group != DONE]
    known = [(delay, one) for one in live if (delay := cells.delay_of(one)) is not None]
    late = sorted(((d, one) for d, one in known if d > 0), key=lambda pair: -pair[0])
    text = _(
        "Open projects with a frozen plan: %(number)s; of them in time: %(kept)s, later than "
        "planned: %(late)s. Without a plan to compare with: %(unknown)s."
    )
    blocks: list[Block] = [
        Words("time", _("Remarks on the dates")),
        Paragraph(text % {"number": len(known), "kept": len(known) - len(late), "late": len(late),
                          "unknown": len(live) - len(known)}),
    ]  # fmt: skip
    if not late:
        return blocks
    columns = (
        Column(_("Project"), weight=3.4), Column(_("Responsible"), weight=2),
        Column(_("Target day"), Kind.DATE), Column(_("Actual or forecast"), Kind.DATE, 1.25),
        Column(_("Days"), Kind.NUMBER, 0.7),
    )  # fmt: skip
    shown = late[: frame.most(4, 4, 3, 2, 0)]
    rows = tuple(
        (
            Cell(one.title),
            Cell(one.unit),
            cells.day(one.planned_end),
            cells.day(one.forecast_end),
            cells.days(d),
        )
        for d, one in shown
    )
    note = ""
    if len(shown) < len(late):
        note = _("Further delayed projects: %(number)s, see the long form.") % {
            "number": len(late) - len(shown)
        }
    if not rows:
        return [*blocks, Paragraph(note, "small")]
    return [*blocks, Table(_("Farthest behind the plan"), columns, rows, note)]
