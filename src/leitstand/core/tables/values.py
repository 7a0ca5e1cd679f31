"""One cell to a value of its column's type, and a value to the text that people read.

`parse(column, show(column, value)) == value` for every value that a column can hold.
See `dates` and `numbers` for what is accepted and how ambiguous writing is decided.

An empty cell parses to None, whether or not the column is required: what an empty cell
means is the caller's matter (import: leave as it is; form: missing). So is `ERASE`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from leitstand.core.tables.columns import Column, ColumnType, Text
from leitstand.core.tables.dates import PartialDate
from leitstand.core.tables.datetext import parse_date
from leitstand.core.tables.likeness import closest
from leitstand.core.tables.numbers import Amount, Style, from_float, group, read_number, whole
from leitstand.core.tables.periods import parse_period as parse_period
from leitstand.core.tables.problems import ValueProblem, fill

Value: TypeAlias = str | int | Decimal | bool | PartialDate | tuple[str, ...] | None
Cell: TypeAlias = str | int | float | Decimal | bool | date | datetime | time | PartialDate | None

ERASE = "-"
_DASHES = frozenset({"-", "\N{EN DASH}", "\N{EM DASH}", "--", "---"})
_NOTHING = _DASHES | frozenset(
    ("k. a.", "k.a.", "keine angabe", "n. a.", "n.a.", "n/a", "na", "n. n.", "?", "tbd")
)
_NOTHING |= frozenset(("tba", "tbc", "offen", "noch offen", "unbekannt", "unknown", "none", "null"))
_EXCEL_ERRORS = re.compile(
    r"#(?:NV|N/A|WERT!|VALUE!|BEZUG!|REF!|DIV/0!|NAME\?|ZAHL!|NUM!|NULL!|ÜBERLAUF!|SPILL!|#+)"
)
_CENT = Decimal("0.01")
_TOO_LARGE = Decimal(10) ** 15


def is_blank(raw: object) -> bool:
    """Nothing in the cell, or only white space."""
    return raw is None or (isinstance(raw, str) and not raw.strip())


def is_erase(raw: object) -> bool:
    """A lone dash: the caller's word for "empty this field"."""
    return isinstance(raw, str) and raw.strip() in _DASHES


def parse(
    column: Column,
    raw: Cell,
    *,
    style: Style = Style.GERMAN,
    factor: Decimal = Decimal(1),
) -> Value:
    """The value that a cell means in this column; None for an empty cell.

    `style` decides ambiguous numbers (see `numbers.style_of`), `factor` multiplies numbers
    written without one of their own (see `numbers.unit_factor`). The Python type per
    `ColumnType` is listed there. Raises `ValueProblem`.
    """
    if is_blank(raw):
        return None
    if isinstance(raw, str):
        if _EXCEL_ERRORS.fullmatch(raw.strip().upper()):
            raise ValueProblem(
                fill(
                    _("The spreadsheet shows the error {error} here."),
                    error=raw.strip(),
                ),
                code="spreadsheet_error",
            )
        if column.type not in _FREE_TEXT and raw.strip().casefold() in _NOTHING:
            return None
    if column.type in _NUMERIC:
        return _parse_number(column, raw, style, factor)
    return _PARSERS[column.type](column, raw)


def show(column: Column, value: object) -> str:
    """German form of a value, "" for None: 1.234,56 € · 31.12.2026 · Q2 2027 · 45 % · ja."""
    if value is None or value == "":
        return ""
    if column.type is ColumnType.MONEY:
        return f"{group(_decimal(value), 2)} €"
    if column.type is ColumnType.PERCENT:
        return f"{group(_decimal(value))} %"
    if column.type.is_number:
        return _number_text(column, _decimal(value))
    if column.type is ColumnType.DATE:
        return _as_partial(value).show()
    if column.type is ColumnType.BOOLEAN:
        return gettext("yes") if value else gettext("no")
    if column.type is ColumnType.CHOICE:
        return next(
            (str(text) for key, text in column.choice_list() if key == value),
            str(value),
        )
    if column.type is ColumnType.REFERENCES and not isinstance(value, str):
        return "; ".join(str(part) for part in value)  # type: ignore[attr-defined]
    return str(value)


def machine(column: Column, value: object) -> str | int | float | bool | list[str] | None:
    """The value for JSON: numbers, true/false, ISO 8601 dates (2027-Q2), codes of choices.

    Decimals become numbers where these hold them exactly (15 digits), else texts.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Decimal | float):
        number = _decimal(value)
        return float(number) if len(number.as_tuple().digits) <= 15 else format(number, "f")
    if column.type is ColumnType.DATE:
        return _as_partial(value).iso()
    if isinstance(value, tuple | list | set | frozenset):
        return [str(part) for part in value]
    return str(value)


def raw_text(raw: Cell) -> str | int | float | bool | None:
    """A cell in a form that JSON can keep and `parse` reads as the same value."""
    if isinstance(raw, PartialDate):
        return raw.iso()
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == time() else raw.isoformat(" ", "seconds")
    if isinstance(raw, date | time):
        return raw.isoformat()
    return format(raw, "f") if isinstance(raw, Decimal) else raw


def spellings(label: Text) -> tuple[str, ...]:
    """A label in German and in English (the same twice if it is a plain text)."""
    if not isinstance(label, Promise):
        return (str(label),)
    found: dict[str, None] = {}
    for language in ("de", "en"):
        with override(language):
            found[str(label)] = None
    return tuple(found)


def plain_text(raw: Cell) -> str:
    """A cell as one line of text, as the spreadsheet's user sees it."""
    if isinstance(raw, bool):
        return gettext("yes") if raw else gettext("no")
    if isinstance(raw, datetime) and raw.time() != time():
        return raw.strftime("%d.%m.%Y %H:%M")
    if isinstance(raw, PartialDate | date):
        return _as_partial(raw).show()
    if isinstance(raw, float):
        raw = from_float(raw)
    if isinstance(raw, Decimal):
        return format(raw.normalize(), "f").replace(".", ",")
    return " ".join(_clean(str(raw)).split()) if raw is not None else ""


def split_known(names: tuple[str, ...], known: Callable[[str], bool]) -> tuple[str, ...]:
    """Names of a list also parted at commas, where `known` does not know the whole.

    "Bildung, Jugend" stays one name if that is one; "Effizienz, Service" becomes two.
    """
    return tuple(
        part
        for name in names
        for part in ((name,) if known(name) else filter(None, map(str.strip, name.split(","))))
    )


_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def _clean(text: str) -> str:
    """Composed Unicode without control characters (tab and line break stay)."""
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROL.sub("", text)


def _parse_text(column: Column, raw: Cell) -> str | None:
    text = plain_text(raw)
    if column.type is ColumnType.LONGTEXT and isinstance(raw, str):
        text = "\n".join(line.rstrip() for line in _clean(raw).split("\n")).strip()
    if column.max_length is not None and len(text) > column.max_length:
        raise ValueProblem(
            fill(
                _("At most {most} characters fit here, these are {count}."),
                most=whole(column.max_length),
                count=whole(len(text)),
            ),
            code="too_long",
        )
    return text or None


def _parse_names(column: Column, raw: Cell) -> tuple[str, ...] | None:
    """Names parted by semicolons or line breaks; commas belong to names (see `split_known`)."""
    pieces = re.split(r"[;\n]", _clean(raw)) if isinstance(raw, str) else [plain_text(raw)]
    names = dict.fromkeys(" ".join(piece.strip(" •·\t").split()) for piece in pieces)
    return tuple(filter(None, names)) or None


_TRUE = frozenset(("ja", "j", "yes", "y", "x", "wahr", "true", "1", *"✓✔☑☒✅"))
_FALSE = frozenset(("nein", "n", "no", "falsch", "false", "0", *"✗✘☐❌"))


def _parse_boolean(column: Column, raw: Cell) -> bool:
    word = "1" if raw is True else "0" if raw is False else plain_text(raw).casefold().strip(".")
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueProblem(_("Neither yes nor no. Accepted: ja, nein, x, 1, 0."), code="boolean")


def _choice_key(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.casefold().replace("ß", "ss")).strip()


def _choice_forms(column: Column) -> Iterator[tuple[str, str]]:
    """Every accepted (form, value): values go before labels, labels before other words."""
    choices = column.choice_list()
    yield from ((value, value) for value, _label in choices)
    yield from ((text, value) for value, label in choices for text in spellings(label))
    yield from column.choice_aliases


def _parse_choice(column: Column, raw: Cell) -> str:
    text = plain_text(raw)
    forms = list(_choice_forms(column))
    exact = next((value for form, value in forms if form == text), None)
    if exact is not None:
        return exact
    wanted = _choice_key(text)
    for form, value in forms:
        if wanted and _choice_key(form) == wanted:
            return value
    names = {value: str(label) for value, label in column.choice_list()}
    accepted = ", ".join(list(names.values())[:12]) + (" …" if len(names) > 12 else "")
    meant = closest(text, {form: names[value] for form, value in forms if value in names})
    if meant:
        template = _("Not one of the choices. Did you mean “{meant}”? Accepted: {choices}.")
        raise ValueProblem(fill(template, meant=meant, choices=accepted), code="choice")
    raise ValueProblem(
        fill(_("Not one of the choices. Accepted: {choices}."), choices=accepted),
        code="choice",
    )


def _parse_number(column: Column, raw: Cell, style: Style, factor: Decimal) -> int | Decimal:
    amount = _amount(column, raw, style, factor)
    if amount is None:
        raise ValueProblem(_NUMBER_TEXTS[column.type], code="number")
    if column.type is ColumnType.PERCENT:
        number = _percent(amount)
    else:
        number = amount.value * (factor if amount.factor is None else amount.factor)
    if abs(number) >= _TOO_LARGE:
        raise ValueProblem(_("The number has more than 15 digits."), code="number")
    if column.type is ColumnType.MONEY:
        number = number.quantize(_CENT, ROUND_HALF_UP)
    if column.type is ColumnType.INTEGER:
        if number != number.to_integral_value():
            raise ValueProblem(_NUMBER_TEXTS[column.type], code="number")
        number = number.to_integral_value()
    _check_bounds(column, number)
    return int(number) if column.type is ColumnType.INTEGER else number + 0


def _amount(column: Column, raw: Cell, style: Style, factor: Decimal) -> Amount | None:
    if isinstance(raw, bool | date | time | PartialDate):
        return None
    if isinstance(raw, float):
        return Amount(from_float(raw), None, False) if abs(raw) < 1e300 else None
    if isinstance(raw, int | Decimal):
        return Amount(Decimal(raw), None, False)
    thirds = column.type not in {ColumnType.INTEGER, ColumnType.MONEY} or factor != 1
    amount = read_number(str(raw), style, thirds=thirds)
    if amount and amount.percent and column.type is not ColumnType.PERCENT:
        return None
    return amount


def _percent(amount: Amount) -> Decimal:
    """45 %, 45 and 0.45 are the same; 1 is one percent, 1.0 % too; 0.5 % stays a half."""
    if amount.percent:
        return amount.value
    has_fraction = amount.value != amount.value.to_integral_value()
    if has_fraction and abs(amount.value) < 1:
        return amount.value * 100
    return amount.value


def _check_bounds(column: Column, number: Decimal) -> None:
    low, high = column.minimum, column.maximum
    if (low is None or number >= low) and (high is None or number <= high):
        return
    unit = f" {column.unit}" if column.unit else ""
    low_text = "" if low is None else _number_text(column, Decimal(low)) + unit
    high_text = "" if high is None else _number_text(column, Decimal(high)) + unit
    if low is None:
        text = fill(_("At most {high}."), high=high_text)
    elif high is None:
        text = fill(_("At least {low}."), low=low_text)
    else:
        text = fill(_("Between {low} and {high}."), low=low_text, high=high_text)
    raise ValueProblem(text, code="bounds")


def _number_text(column: Column, value: Decimal) -> str:
    """Grouped by thousands, but for years: whole numbers bound to four digits."""
    low, high = column.minimum or 0, column.maximum or 10_000
    is_year = column.type is ColumnType.INTEGER and low >= 1000 and high <= 9999
    return format(value, "f") if is_year else group(value)


def _decimal(value: object) -> Decimal:
    return from_float(value) if isinstance(value, float) else Decimal(str(value))


def _as_partial(value: object) -> PartialDate:
    if isinstance(value, PartialDate):
        return value
    return PartialDate(value) if isinstance(value, date) else parse_date(value)


_FREE_TEXT = frozenset({ColumnType.TEXT, ColumnType.LONGTEXT, ColumnType.CHOICE})
_NUMERIC = frozenset(kind for kind in ColumnType if kind.is_number)
_NUMBER_TEXTS = {
    ColumnType.INTEGER: _("Not a whole number. Accepted: 1234 or 1.234."),
    ColumnType.DECIMAL: _("Not a number. Accepted: 1.234,5 or 1234,5."),
    ColumnType.MONEY: _("Not an amount. Accepted: 1.234,56 €, 1234,56, 250 T€ or 1,5 Mio. €."),
    ColumnType.PERCENT: _("Not a percentage. Accepted: 45 %, 45 or 0,45."),
}
_PARSERS: dict[ColumnType, Callable[[Column, Cell], Value]] = {
    ColumnType.TEXT: _parse_text,
    ColumnType.LONGTEXT: _parse_text,
    ColumnType.DATE: lambda column, raw: parse_date(raw),
    ColumnType.BOOLEAN: _parse_boolean,
    ColumnType.CHOICE: _parse_choice,
    ColumnType.UNIT: _parse_text,
    ColumnType.PERSON: _parse_text,
    ColumnType.REFERENCE: _parse_text,
    ColumnType.REFERENCES: _parse_names,
}
