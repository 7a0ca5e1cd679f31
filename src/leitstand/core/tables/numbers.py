"""Numbers as people write them, and back in German form.

Rules where writing is ambiguous (German first):
* A comma is the decimal sign, a point separates thousands: 1.234,5 · 1.234 is one thousand.
* A point is the decimal sign where it cannot separate thousands: 12.5 · 0.123 · 1234.5 · 1.2345.
* Where both occur the last one is the decimal sign: 1,234.56.
* One comma before exactly three digits (1,234) is a decimal comma. Where the column has
  no third decimal (whole numbers, euro without a factor such as Mio.) it separates thousands.
* `Style.ENGLISH` (found by `style_of` over a whole column) turns 1.234 and 1,234 round.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

_LONGEST = 60


class Style(StrEnum):
    """How ambiguous numbers of one column are to be read."""

    GERMAN = "de"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as written: `value` without factor; `factor` 1000 for T€, 1 for €, None if bare."""

    value: Decimal
    factor: Decimal | None
    percent: bool


_FACTORS = (
    (Decimal(1_000_000_000), r"mrd|milliarden?|billion|bn"),
    (Decimal(1_000_000), r"mio|million(?:en)?|mill|mn|m€|meur|€m|eurm"),
    (Decimal(1_000), r"tsd|tausend|t€|teur|t euro|t eur|k€|keur|k|€k|thousand|th"),
)
_UNIT_WORD = r"(?:€|eur|euro|pt|personentage?|tage?|days?|vzä|vzw|fte|h|stunden|std|stück|st)"
_FACTOR_FORMS = tuple(
    (
        factor,
        re.compile(rf"(?:(?:{words})\.?\s*{_UNIT_WORD}?|{_UNIT_WORD}\s+(?:{words}))\.?"),
    )
    for factor, words in _FACTORS
)
_ONLY_UNIT = re.compile(rf"{_UNIT_WORD}\.?")
_ABOUT = re.compile(r"^(?:ca\.?|circa|rd\.?|rund|etwa|approx\.?|about|~|≈)\s*")
_PARTS = re.compile(
    r"(?P<lead>[^\d+\-.,]*)(?P<sign>[+-]?)\s*(?P<lead2>€|eur)?\s*"
    r"(?P<digits>(?:\d[\d.,' ]*|[.,]\d+))(?P<minus>-?)\s*(?P<tail>.*)"
)
_ANNOUNCED = re.compile(
    r"[(\[]\s*(?:angaben )?(?:in )?([^)\]]*)[)\]]"
    r"|\bin ([^()]+)$"
    r"|(?<=\s)([tkm](?:€|eur)|(?:tsd|mio)\.? ?(?:€|eur|euro))$"
)
_THOUSANDS_POINT = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_THOUSANDS_COMMA = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+")


def read_number(text: str, style: Style = Style.GERMAN, *, thirds: bool = True) -> Amount | None:
    """The number in a text, with €, %, TEUR, T€, Tsd., Mio., Mrd. and sign; None if there is none.

    `thirds=False` says that a third decimal is impossible, which settles "1,234".
    """
    tidy = _tidy(text) if len(text) <= _LONGEST else ""
    if not tidy:
        return None
    negative, tidy = _parenthesised(tidy)
    match = _PARTS.fullmatch(_ABOUT.sub("", tidy))
    if match is None:
        return None
    unit = " ".join(filter(None, (match["lead"].strip(), match["lead2"], match["tail"].strip())))
    known = _unit(unit)
    if known is None:
        return None
    factor, percent = known
    value = _plain(match["digits"].strip(), style, thirds or (factor or 1) != 1)
    if value is None:
        return None
    minus = negative or match["sign"] == "-" or match["minus"] == "-"
    return Amount(-value if minus else value, factor, percent)


def style_of(cells: Iterable[object]) -> Style:
    """The style of a column: English only if clear English forms occur and no clear German ones."""
    german = english = 0
    for cell in cells:
        if isinstance(cell, str):
            clue = _clue(cell)
            german += clue is Style.GERMAN
            english += clue is Style.ENGLISH
    return Style.ENGLISH if english and not german else Style.GERMAN


def unit_factor(title: str) -> Decimal:
    """The factor that a heading announces for bare numbers: "Kosten in T€" → 1000, else 1."""
    for match in _ANNOUNCED.finditer(title[:200].casefold()):
        found = _unit(next(filter(None, match.groups())).strip())
        if found and found[0]:
            return found[0]
    return Decimal(1)


def from_float(number: float) -> Decimal:
    """A cell's binary number as the decimal that Excel shows (15 significant digits)."""
    return Decimal(format(number, ".15g"))


def group(value: Decimal, places: int | None = None) -> str:
    """German form: 1.234,5. `places` fixes the decimals, None shows what there is."""
    fixed = format(value, "f") if places is None else format(value, f".{places}f")
    if places is None and "." in fixed:
        fixed = fixed.rstrip("0").rstrip(".")
    whole, _, decimals = fixed.partition(".")
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    if not (whole + decimals).strip("0"):
        sign = ""
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{sign}{grouped},{decimals}" if decimals else f"{sign}{grouped}"


def whole(number: int) -> str:
    """A whole number in German form: 100.000."""
    return group(Decimal(number))


def _tidy(text: str) -> str:
    for written, plain in (
        ("\N{MINUS SIGN}", "-"),
        ("\N{EN DASH}", "-"),
        ("\N{RIGHT SINGLE QUOTATION MARK}", "'"),
    ):
        text = text.replace(written, plain)
    tidy = " ".join(text.casefold().split())
    return re.sub(r"(?<=\d),(?:-+|\N{EM DASH})", "", tidy)  # 1.234,-- €


def _parenthesised(tidy: str) -> tuple[bool, str]:
    """Accountants' negative numbers: (1.234,56)."""
    inner = re.fullmatch(r"\((.+)\)( ?€)?", tidy)
    return (True, inner[1] + (inner[2] or "")) if inner else (False, tidy)


def _unit(text: str) -> tuple[Decimal | None, bool] | None:
    """(factor, is percent) of what stands around the digits; None if it is not a unit."""
    if not text:
        return None, False
    if text in {"%", "prozent", "percent", "v.h.", "v. h."}:
        return Decimal(1), True
    for factor, form in _FACTOR_FORMS:
        if form.fullmatch(text):
            return factor, False
    return (Decimal(1), False) if _ONLY_UNIT.fullmatch(text) else None


def _plain(digits: str, style: Style, thirds: bool) -> Decimal | None:
    spaced = re.fullmatch(r"\d{1,3}(?:[' ]\d{3})+([.,]\d+)?", digits)
    if spaced:
        digits = re.sub("[' ]", "", digits)
    decimal = _decimal_sign(digits, style, thirds, grouped=bool(spaced))
    thousands = "," if decimal == "." else "."
    whole, _, rest = digits.partition(decimal)
    if thousands in rest or not re.fullmatch(rf"\d*|\d{{1,3}}(?:\{thousands}\d{{3}})+", whole):
        return None
    try:
        return Decimal(f"{whole.replace(thousands, '') or '0'}" + (f".{rest}" if rest else ""))
    except InvalidOperation:
        return None


def _decimal_sign(digits: str, style: Style, thirds: bool, *, grouped: bool) -> str:
    last = max(digits.rfind(","), digits.rfind("."))
    if "," in digits and "." in digits:
        return digits[last]
    if digits.count(",") > 1 or (
        style is Style.ENGLISH and "." in digits and digits.count(".") == 1
    ):
        return "."
    if digits.count(".") > 1:
        return ","
    if _THOUSANDS_COMMA.fullmatch(digits) and not grouped:
        return "." if style is Style.ENGLISH or not thirds else ","
    if "." in digits and (grouped or not _THOUSANDS_POINT.fullmatch(digits)):
        return "."
    return ","


def _clue(cell: str) -> Style | None:
    match = _PARTS.fullmatch(_tidy(cell)) if len(cell) <= _LONGEST else None
    if match is None:
        return None
    digits = match["digits"].strip()
    if re.fullmatch(r"\d{1,2}\.\d{1,2}\.\d{2,4}", digits):
        return None
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        return Style.GERMAN if comma > point else Style.ENGLISH
    if comma >= 0:
        return (
            None
            if _THOUSANDS_COMMA.fullmatch(digits) and digits.count(",") == 1
            else (Style.ENGLISH if digits.count(",") > 1 else Style.GERMAN)
        )
    if point >= 0 and not _THOUSANDS_POINT.fullmatch(digits):
        return Style.ENGLISH
    return Style.GERMAN if digits.count(".") > 1 else None
