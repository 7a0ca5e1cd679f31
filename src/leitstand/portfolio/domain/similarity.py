"""How alike two texts are: the share of telling words that both use.

Words are cut to their stems (snowball, German), filler words are left out. A word weighs the more,
the fewer of the compared texts use it: ``log(1 + N / n)`` with N texts of which n hold it; words of
the title count twice. The measure is the cosine over these weights, from 0 (no word in common) to 1
(the same words). The common words are handed back with it, so that a reader sees the reason.
"""

from __future__ import annotations

import functools
import math
import re
import threading
from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

LEAST = 0.18
"""Below this nothing is proposed: two texts of one office always share some words."""
_WORD = re.compile(r"[a-zäöüß]{4,}")
_FILLER_TEXT = """
aber alle allen aller alles auch auf aus bei beim bereits bisher damit dann dass deren dem den der
des dessen die dies diese diesem diesen dieser dieses doch dort durch eine einem einen einer eines
einige erst etwa fast fehlt für gegen gibt haben heute hier ihre ihrem ihren ihrer immer jede jeden
jeder jedes kann kein keine können künftig lassen liegt liegen machen mehr mehrere meist mit möchte
möchten müssen nach nicht noch nur oder ohne oft schon sehr sein seine seit sich sind soll sollen
sollte sowie stadt statt über und uns unser unsere unter viele vom von vor vorhaben war weil weiter
wenn werden wird wollen wurde wurden zum zur zwei zwischen
"""
_FILLERS = frozenset(_FILLER_TEXT.split())


_of_thread = threading.local()


def _stemmer() -> Any:
    """The thread's own stemmer, as one keeps its word while at work; loaded with the first text."""
    if not hasattr(_of_thread, "stemmer"):
        import snowballstemmer

        _of_thread.stemmer = snowballstemmer.stemmer("german")
    return _of_thread.stemmer


@functools.lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a lower-case word."""
    return str(_stemmer().stemWord(word))


@dataclass(frozen=True, slots=True)
class Text:
    """A text to compare: its title counts twice."""

    title: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Another text with its measure and the words that both use, the most telling first."""

    key: Hashable
    score: float
    words: tuple[str, ...]


@functools.lru_cache(maxsize=4096)
def _bag(text: Text) -> Mapping[str, tuple[float, str]]:
    """Stem → (weight by place, the first word written so); remembered, for texts seldom change."""
    found: dict[str, tuple[float, str]] = {}
    for weight, part in ((2.0, text.title), (1.0, text.body)):
        for word in _WORD.findall(part.lower()):
            if word not in _FILLERS:
                found.setdefault(stem(word), (weight, word))
    return found


def most_alike(
    text: Text, others: Mapping[Hashable, Text], *, limit: int = 5, least: float = LEAST
) -> list[Match]:
    """The texts most like ``text``, best first, none below ``least``."""
    own = _bag(text)
    bags = {key: _bag(other) for key, other in others.items()}
    held = Counter(part for bag in bags.values() for part in bag)
    total = len(bags) + 1
    rare = {part: math.log(1 + total / (1 + held[part])) for part in held.keys() | own.keys()}
    length = _length(own, rare)
    found = []
    for key, bag in bags.items():
        shared = own.keys() & bag.keys()
        product = sum(own[s][0] * bag[s][0] * rare[s] ** 2 for s in shared)
        score = product / (length * _length(bag, rare)) if product else 0.0
        if score >= least and len(shared) > 1:
            telling = sorted(shared, key=lambda s: (-rare[s] * own[s][0], s))
            found.append(Match(key, score, tuple(own[s][1] for s in telling[:5])))
    return sorted(found, key=lambda match: (-match.score, str(match.key)))[:limit]


def _length(bag: Mapping[str, tuple[float, str]], rare: Mapping[str, float]) -> float:
    return (
        math.sqrt(sum((weight * rare[part]) ** 2 for part, (weight, _word) in bag.items())) or 1.0
    )
