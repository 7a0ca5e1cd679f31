"""Ranking by criteria: must criteria first, then the weighted sum on a scale from 0 to 100.

A weighted criterion is scored 0 to 5. The result is the sum of weight x score over the most that
could be reached; a criterion without a score counts 0, so that leaving one out never helps, and
the result says how many were scored.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HIGHEST = 5


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion; a must criterion is met (1) or not (0)."""

    id: Hashable
    name: str
    must: bool
    weight: int = 1
    help: str = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Place of one subject.

    ``failed`` and ``open`` are must criteria not met and not yet judged. ``points`` 0-100,
    ``place`` from 1 (equal points share it), 0 for subjects that are not ranked. ``best`` and
    ``worst`` are the places reached if any one weight is doubled or set to zero.
    """

    id: Any
    points: float
    scored: int
    failed: tuple[Criterion, ...]
    open: tuple[Criterion, ...]
    place: int = 0
    best: int = 0
    worst: int = 0

    @property
    def is_ranked(self) -> bool:
        """Whether the subject takes part: no must criterion failed, at least one score."""
        return not self.failed and self.scored > 0


def points(scores: Mapping[Any, int], weights: Mapping[Any, float]) -> float:
    """The weighted sum on the scale 0-100; 0 without any weight."""
    most = HIGHEST * sum(weights.values())
    reached = sum(weight * scores.get(key, 0) for key, weight in weights.items())
    return 100 * reached / most if most else 0.0


def rank(criteria: Sequence[Criterion], scores: Mapping[Any, Mapping[Any, int]]) -> list[Ranked]:
    """All subjects: the ranked ones by place, then those without scores, then those that fail a
    must criterion. ``scores`` is subject → criterion → score."""
    weights = {c.id: float(c.weight) for c in criteria if not c.must}
    judged = {key: _judge(key, own, criteria, weights) for key, own in scores.items()}
    competing = [key for key, one in judged.items() if one.is_ranked]
    places = _places({key: judged[key].points for key in competing})
    spans = _spans(competing, scores, weights, places)
    ranked = [
        Ranked(
            one.id,
            one.points,
            one.scored,
            one.failed,
            one.open,
            places.get(key, 0),
            *spans.get(key, (0, 0)),
        )
        for key, one in judged.items()
    ]
    return sorted(ranked, key=lambda one: (bool(one.failed), not one.is_ranked, one.place))


def _judge(
    key: Any, own: Mapping[Any, int], criteria: Sequence[Criterion], weights: Mapping[Any, float]
) -> Ranked:
    musts = [c for c in criteria if c.must]
    return Ranked(
        key,
        points(own, weights),
        sum(1 for name in weights if name in own),
        tuple(c for c in musts if own.get(c.id) == 0),
        tuple(c for c in musts if c.id not in own),
    )


def _places(values: Mapping[Any, float]) -> dict[Any, int]:
    """Place of each value, the highest first; equal values share a place."""
    ordered = sorted((round(value, 6) for value in values.values()), reverse=True)
    first: dict[float, int] = {}
    for place, value in enumerate(ordered, start=1):
        first.setdefault(value, place)
    return {key: first[round(value, 6)] for key, value in values.items()}


def _spans(
    competing: Sequence[Any],
    scores: Mapping[Any, Mapping[Any, int]],
    weights: Mapping[Any, float],
    places: Mapping[Any, int],
) -> dict[Any, tuple[int, int]]:
    """Best and worst place over all variants in which one weight is doubled or set to zero."""
    spans = {key: (places[key], places[key]) for key in competing}
    for changed in weights:
        for factor in (0.0, 2.0):
            variant = {**weights, changed: weights[changed] * factor}
            if not any(variant.values()):
                continue
            moved = _places({key: points(scores[key], variant) for key in competing})
            spans = {
                key: (min(best, moved[key]), max(worst, moved[key]))
                for key, (best, worst) in spans.items()
            }
    return spans
