"""Names compared as people mean them: apart from case, umlauts, punctuation; the likest one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import lru_cache

_ENOUGH = 0.66
_SHORT = 3
_MOST_LETTERS = 80
_LONGEST = 300


@lru_cache(maxsize=20_000)
def normalised(text: str) -> str:
    """Lower case, ae/oe/ue/ss, no accents, no punctuation, single spaces."""
    text = unicodedata.normalize("NFC", text[:_LONGEST]).casefold()
    for umlaut, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.replace(umlaut, plain)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", text.replace("-\n", "").replace("\xad", "")))


def closest(text: str, known: Mapping[str, str]) -> str:
    """The value of the key most like ``text``; "" if none is like enough.

    Counts letters ("Hauptmat"), whole words in any order ("Amt für Soziales" for "Sozialamt"
    does not, "Abt. Schulen" for "Schulen, Abteilung" does), and beginnings ("Ordnungsa."). Numbers
    must agree: office 40 is never office 41.
    """
    wanted = normalised(text[:_MOST_LETTERS])
    best, found = 0.0, ""
    for form, name in known.items():
        score = _score(wanted, normalised(form[:_MOST_LETTERS]))
        if score > best:
            best, found = score, name
    return found if best >= _ENOUGH else ""


def _score(wanted: str, form: str) -> float:
    if not wanted or not form:
        return 0.0
    left, right = wanted.split(), form.split()
    if {w for w in left if w.isdigit()} != {w for w in right if w.isdigit()}:
        return 0.0
    matcher = SequenceMatcher(None, wanted, form)
    letters = matcher.ratio() if matcher.quick_ratio() >= _ENOUGH else 0.0
    if min(len(wanted), len(form)) <= _SHORT:
        return letters if abs(len(wanted) - len(form)) <= 1 else 0.0
    common = sum(any(_same_word(one, other) for other in right) for one in left)
    words = 2 * common / (len(left) + len(right))
    return max(letters, 0.95 * words)


def _same_word(one: str, other: str) -> bool:
    """Whether two words are the same but for an ending, an abbreviation or a slip."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) >= _SHORT and long.startswith(short):
        return True
    return len(short) > _SHORT and SequenceMatcher(None, one, other).ratio() >= 0.8
