"""Data tables as HTML."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from tests.core.ui.markup import Element, assert_sound, read

from leitstand.core.ui import datatable
from leitstand.core.ui.components import Action, Badge, Cell, Column, DataTable, Group, Row

EVIL = '"><img src=x onerror=alert(1)>'
COLUMNS = (Column("title", "Vorhaben"), Column("budget", "Budget", numeric=True))


def draw(table: Any) -> Element:
    with translation.override("de"):
        html = Template("{% load ui %}{% data_table table %}").render(Context({"table": table}))
    page = read(html)
    assert_sound(page)
    return page


def table(*rows: Row, **options: Any) -> DataTable:
    return DataTable("Liste", COLUMNS, rows, **options)


def test_every_text_is_escaped() -> None:
    row = Row(
        (Cell(EVIL, url=EVIL, edit_url=EVIL, note=EVIL), Cell(badge=Badge(EVIL))),
        key=EVIL,
        label=EVIL,
    )
    columns = (Column("a", EVIL, EVIL), Column("b", EVIL))
    groups = [Group(EVIL, [row], EVIL)]
    page = draw(DataTable(EVIL, columns, groups=groups, select_name=EVIL, select_form=EVIL))
    assert page.all("img") == []
    assert EVIL in page.text


def test_safe_html_of_the_caller_stays() -> None:
    page = draw(table(Row((Cell(format_html("<b>{}</b>", "x")), SafeString("<i>y</i>")))))
    assert page.one("b").text == "x"
    assert page.one("i").text == "y"


def test_values_come_in_german_form() -> None:
    moment = datetime(2026, 11, 20, 13, 5, tzinfo=UTC)
    row = Row((Cell(date(2026, 11, 20)), Cell(Decimal("1234.50")), moment, True, None, 0))
    page = draw(DataTable("Liste", [Column(str(n), str(n)) for n in range(6)], [row]))
    cells = [cell.text for cell in page.all("div", class_="ls-cell")]
    assert cells == ["20.11.2026", "1.234,50", "20.11.2026 14:05", "ja", "", "0"]


def test_rows_given_as_mappings_are_drawn_alike() -> None:
    given = {
        "caption": "Liste",
        "columns": [{"name": "a", "label": "A"}],
        "rows": [{"cells": [{"text": "x", "url": "/x"}]}],
    }
    assert draw(given).one("tbody").one("a")["href"] == "/x"


def test_heads_say_how_they_sort() -> None:
    columns = (
        Column("a", "A", "?sort=-a", "ascending"), Column("b", "B", "?sort=b"), Column("c", "C"),
    )  # fmt: skip
    page = draw(DataTable("Liste", columns, [Row(("1", "2", "3"))]))
    first, second, third = page.all("th", role="columnheader")
    assert first["aria-sort"] == "ascending"
    assert first.one("a")["href"] == "?sort=-a"
    assert "aria-sort" not in second.attributes
    assert third.all("a") == []


def test_cells_carry_their_column_for_phones_and_their_row_for_screen_readers() -> None:
    page = draw(table(Row(("E-Akte", Decimal(5)))))
    assert page.one("th", scope="row").text == "E-Akte"
    cell = page.one("td")
    assert cell["data-label"] == "Budget"
    assert "kern-table__cell--numeric" in cell["class"].split()


def test_the_scrolling_region_can_be_reached_by_keyboard_and_has_a_name() -> None:
    region = draw(table(Row(("a", 1)))).one("div", role="region")
    assert region["tabindex"] == "0"
    assert region["aria-label"] == "Liste"


def test_editing_in_place_is_a_link_first() -> None:
    page = draw(table(Row((Cell("E-Akte"), Cell(5, edit_url="/b?a=1&b=2")))))
    link = page.one("a", class_="ls-edit")
    assert link["href"] == link["hx-get"] == "/b?a=1&b=2"
    assert link.one("span", class_="kern-sr-only").text == "– Budget von E-Akte ändern"


def test_a_linked_cell_keeps_its_link_and_gets_a_pen() -> None:
    page = draw(table(Row((Cell("E-Akte", url="/1", edit_url="/1/titel"), 5))))
    assert [link["href"] for link in page.all("a")] == ["/1", "/1/titel"]
    assert page.all("a")[0].all("a") == []


def test_check_boxes_only_before_rows_with_a_key() -> None:
    page = draw(table(Row(("a", 1), key="17"), Row(("b", 2)), select_name="id", select_form="f"))
    (box,) = page.one("tbody").all("input")
    assert (box["name"], box["value"], box["form"]) == ("id", "17", "f")
    assert "Auswählen: a" in page.text
    assert len(page.all("tr")[1].children) == len(page.all("tr")[2].children) == 3


def test_groups_count_their_rows() -> None:
    page = draw(DataTable("Liste", COLUMNS, groups=[
        Group("Amt 10", [Row(("a", 1)), Row(("b", 2))], "/amt"), Group("Amt 20", [Row(("c", 3))], count=40),
    ]))  # fmt: skip
    heads = page.all("th", scope="rowgroup")
    assert [head.text for head in heads] == ["Amt 10 2 Einträge", "Amt 20 40 Einträge"]
    assert heads[0]["colspan"] == "2"


@pytest.mark.parametrize("groups", [[], [Group("Amt 10", [])]], ids=["nothing", "empty-group"])
def test_an_empty_table_says_what_to_do(groups: list[Group]) -> None:
    page = draw(DataTable("Liste", COLUMNS, groups=groups, empty_title="Noch keine Vorhaben",
                          empty_actions=(Action("Skizze anlegen", "/neu/", "primary"),)))  # fmt: skip
    assert page.all("table") == []
    assert page.one("a", class_="kern-btn")["href"] == "/neu/"
    assert "Noch keine Vorhaben" in page.text


def test_an_empty_table_without_words_still_says_something() -> None:
    assert "Noch nichts vorhanden" in draw(DataTable("Liste", COLUMNS)).text


def test_unknown_badge_kind_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="green"):
        datatable.badge("im Plan", "green")


def test_state_is_never_colour_alone() -> None:
    for kind in ("info", "success", "warning", "danger"):
        badge = read(datatable.badge("Verzug", kind))
        assert badge.text == "Verzug"
        assert badge.one("span", class_=f"kern-icon--{kind}")["aria-hidden"] == "true"


def test_a_footer_is_drawn_once_below_all() -> None:
    page = draw(table(Row(("a", 1)), footer=Row(("Summe", Decimal("1000")))))
    assert page.one("tfoot").text == "Summe 1.000"
