"""Cells to values and back: German forms first, English too, ambiguity by rule."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import gettext_lazy, override
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.tables.files import PHASES, PROJECTS

from leitstand.core.tables.columns import Column, ColumnType
from leitstand.core.tables.dates import PartialDate, Precision
from leitstand.core.tables.numbers import Style, style_of, unit_factor
from leitstand.core.tables.problems import ValueProblem
from leitstand.core.tables.values import (
    is_blank,
    is_erase,
    machine,
    parse,
    raw_text,
    show,
    spellings,
    split_known,
)

T = ColumnType


def column(kind: ColumnType, **options: Any) -> Column:
    if kind is T.CHOICE:
        options.setdefault("choices", PHASES)
    return Column("x", "X", kind, **options)


MONEY = {
    "1.234,56": "1234.56",
    "1.234,56 €": "1234.56",
    "€ 1.234,56": "1234.56",
    "1234,5": "1234.5",
    "1.234": "1234",
    "1,234": "1234",
    "1,234.56": "1234.56",
    "1.234.567": "1234567",
    "1 234,50": "1234.5",
    "1\N{NO-BREAK SPACE}234,50 €": "1234.5",
    "1'234.50 EUR": "1234.5",
    "5609.46": "5609.46",
    "50.000,-- €": "50000",
    "50.000,- €": "50000",
    "ca. 50.000 €": "50000",
    "250 T€": "250000",
    "250 TEUR": "250000",
    "T€ 250": "250000",
    "1,5 Mio. €": "1500000",
    "1,234 Mio. €": "1234000",
    "2.5 Mio": "2500000",
    "0,5 Mrd. €": "500000000",
    "80 Tsd. Euro": "80000",
    "-5": "-5",
    "\N{MINUS SIGN}5,10 €": "-5.1",
    "(1.234,56) €": "-1234.56",
    "1.234,56-": "-1234.56",
    "1234,567": "1234.57",
}


@pytest.mark.parametrize(("raw", "value"), MONEY.items(), ids=MONEY)
def test_money(raw: str, value: str) -> None:
    assert parse(column(T.MONEY), raw) == Decimal(value)


@pytest.mark.parametrize(
    "raw",
    ["abc", "12 Äpfel", "1.23.4", "1,2,3", "45 %", "1e5", "31.12.2026", "12-13", "€", "9" * 70],
)
def test_money_refuses_what_is_no_amount(raw: str) -> None:
    with pytest.raises(ValueProblem):
        parse(column(T.MONEY), raw)


def test_money_from_spreadsheet_cells_is_rounded_to_the_cent() -> None:
    assert parse(column(T.MONEY), 1234.5666666) == Decimal("1234.57")
    assert parse(column(T.MONEY), 0.1 + 0.2) == Decimal("0.30")
    assert parse(column(T.MONEY), 5) == 5
    with pytest.raises(ValueProblem):
        parse(column(T.MONEY), date(2026, 1, 1))
    with pytest.raises(ValueProblem):
        parse(column(T.MONEY), True)
    with pytest.raises(ValueProblem):
        parse(column(T.MONEY), float("nan"))


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("1.234", "1234"),
        ("1,234", "1.234"),
        ("0.123", "0.123"),
        ("1.5 VZÄ", "1.5"),
        ("12,5 PT", "12.5"),
    ],
)
def test_decimals_are_german_first(raw: str, value: str) -> None:
    assert parse(column(T.DECIMAL), raw) == Decimal(value)


def test_a_column_that_is_plainly_english_is_read_as_english() -> None:
    cells = ["1,234.50", "1.234", "12.5", None, 3, "k. A."]
    assert style_of(cells) is Style.ENGLISH
    assert parse(column(T.DECIMAL), "1.234", style=style_of(cells)) == Decimal("1.234")
    assert parse(column(T.MONEY), "1,234", style=style_of(cells)) == 1234
    assert style_of(["1.234", "5,5"]) is Style.GERMAN
    assert style_of(["1.234", "1.000.000", "31.12.2026"]) is Style.GERMAN


@pytest.mark.parametrize(
    ("title", "factor"),
    [
        ("Kosten in T€", 1000),
        ("Kosten (TEUR)", 1000),
        ("Kosten T€", 1000),
        ("Budget [Mio. €]", 1_000_000),
        ("Kosten (Angaben in Tsd. Euro)", 1000),
        ("Kosten (€)", 1),
        ("Kosten gesamt", 1),
        ("Teilnehmer in Kursen", 1),
    ],
)
def test_a_heading_announces_a_factor(title: str, factor: int) -> None:
    assert unit_factor(title) == factor
    assert parse(column(T.MONEY), 1.5, factor=unit_factor(title)) == Decimal("1.5") * factor
    assert parse(column(T.MONEY), "2 Mio. €", factor=unit_factor(title)) == 2_000_000


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("45 %", "45"),
        ("45", "45"),
        ("0,45", "45"),
        (0.45, "45"),
        ("0,5 %", "0.5"),
        ("1", "1"),
        (1, "1"),
        ("100%", "100"),
        ("33,3 Prozent", "33.3"),
        (0, "0"),
    ],
    ids=repr,
)
def test_percentages(raw: Any, value: str) -> None:
    assert parse(column(T.PERCENT), raw) == Decimal(value)


def test_whole_numbers_and_bounds() -> None:
    assert parse(column(T.INTEGER), "1.234 Stück") == 1234
    assert parse(column(T.INTEGER), 3.0) == 3
    with pytest.raises(ValueProblem):
        parse(column(T.INTEGER), "12,5")
    bounded = column(T.INTEGER, minimum=0, maximum=1000, unit="PT")
    with override("de"), pytest.raises(ValueProblem, match=r"Zwischen 0 PT und 1\.000 PT"):
        parse(bounded, "1001")
    with pytest.raises(ValueProblem):
        parse(column(T.DECIMAL, minimum=0), "-1")
    with pytest.raises(ValueProblem):
        parse(column(T.DECIMAL, maximum=5), "6")
    with pytest.raises(ValueProblem):
        parse(column(T.DECIMAL), "1" * 16)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        *((raw, True) for raw in ("ja", "X", "✓", True, 1, "wahr", "Yes")),
        *((raw, False) for raw in ("nein", "0", False, "falsch")),
        *((raw, None) for raw in ("", "-", None)),
    ],
    ids=repr,
)
def test_yes_and_no(raw: Any, value: bool | None) -> None:
    assert parse(column(T.BOOLEAN), raw) is value


def test_neither_yes_nor_no() -> None:
    with pytest.raises(ValueProblem):
        parse(column(T.BOOLEAN), "vielleicht")


def test_choices_by_value_label_alias_and_loosely() -> None:
    phase = PROJECTS["phase"]
    for raw in ("running", "laufend", "Laufend ", "in Umsetzung", "in-umsetzung"):
        assert parse(phase, raw) == "running"
    with override("de"), pytest.raises(ValueProblem, match="Idee, geplant, laufend"):
        parse(phase, "unbekannt")


def test_lazy_labels_are_known_in_german_and_english() -> None:
    label = gettext_lazy("Monday")
    assert spellings(label) == ("Montag", "Monday")
    day = column(T.CHOICE, choices=[("mo", label)])
    assert parse(day, "Montag") == parse(day, "monday") == "mo"


def test_text_is_tidied_and_limited() -> None:
    assert parse(column(T.TEXT), "  a \n b\t\x07c ") == "a b c"
    assert parse(column(T.TEXT), 4711.0) == "4711"
    assert parse(column(T.TEXT), 3.5) == "3,5"
    assert parse(column(T.TEXT), datetime(2026, 12, 31)) == "31.12.2026"
    assert parse(column(T.TEXT), "u\N{COMBINING DIAERESIS}ber") == "über"
    assert parse(column(T.LONGTEXT), "a \r\nb\r\n\r\n") == "a\nb"
    with override("de"), pytest.raises(ValueProblem, match=r"höchstens 3 Zeichen.* 4"):
        parse(column(T.TEXT, max_length=3), "abcd")


@pytest.mark.parametrize("raw", ["#BEZUG!", "#REF!", "#N/A", "#DIV/0!", "#NV", "########"])
def test_spreadsheet_errors_are_named(raw: str) -> None:
    for kind in (T.TEXT, T.MONEY, T.DATE):
        with pytest.raises(ValueProblem, match="#"):
            parse(column(kind), raw)


@pytest.mark.parametrize("kind", list(T))
def test_empty_cells_are_none_in_every_column(kind: ColumnType) -> None:
    for raw in (None, "", "  ", "\n"):
        assert parse(column(kind, required=True), raw) is None
    assert show(column(kind), None) == ""


def test_blank_and_erase() -> None:
    assert [is_blank(raw) for raw in (" \t", None, "-", 0)] == [True, True, False, False]
    assert [is_erase(raw) for raw in (" - ", "–", "-5", None)] == [True, True, False, False]


def test_lists_are_parted_at_commas_only_where_the_whole_is_unknown() -> None:
    names = parse(column(T.REFERENCES), "Bildung, Jugend;\n• Effizienz, Service; Effizienz")
    assert names == ("Bildung, Jugend", "Effizienz, Service", "Effizienz")
    known = {"Bildung, Jugend"}.__contains__
    assert split_known(("Bildung, Jugend", "Effizienz, Service"), known) == (
        "Bildung, Jugend",
        "Effizienz",
        "Service",
    )


@pytest.mark.parametrize(
    ("kind", "value", "german", "for_programs"),
    [
        (T.MONEY, Decimal("1234.5"), "1.234,50 €", 1234.5),
        (T.MONEY, Decimal("-0.001"), "0,00 €", -0.001),
        (T.PERCENT, Decimal("45"), "45 %", 45.0),
        (T.INTEGER, 1234567, "1.234.567", 1234567),
        (T.DECIMAL, Decimal("1E+3"), "1.000", 1000.0),
        (
            T.DECIMAL,
            Decimal("0.1234567890123456789"),
            "0,1234567890123456789",
            "0.1234567890123456789",
        ),
        (T.DATE, date(2026, 12, 31), "31.12.2026", "2026-12-31"),
        (T.DATE, PartialDate(date(2027, 5, 5), Precision.QUARTER), "Q2 2027", "2027-Q2"),
        (T.BOOLEAN, False, "nein", False),
        (T.CHOICE, "running", "laufend", "running"),
        (T.CHOICE, "gone", "gone", "gone"),
        (T.REFERENCES, ("a", "b"), "a; b", ["a", "b"]),
    ],
)
def test_show_and_machine(kind: ColumnType, value: Any, german: str, for_programs: Any) -> None:
    with override("de"):
        assert show(column(kind), value) == german
    assert machine(column(kind), value) == for_programs


MONEY_VALUES = st.decimals(-(10**12), 10**12, places=2)
DECIMALS = st.decimals(-(10**14), 10**14, places=4)
PARTIAL = st.builds(
    PartialDate, st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(Precision)
)
LINE = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"]), max_size=60)
NAMES = st.lists(st.text("abcäöüß ,.-()/&0123", min_size=1), unique=True).map(
    lambda names: tuple(
        dict.fromkeys(" ".join(name.split()) for name in names if any(map(str.isalpha, name)))
    )
)
VALUES = st.one_of(
    st.tuples(st.just(T.MONEY), MONEY_VALUES),
    st.tuples(st.just(T.DECIMAL), DECIMALS),
    st.tuples(st.just(T.PERCENT), st.decimals(0, 1000, places=3)),
    st.tuples(st.just(T.INTEGER), st.integers(-(10**14), 10**14)),
    st.tuples(st.just(T.DATE), PARTIAL),
    st.tuples(st.just(T.BOOLEAN), st.booleans()),
    st.tuples(st.just(T.CHOICE), st.sampled_from([value for value, _label in PHASES])),
    st.tuples(st.just(T.REFERENCES), NAMES.filter(bool)),
)


@settings(deadline=None, max_examples=400)
@given(VALUES, st.sampled_from(["de", "en"]))
def test_parse_reads_what_show_writes(pair: tuple[ColumnType, Any], language: str) -> None:
    kind, value = pair
    with override(language):
        assert parse(column(kind), show(column(kind), value)) == value


@settings(deadline=None, max_examples=300)
@given(VALUES)
def test_parse_reads_what_machine_writes(pair: tuple[ColumnType, Any]) -> None:
    """JSON keeps numbers as numbers; only a percentage between 0 and 1 needs its sign."""
    kind, value = pair
    if kind in {T.PERCENT, T.REFERENCES}:
        return
    assert parse(column(kind), machine(column(kind), value)) == value  # type: ignore[arg-type]


@settings(deadline=None, max_examples=200)
@given(LINE)
def test_text_comes_back_tidied_and_stays(raw: str) -> None:
    once = parse(column(T.TEXT), f" {raw} ") if not raw.startswith("#") else None
    if once is not None:
        assert parse(column(T.TEXT), show(column(T.TEXT), once)) == once


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(list(T)),
    st.one_of(st.text(max_size=90), st.floats(), st.integers(), st.booleans()),
)
def test_any_cell_gives_a_value_or_a_problem_never_a_crash(kind: ColumnType, raw: Any) -> None:
    try:
        parse(column(kind), raw)
    except ValueProblem as problem:
        said = str(problem)
    else:
        said = "nothing"
    assert said


@settings(deadline=None, max_examples=100)
@given(st.one_of(st.dates(), st.datetimes(), st.floats(allow_nan=False), st.integers(), st.text()))
def test_raw_cells_survive_json(raw: Any) -> None:
    kept = raw_text(raw)
    assert kept is None or isinstance(kept, str | int | float | bool)
    if isinstance(raw, datetime) and 1900 <= raw.year <= 2199:
        assert parse(column(T.DATE), kept) == PartialDate(raw.date())
