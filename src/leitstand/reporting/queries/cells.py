"""Cells of the tables in papers: lights, days, money."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from leitstand.core.base.papers import Cell, Tone
from leitstand.portfolio.facade import ProjectState

TONES = {"green": Tone.GREEN, "yellow": Tone.YELLOW, "red": Tone.RED, "grey": Tone.GREY}


def day(value: date | None) -> Cell:
    """A day, "–" for none."""
    return Cell(value.strftime("%d.%m.%Y"), value.isoformat()) if value else Cell("–")


def money(value: Decimal) -> Cell:
    """Whole euro."""
    return Cell(f"{_number(round(value))}\N{NO-BREAK SPACE}€", float(value))


def number(value: int) -> Cell:
    """A whole number."""
    return Cell(_number(value), value)


def share(part: float, whole: float) -> Cell:
    """Percent of a whole, "–" of nothing."""
    return (
        Cell(f"{round(100 * part / whole)} %", round(100 * part / whole, 1)) if whole else Cell("–")
    )


def days(value: int | None) -> Cell:
    """Days of delay: "+12", "–3"."""
    if value is None:
        return Cell("–")
    return Cell(f"+{value}" if value > 0 else f"–{-value}" if value else "0", value)


def status(one: ProjectState) -> Cell:
    """Light, phase and progress; the end; the delay: a line each."""
    first = [] if one.phase == "running" else [one.phase_label]
    if one.group == "started":
        first.append(f"{one.progress} %")
    text = ", ".join(first) or one.phase_label
    lit = one.light != "grey" and one.group in ("started", "planned")
    lines = [f"{one.light_label}: {text}" if lit else text]
    if one.end_text and one.phase not in ("done", "cancelled"):
        lines.append(_("end %(day)s") % {"day": one.end_text})
    delay = delay_of(one)
    if delay and delay > 0:
        lines.append(_("%(days)s days to plan") % {"days": days(delay).text})
    return Cell("\n".join(lines), tone=TONES[one.light] if lit else Tone.NONE)


def delay_of(one: ProjectState) -> int | None:
    """Days by which the end lies behind the baseline's; None without both."""
    return (
        (one.forecast_end - one.planned_end).days if one.forecast_end and one.planned_end else None
    )


def council(one: ProjectState, most: int = 1) -> Cell:
    """The newest decisions: body, day, number of the paper."""
    lines = []
    for decision in one.decisions[:most]:
        when = decision.decided_on.strftime("%d.%m.%Y") if decision.decided_on else ""
        paper = f"({decision.reference})" if decision.reference else ""
        lines.append(decision.body or decision.title)
        lines.append(" ".join(filter(None, [when, paper])))
    return Cell("\n".join(filter(None, lines)) or "–")


def cut(text: str, most: int | None) -> str:
    """The text, or its beginning up to a word's end with an ellipsis; None cuts nothing."""
    if most is None or len(text) <= most:
        return text
    if most == 0:
        return ""
    return text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:–-") + "\N{NO-BREAK SPACE}…"


def _number(value: int) -> str:
    return str(number_format(value, use_l10n=True, force_grouping=True))
