"""Where a sheet's header is: below title rows, perhaps two rows high, perhaps not in column A."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from leitstand.core.tables import pastday
from leitstand.core.tables.columns import Table
from leitstand.core.tables.mapping import normalised, recogniser
from leitstand.core.tables.numbers import read_number
from leitstand.core.tables.sheets import Row, Sheet
from leitstand.core.tables.values import Cell, is_blank, plain_text

_SEARCHED = 30
_LONGEST_TITLE = 120
_FULL = 3  # filled cells of a row that describes something
_REMARK = re.compile(
    r"\*|\d+\)|(?:stand|legende|hinweise?|anmerkung(?:en)?|quelle|erl(?:ä|ae)uterung|note)\b"
)
_TOTAL = re.compile(
    r"(?:(?:gesamt|zwischen|end)?summen?|total|gesamt|insgesamt|sum|sub-?total|grand total)"
    r"(?: .{0,25})?:?"
)


_Recognise: TypeAlias = Callable[[str], tuple[str, float] | None]


@dataclass(frozen=True, slots=True)
class HeaderGuess:
    """The header of a sheet.

    `row` is its last row as numbered in the spreadsheet program, `first_row` its first
    (another one if it is two rows high). `titles` holds one text per column from column A,
    "" where there is none. `confidence` is 0 to 1; above 0.5 it is rarely wrong.
    """

    row: int
    titles: tuple[str, ...]
    confidence: float
    first_row: int


def find_header(sheet: Sheet, table: Table | None = None) -> HeaderGuess:
    """The row whose cells look most like headings, above all like those of `table`.

    ValueError if the sheet has no row (`reading.read` never returns such a sheet).
    """
    if not sheet.rows:
        raise ValueError("a sheet without rows has no header")
    width = max(len(row.cells) for row in sheet.rows[: _SEARCHED * 2])
    recognise = recogniser(table) if table else None
    best: HeaderGuess | None = None
    for index in range(min(_SEARCHED, len(sheet.rows))):
        for candidate in _candidates(sheet, index, width, recognise):
            if best is None or candidate.confidence > best.confidence:
                best = candidate
    if best is None:
        row = sheet.rows[0]
        return HeaderGuess(row.number, _texts(row), 0.0, row.number)
    return best


def best_sheet(sheets: Sequence[Sheet], table: Table) -> tuple[Sheet, HeaderGuess]:
    """The sheet that most likely holds the table's rows; hidden sheets only if all are.

    ``Refused`` if it was exported from a past day: reading it would bring old values back.
    """
    visible = [sheet for sheet in sheets if not sheet.hidden] or list(sheets)
    found = [(sheet, find_header(sheet, table)) for sheet in visible]
    sheet, header = max(found, key=lambda pair: pair[1].confidence)
    pastday.refuse(header.titles)
    return sheet, header


def data_rows(sheet: Sheet, header: HeaderGuess) -> Iterator[Row]:
    """The rows below the header, without totals ("Summe") and repeated headers."""
    titles = tuple(normalised(title) for title in header.titles)
    for row in sheet.rows:
        if row.number > header.row and not is_total(row) and not _repeats(row, titles):
            yield row


def section_rows(
    sheet: Sheet, header: HeaderGuess, rows: Sequence[Row], title_place: int | None = None
) -> dict[int, str]:
    """Row number → text of the rows that hold one text only, in a list whose rows hold much.

    These are headings of groups ("Bürgerservice", mostly merged over all columns) and remarks
    at the end. A lone text in the column of titles (`title_place`) may be a project that
    nobody has described yet: it is a heading only if it is merged, or if a full row follows.
    """
    filled = [[(i, c) for i, c in enumerate(row.cells) if not is_blank(c)] for row in rows]
    counts = sorted(map(len, filled))
    if not rows or sum(map(bool, header.titles)) < _FULL or counts[len(counts) // 2] < _FULL:
        return {}
    wide = {m.top for m in sheet.merges if m.left < m.right and m.top == m.bottom}
    found = {}
    for index, (row, cells) in enumerate(zip(rows, filled, strict=True)):
        if len(cells) != 1 or not isinstance(cells[0][1], str) or _is_number(cells[0][1]):
            continue
        text = " ".join(cells[0][1].split())
        followed = index + 1 < len(filled) and len(filled[index + 1]) >= _FULL
        lone = row.number in wide or cells[0][0] != title_place
        if lone or followed or _REMARK.match(text.casefold()):
            found[row.number] = text
    return found


def is_total(row: Row) -> bool:
    """A row of sums: a word like "Summe" or "Gesamt", for the rest only numbers."""
    filled = [cell for cell in row.cells if not is_blank(cell)]
    named = 0
    for cell in filled:
        if isinstance(cell, str) and _TOTAL.fullmatch(cell.strip().casefold()):
            named += 1
        elif isinstance(cell, bool) or not _is_number(cell):
            return False
    return named > 0


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) or (
        isinstance(cell, str) and read_number(cell) is not None
    )


def _repeats(row: Row, titles: tuple[str, ...]) -> bool:
    """Whether the row is the header once more; most rows differ in their first filled cell."""
    filled = 0
    if len(row.cells) > len(titles):
        return False
    for cell, title in zip(row.cells, titles, strict=False):
        text = "" if cell is None else normalised(plain_text(cell)[:_LONGEST_TITLE])
        if text and text != title:
            return False
        filled += bool(text)
    return filled > 1


def _texts(row: Row) -> tuple[str, ...]:
    return tuple("" if cell is None else plain_text(cell)[:_LONGEST_TITLE] for cell in row.cells)


def _candidates(
    sheet: Sheet, index: int, width: int, recognise: _Recognise | None
) -> Iterator[HeaderGuess]:
    row = sheet.rows[index]
    later = index * 0.004
    titles = _texts(row)
    score = _score(row.cells, titles, width, recognise)
    yield HeaderGuess(row.number, titles, max(0.0, score - later), row.number)
    below = sheet.rows[index + 1] if index + 1 < len(sheet.rows) else None
    if below is not None and below.number == row.number + 1:
        joined = _joined(sheet, row, below)
        if joined:
            score = _score(joined, joined, width, recognise)
            yield HeaderGuess(below.number, joined, max(0.0, score + 0.05 - later), row.number)


def _score(
    cells: Sequence[Cell], titles: tuple[str, ...], width: int, recognise: _Recognise | None
) -> float:
    """Up to 0.7 for titles that the table knows, up to 0.3 for looking like a header at all."""
    filled = [title for title in titles if title]
    if not filled:
        return 0.0
    texts = [cell for cell in cells if isinstance(cell, str) and _is_title(cell)]
    look = len(texts) / len(filled) * len(set(filled)) / len(filled) * len(filled) / width
    if recognise is None:
        return 0.3 * look
    found = dict(filter(None, map(recognise, filled)))  # each column counts once
    known = sum(found.values())
    return 0.6 * known / (known + 2) + 0.1 * known / len(filled) + 0.3 * look


def _is_title(text: str) -> bool:
    tidy = text.strip()
    return 0 < len(tidy) <= _LONGEST_TITLE and (read_number(tidy) is None or _is_year(tidy))


def _is_year(cell: Cell) -> bool:
    return bool(re.fullmatch(r"(?:19|20|21)\d\d", str(cell).strip()))


def _joined(sheet: Sheet, upper: Row, lower: Row) -> tuple[str, ...]:
    """Titles of a two-row header ("Kosten" over "2026", "2027"); () if it is none."""
    width = max(len(upper.cells), len(lower.cells))
    above = [plain_text(upper.cell(column)) for column in range(width)]
    below = [plain_text(lower.cell(column)) for column in range(width)]
    groups = _groups(sheet, upper.number, above, below)
    if not groups or not _only_subtitles(above, below, groups):
        return ()
    for left, right in groups:
        above[left : right + 1] = [above[left]] * (right + 1 - left)
    return tuple(_one_title(a, b) for a, b in zip(above, below, strict=True))


def _groups(sheet: Sheet, number: int, above: list[str], below: list[str]) -> list[tuple[int, int]]:
    """Column ranges of the upper row's headings that stand over several lower ones."""
    merged = [
        (merge.left, min(merge.right, len(above) - 1))
        for merge in sheet.merges
        if merge.top <= number <= merge.bottom and merge.left < merge.right
    ]
    found = merged or list(_open_groups(above, below))
    real = [(left, right) for left, right in found if left < right and above[left]]
    covers_all = len(real) == 1 and not any(
        upper or lower
        for column, (upper, lower) in enumerate(zip(above, below, strict=True))
        if not real[0][0] <= column <= real[0][1]
    )
    return [] if covers_all else real


def _open_groups(above: list[str], below: list[str]) -> Iterator[tuple[int, int]]:
    """Without merged cells: a heading reaches over gaps that hold years or recurring titles."""
    left = None
    for column, (upper, lower) in enumerate(zip(above, below, strict=True)):
        if upper:
            left = column
        elif left is None or not lower or not (_is_year(lower) or below.count(lower) > 1):
            left = None
        if left is not None and column > left:
            is_last = column + 1 == len(above) or bool(above[column + 1]) or not below[column + 1]
            if is_last:
                yield left, column


def _only_subtitles(above: list[str], below: list[str], groups: list[tuple[int, int]]) -> bool:
    """Under a group stand titles or years; elsewhere nothing, the same, or a title under a gap."""
    grouped = {column for left, right in groups for column in range(left, right + 1)}
    for column, (upper, lower) in enumerate(zip(above, below, strict=True)):
        if column in grouped:
            if not lower or not _is_title(lower):
                return False
        elif lower and upper and lower != upper:
            return False
    return True


def _one_title(upper: str, lower: str) -> str:
    if not upper or not lower or normalised(upper) == normalised(lower):
        return (upper or lower)[:_LONGEST_TITLE]
    return f"{upper} {lower}"[:_LONGEST_TITLE]
