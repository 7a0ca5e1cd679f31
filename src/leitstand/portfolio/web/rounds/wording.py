"""Lights, trends and reasons in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from leitstand.core.ui.components import Badge, Kind
from leitstand.portfolio.domain.lights import DIMENSIONS, Dimension, Proposal, Reason
from leitstand.portfolio.models import Light, LightDimension, StatusLight, StatusReport
from leitstand.portfolio.queries.lights import words

KINDS: Mapping[str, Kind] = {
    Light.GREEN: "success", Light.YELLOW: "warning", Light.RED: "danger", Light.GREY: "neutral",
}  # fmt: skip


def light_badge(light: str) -> Badge:
    """A light in words with its colour."""
    return Badge(str(Light(light).label), KINDS[light])


@dataclass(frozen=True)
class LightLine:
    """One dimension as it is proposed, why, and what the last report said."""

    label: Any
    proposed: Badge
    reasons: tuple[str, ...]
    last: Badge | None
    differs: bool


def light_lines(
    proposals: Mapping[Dimension, Proposal], last: StatusReport | None
) -> list[LightLine]:
    """The five dimensions of a card."""
    old = {light.dimension: light.light for light in last.lights.all()} if last else {}
    return [
        LightLine(
            LightDimension(d).label, light_badge(proposals[d].light),
            tuple(words(reason) for reason in proposals[d].reasons),
            light_badge(old[d]) if d in old else None,
            d in old and old[d] != proposals[d].light,
        )
        for d in DIMENSIONS
    ]  # fmt: skip


def reasons_of(light: StatusLight) -> list[str]:
    """Why the light of a stored report was proposed, in today's language."""
    return [
        words(Reason(r["rule"], r["text_id"], r["values"], r["light"]))
        for r in light.reasons
        if isinstance(r, dict)
    ]


@dataclass(frozen=True)
class SetLight:
    """One dimension of a stored report; ``proposed`` only where it was set differently."""

    label: Any
    light: Badge
    trend: str
    proposed: Badge | None
    reasons: tuple[str, ...]
    deviation: str


def set_lights(report: StatusReport) -> list[SetLight]:
    """The lights of a stored report in their order; none for a source that knows one alone."""
    found = {light.dimension: light for light in report.lights.all()}
    return [
        SetLight(
            LightDimension(d).label, light_badge(light.light),
            str(StatusLight.Trend(light.trend).label) if light.trend else "",
            light_badge(light.proposed) if light.proposed != light.light else None,
            tuple(reasons_of(light)), light.deviation,
        )
        for d in DIMENSIONS
        if (light := found.get(d))
    ]  # fmt: skip


def trend_text(light: str, trend: str) -> str:
    """A light with its trend: "yellow, worse"."""
    label = str(Light(light).label)
    return f"{label}, {StatusLight.Trend(trend).label}" if trend else label


def share(answered: int, asked: int) -> str:
    """“58 of 66”."""
    return _("%(number)d of %(total)d") % {"number": answered, "total": asked}


def quoted(titles: Iterable[str]) -> str:
    """Titles in quotation marks, with commas between."""
    return ", ".join(f"„{title}“" for title in titles)
