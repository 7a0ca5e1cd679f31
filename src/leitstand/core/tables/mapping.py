"""Which column of a file is which column of a table, guessed from the headings.

A heading is compared with every label (German and English), alias and name:
    1.00  the same apart from case, umlauts (ä/ae) and punctuation
    0.95  the same without what stands in brackets, mostly a unit: "Kosten (T€)"
    0.88  the same words, synonyms and fillers considered: "Geplanter Projektbeginn" = "Start"
    below the share of common words or of common letter triples (typing errors)
The best pairs are taken first; no column of either side is used twice.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from leitstand.core.tables.columns import Table
from leitstand.core.tables.likeness import normalised as normalised
from leitstand.core.tables.values import spellings

PERIOD = "period"
"""Target of a column that holds start and end together (see `periods.parse_period`)."""

THRESHOLD = 0.62
_LONGEST = 300
_PERIOD_FORMS = (
    "Zeitraum",
    "Laufzeit",
    "Projektlaufzeit",
    "Projektzeitraum",
    "Umsetzungszeitraum",
    "Durchführungszeitraum",
    "Realisierungszeitraum",
    "Zeitschiene",
    "von - bis",
    "Beginn - Ende",
    "Start - Ende",
    "Period",
    "Start and end",
)
_SYNONYMS = {
    word: words.partition(" ")[0]
    for words in (
        "title titel bezeichnung name thema kurztitel",
        "key kennung nr nummer id schluessel kennziffer kuerzel number",
        "start beginn anfang von begin",
        "end ende abschluss fertigstellung bis schluss finish",
        "phase status stand zustand state",
        "unit amt dienststelle fachbereich federfuehrung federfuehrend federfuehrende"
        " organisationseinheit einheit oe department",
        "lead leitung leiter leiterin verantwortlich verantwortliche verantwortlicher"
        " ansprechpartner ansprechperson manager owner",
        "cost kosten budget ausgaben costs",
        "summary beschreibung kurzbeschreibung zusammenfassung inhalt erlaeuterung description",
        "priority prioritaet prio",
        "progress fortschritt fertigstellungsgrad umsetzungsgrad",
        "note bemerkung bemerkungen anmerkung anmerkungen kommentar hinweis notiz comment remark",
        "light ampel ampelstatus",
        "effort aufwand personalaufwand",
    )
    for word in words.split()
}
_SUBJECTS = ("projekt", "vorhaben", "massnahmen", "massnahme", "project")
_SUBJECT_WORDS = frozenset(
    (*_SUBJECTS, "projekte", "projekts", "projektes", "vorhabens", "projects")
)
_FILLERS = frozenset(
    word
    for words in (
        "der die das des dem den und the of and lfd in am datum date termin",
        "geplant geplante geplanter geplantes planned expected aktuell aktueller",
        "voraussichtlich voraussichtliche voraussichtlicher voraussichtliches",
    )
    for word in words.split()
)


def guess(titles: Sequence[object], table: Table) -> dict[int, str]:
    """Column index of the file (from 0) → column name of the table, or `PERIOD`.

    Only importable columns are guessed; headings nothing fits are left out. `PERIOD` is
    offered if the table has a period and the file does not hold start and end apart.
    """
    found = {index: name for index, (name, _score) in scored(titles, table).items()}
    if table.period and set(table.period) <= set(found.values()):
        found = {index: name for index, name in found.items() if name != PERIOD}
    return found


def scored(titles: Sequence[object], table: Table) -> dict[int, tuple[str, float]]:
    """As `guess`, with how sure each pair is (0.62 to 1), without leaving out `PERIOD`."""
    targets = _targets(table)
    pairs = [
        (-score, index, position)
        for index, title in enumerate(titles)
        if isinstance(title, str) and title.strip()
        for position, (_name, forms) in enumerate(targets)
        if (score := max(similarity(title, form) for form in forms)) >= THRESHOLD
    ]
    taken: set[int] = set()
    found: dict[int, tuple[str, float]] = {}
    for score, index, position in sorted(pairs):
        if index not in found and position not in taken:
            taken.add(position)
            found[index] = (targets[position][0], -score)
    return dict(sorted(found.items()))


def recogniser(table: Table) -> Callable[[str], tuple[str, float] | None]:
    """A quick `(name, score)` for one heading, without looking for typing errors.

    For the search of the header among many rows, where nearly all cells are data.
    """
    exact: dict[str, str] = {}
    bare: dict[str, str] = {}
    meaning: dict[frozenset[str], str] = {}
    for name, forms in _targets(table):
        for form in forms:
            exact.setdefault(normalised(form), name)
            short = normalised(_bare(form)) or normalised(form)
            bare.setdefault(short, name)
            meaning.setdefault(_words(short), name)

    def recognise(title: str) -> tuple[str, float] | None:
        text = normalised(title)
        if text in exact:
            return exact[text], 1.0
        short = normalised(_bare(title)) or text
        if short in bare:
            return bare[short], 0.95
        name = meaning.get(_words(short)) if short else None
        return (name, 0.88) if name else None

    return recognise


def digest(titles: Sequence[object]) -> str:
    """A fingerprint of a header by which a mapping is remembered: order counts, case does not."""
    text = "\x1f".join(normalised("" if title is None else str(title)) for title in titles)
    return hashlib.sha256(text.rstrip("\x1f").encode()).hexdigest()


@lru_cache(maxsize=50_000)
def similarity(title: str, form: str) -> float:
    """0 to 1: how surely a heading means a form of a column's name."""
    left, right = normalised(title), normalised(form)
    if not left or not right:
        return 0.0
    if left == right:
        return 1.0
    bare_left, bare_right = normalised(_bare(title)), normalised(_bare(form))
    if bare_left and bare_left == bare_right:
        return 0.95
    words, others = _words(bare_left or left), _words(bare_right or right)
    if words == others:
        return 0.88
    if _years(words) != _years(others):
        return 0.0
    common = 2 * len(words & others) / (len(words) + len(others))
    return 0.85 * max(common, _dice(bare_left or left, bare_right or right))


def _targets(table: Table) -> list[tuple[str, tuple[str, ...]]]:
    targets = [
        (
            column.name,
            (*spellings(column.label), *column.aliases, column.name.replace("_", " ")),
        )
        for column in table.importable()
    ]
    if table.period:
        targets.append((PERIOD, _PERIOD_FORMS))
    return targets


def _bare(title: str) -> str:
    """Without brackets and without a unit announced by "in"."""
    bare = re.sub(r"[(\[][^)\]]*[)\]]", " ", title[:_LONGEST])
    return re.sub(
        r"\bin\s+(?:€|%|euro|eur|t€|teur|tsd\.?|mio\.?|pt|prozent|vz[äw])(?:\s*(?:€|euro|eur))?\s*$",
        " ",
        bare,
        flags=re.IGNORECASE,
    )


@lru_cache(maxsize=20_000)
def _words(text: str) -> frozenset[str]:
    """The words that carry meaning, synonyms made one."""
    words = list(_split(text))
    telling = [word for word in words if word not in _FILLERS and word != "subject"]
    if not telling:
        telling = ["title" if word == "subject" else word for word in words]
    return frozenset(telling)


def _split(text: str) -> Iterator[str]:
    for word in text.split():
        if word in _SUBJECT_WORDS:
            yield "subject"
        else:
            core = _without_subject(word)
            core = re.sub(r"(?:datum|termin)$", "", core) if len(core) > 7 else core
            yield _SYNONYMS.get(core) or _stem(core)


def _without_subject(word: str) -> str:
    """The rest of a compound: Projekttitel is a title, Massnahmenbeginn a start."""
    for subject in _SUBJECTS:
        if word.startswith(subject) and len(word) > len(subject) + 1:
            rest = word[len(subject) :]
            return rest[1:] if rest[0] == "s" and rest[1:] in _SYNONYMS else rest
    return word


def _stem(word: str) -> str:
    return re.sub(r"(?:en|er|e|n|s)$", "", word) if len(word) > 6 else word


def _years(words: frozenset[str]) -> frozenset[str]:
    """Numbers must agree: "Kosten 2026" is never "Kosten 2027"."""
    return frozenset(word for word in words if word.isdigit())


def _dice(left: str, right: str) -> float:
    first, second = _triples(left), _triples(right)
    return 2 * len(first & second) / (len(first) + len(second))


@lru_cache(maxsize=20_000)
def _triples(text: str) -> frozenset[str]:
    padded = f"  {text} "
    return frozenset(padded[index : index + 3] for index in range(len(padded) - 2))
