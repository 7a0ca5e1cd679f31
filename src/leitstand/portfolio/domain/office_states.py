"""What the words of an office list mean: "ja", "eingeführt", "in Planung", "entfällt". Pure."""

from __future__ import annotations

import re

_WORDS = {
    "done": "ja eingeführt erledigt abgeschlossen fertig umgesetzt live x ✓ ✔ yes done produktiv",
    "planned": "geplant planned vorgesehen",
    "running": "laufend läuft begonnen running",
    "open": "nein offen no open",
    "not_needed": "entfällt n/a",
}
_PHRASES = {
    "in betrieb": "done",
    "in planung": "planned",
    "einführung in planung": "planned",
    "einführung geplant": "planned",
    "in arbeit": "running",
    "in umsetzung": "running",
    "in einführung": "running",
    "in progress": "running",
    "noch offen": "open",
    "nicht begonnen": "open",
    "nicht nötig": "not_needed",
    "nicht erforderlich": "not_needed",
    "nicht betroffen": "not_needed",
    "not needed": "not_needed",
}
_KNOWN = _PHRASES | {word: state for state, words in _WORDS.items() for word in words.split()}
_LONGEST_FIRST = sorted(_KNOWN, key=len, reverse=True)

NAMED = "ja, eingeführt, erledigt, läuft, in Planung, nein, offen, entfällt"
"""The words that a message proposes."""


def state_of(text: str) -> str | None:
    """The state that a text means, or ``None``."""
    return _KNOWN.get(_fold(text))


def states_of(text: str) -> list[str] | None:
    """The states in a text that runs several together ("ja Einführung in Planung").

    ``None`` if some of it is no known word.
    """
    rest, found = _fold(text), []
    while rest:
        word = next((w for w in _LONGEST_FIRST if rest == w or rest.startswith(w + " ")), None)
        if word is None:
            return None
        found.append(_KNOWN[word])
        rest = rest[len(word) :].strip()
    return found


def _fold(text: str) -> str:
    return re.sub(r"[\s;,/]+", " ", text.casefold()).strip() if text.strip() != "n/a" else "n/a"
