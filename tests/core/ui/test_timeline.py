"""The roadmap picture, the matrix and the stacked bar as others see them: HTML and SVG."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.ui.markup import Element, assert_sound, read

from leitstand.core.ui import matrix, stack, timeline, timescale
from leitstand.core.ui.timeline import Bar, Group, Link, Milestone, Timeline

EVIL = '"><script>alert(1)</script>&'


def chart(rows: list[Bar], **options: Any) -> Element:
    with translation.override("de"):
        page = read(timeline.render(Timeline(rows, "Zeitplan", **options)))
    assert_sound(page)
    return page


def bar(identifier: str, start: date | None, end: date | None, **options: Any) -> Bar:
    return Bar(identifier, f"Vorhaben {identifier}", start, end, **options)


YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def test_no_rows_draw_nothing() -> None:
    assert timeline.render(Timeline([], "Zeitplan")) == ""


def test_texts_cannot_break_out() -> None:
    hostile = Bar(
        EVIL, EVIL, *YEAR, url=EVIL, kind=EVIL, group=EVIL, title=EVIL,
        milestones=[Milestone(date(2026, 5, 1), EVIL)],
    )  # fmt: skip
    html = timeline.render(
        Timeline([hostile], EVIL, id=EVIL, groups=[Group(EVIL, EVIL)], links=[Link(EVIL, EVIL)])
    )
    assert "<script" not in html
    page = read(html)
    assert [label.text for label in page.all("li")] == [EVIL, EVIL]
    assert page.one("rect", class_="tl-bar")["class"] == "tl-bar tl-k-neutral"


def test_a_bar_lies_where_its_days_are() -> None:
    page = chart([bar("a", *YEAR)], zoom="quarters")
    rect = page.one("rect", class_="tl-bar")
    assert float(rect["x"]) == 0
    # 2026 has 365 days and the picture ends with the year, so the bar fills it.
    picture = page.one("svg", class_="tl-picture")
    assert float(rect["width"]) == pytest.approx(float(picture["width"]), abs=1)
    assert rect.one("title").text == "Vorhaben a: 01.01.2026 – 31.12.2026"


def test_english_days_are_unambiguous() -> None:
    with translation.override("en"):
        html = timeline.render(Timeline([bar("a", *YEAR)], "Plan"))
    assert "2026-01-01 – 2026-12-31" in html


@pytest.mark.parametrize(
    ("start", "end"), [(date(2026, 3, 1), None), (None, date(2026, 3, 1))], ids=["start", "end"]
)
def test_a_bar_with_one_day_is_open(start: date | None, end: date | None) -> None:
    page = chart([bar("a", start, end), bar("b", *YEAR)])
    assert "tl-open" in page.all("rect", class_="tl-bar")[0]["class"]
    assert "offen" in page.all("rect", class_="tl-bar")[0].text


def test_a_row_without_days_keeps_its_label_but_has_no_bar() -> None:
    page = chart([bar("a", None, None), bar("b", *YEAR)])
    assert len(page.all("li", class_="tl-label")) == 2
    assert len(page.all("rect", class_="tl-bar")) == 1


def test_end_before_start_still_draws_something() -> None:
    page = chart([bar("a", date(2026, 6, 1), date(2026, 1, 1))])
    assert float(page.one("rect", class_="tl-bar")["width"]) == 3


def test_baseline_progress_and_milestones() -> None:
    page = chart(
        [
            bar("a", *YEAR, progress=25, baseline_start=date(2026, 1, 1),
                baseline_end=date(2026, 6, 30),
                milestones=[Milestone(date(2026, 4, 1), "Abnahme", done=True)])
        ]
    )  # fmt: skip
    width = float(page.one("rect", class_="tl-bar")["width"])
    assert float(page.one("rect", class_="tl-done")["width"]) == pytest.approx(width / 4, abs=1)
    assert float(page.one("rect", class_="tl-baseline")["width"]) < width
    assert page.one("path", class_="tl-ms-done").text == "Abnahme: 01.04.2026"


@pytest.mark.parametrize(("progress", "share"), [(-5, 0), (250, 1)], ids=["below", "above"])
def test_progress_stays_inside_its_bar(progress: int, share: int) -> None:
    page = chart([bar("a", *YEAR, progress=progress)])
    width = float(page.one("rect", class_="tl-bar")["width"])
    assert float(page.one("rect", class_="tl-done")["width"]) == pytest.approx(width * share)


def test_links_go_from_edge_to_edge_and_violations_look_different() -> None:
    rows = [bar("a", date(2026, 1, 1), date(2026, 3, 31)), bar("b", date(2026, 7, 1), YEAR[1])]
    page = chart(rows, links=[Link("a", "b"), Link("b", "a", violated=True)])
    a, b = page.all("rect", class_="tl-bar")
    good, bad = page.all("path", class_="tl-link")
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", good["d"])]
    assert numbers[0] == pytest.approx(float(a["x"]) + float(a["width"]), abs=0.2)
    assert numbers[-1] == pytest.approx(float(b["x"]), abs=0.2)
    assert "tl-link-bad" in bad["class"]
    assert bad["marker-end"] == "url(#timeline-bad)"
    assert {m["id"] for m in page.all("marker")} == {"timeline-ok", "timeline-bad"}


def test_links_to_missing_rows_to_rows_without_bar_and_to_itself_are_left_out() -> None:
    rows = [bar("a", *YEAR), bar("b", None, None)]
    page = chart(rows, links=[Link("a", "x"), Link("x", "a"), Link("a", "b"), Link("a", "a")])
    assert page.all("path", class_="tl-link") == []


def test_groups_come_in_their_order_and_strangers_last() -> None:
    rows = [bar("1", *YEAR, group="b"), bar("2", *YEAR, group="?"), bar("3", *YEAR, group="a")]
    page = chart(rows, groups=[Group("a", "A-Amt"), Group("leer", "Leer"), Group("b", "B-Amt")])
    assert [label.text for label in page.all("li", class_="tl-label")] == [
        "A-Amt", "Vorhaben 3", "B-Amt", "Vorhaben 1", "Vorhaben 2",
    ]  # fmt: skip


def test_today_is_marked_only_inside_the_time_shown() -> None:
    inside = chart([bar("a", *YEAR)], today=date(2026, 11, 20))
    assert inside.one("text", class_="tl-today-text").text == "Heute"
    cut = chart([bar("a", *YEAR)], today=date(2026, 11, 20), end=date(2026, 6, 30))
    assert cut.all(class_="tl-today") == []
    assert "data-today" not in cut.one("div", class_="tl").attributes


@pytest.mark.parametrize("zoom", ["years", "quarters", "months"])
def test_one_wrong_year_does_not_blow_the_picture_up(zoom: Any) -> None:
    page = chart([bar("a", date(1, 1, 1), date(9999, 12, 31))], zoom=zoom, today=date(2026, 11, 20))
    assert float(page.one("svg", class_="tl-picture")["width"]) <= timescale.MAX_WIDTH
    assert len(page.all("text")) < 1000


def test_the_axis_names_years_quarters_and_months() -> None:
    quarters = chart([bar("a", *YEAR)], zoom="quarters").one("svg", class_="tl-axis").text
    assert quarters.startswith("2026 Q1 2026 Q2 2026")
    months = chart([bar("a", *YEAR)], zoom="months").one("svg", class_="tl-axis").text
    assert "Jan" in months
    assert "Dez" in months


def test_blocks_for_paper_hold_every_row_once_and_align_with_their_labels() -> None:
    rows = [bar(str(number), *YEAR) for number in range(60)]
    page = chart(rows, links=[Link("0", "59")])
    pictures, labels = page.all("svg", class_="tl-picture"), page.all("ul", class_="tl-labels")
    assert [len(block.children) for block in labels] == [18, 24, 18]
    assert [int(picture["height"]) for picture in pictures] == [18 * 32, 24 * 32, 18 * 32]
    assert [picture["viewbox"].split()[1] for picture in pictures] == ["0", "576", "1344"]
    assert len(page.all("rect", class_="tl-bar")) == 60
    assert len(page.all("path", class_="tl-link")) == 3  # a piece of it is seen in every block
    assert len(page.all("svg", role="img")) == 1
    assert len(page.all("use")) == 2, "the axis stands above every block on paper"


def test_a_block_begins_with_a_group_if_one_is_near_and_else_names_it() -> None:
    rows = [bar(str(n), *YEAR, group="a" if n < 12 else "b") for n in range(50)]
    page = chart(rows, groups=[Group("a", "Anfang"), Group("b", "Bauen")])
    labels = page.all("ul", class_="tl-labels")
    assert [len(block.children) for block in labels] == [13, 24, 15]
    assert labels[1].children[0].text == "Bauen"
    heads = page.all("div", class_="tl-goes-on")
    assert [head.text for head in heads] == ["", "Bauen (Fortsetzung)"]


def test_links_through_many_blocks_stay_small() -> None:
    rows = [bar(str(number), *YEAR) for number in range(1000)]
    links = [Link(str(number), str(999 - number)) for number in range(400)]
    page = chart(rows, links=links)
    blocks = page.all("svg", class_="tl-picture")
    assert len(blocks) == 42
    whole = [path for path in page.all("path", class_="tl-link") if "marker-end" in path.attributes]
    assert 400 <= len(whole) <= 1200
    assert len(page.all("path", class_="tl-link")) <= len(whole) + 2 * len(blocks)


@settings(max_examples=60, deadline=None)
@given(
    days=st.lists(st.tuples(st.dates(), st.dates()), min_size=1, max_size=8),
    zoom=st.sampled_from(["years", "quarters", "months"]),
    kind=st.sampled_from(["FS", "SS", "FF", "SF"]),
)
def test_any_days_give_a_bounded_sound_picture(days: Any, zoom: Any, kind: Any) -> None:
    rows = [bar(str(number), *pair) for number, pair in enumerate(days)]
    links = [Link("0", str(number), kind=kind) for number in range(len(rows))]
    page = chart(rows, zoom=zoom, links=links)
    width = float(page.all("svg", class_="tl-picture")[0]["width"])
    assert 0 < width <= timescale.MAX_WIDTH
    for rect in page.all("rect", class_="tl-bar"):
        assert -1 <= float(rect["x"]) <= width + 1
        assert float(rect["width"]) >= 3


def test_matrix_keeps_bubbles_inside_and_small_ones_on_top() -> None:
    html = matrix.render(
        matrix.Matrix(
            [matrix.Bubble(9, -3, EVIL, 1, size=0.1), matrix.Bubble(1, 1, "groß", 2, size=1)],
            EVIL, "Aufwand", "Nutzen", split_x=2.5, split_y=2.5, quadrants=("a", "b", "c", "d"),
        )
    )  # fmt: skip
    assert "<script" not in html
    page = read(html)
    assert_sound(page)
    first, second = page.all("g", class_="mx-bubble")
    assert first.one("title").text == "groß"
    assert float(second.one("circle")["cx"]) <= matrix.WIDTH
    assert float(second.one("circle")["cy"]) <= matrix.HEIGHT


def test_stacked_bar_says_in_words_what_it_draws() -> None:
    with translation.override("de"):
        page = read(
            stack.render([stack.Part("fertig", 1500, "done"), stack.Part(EVIL, 500)], "Stand")
        )
    assert page.one("ul")["aria-label"] == "Stand"
    assert [entry.text for entry in page.all("li")] == ["fertig 1.500", f"{EVIL} 500"]
    shares = [rect["width"] for rect in page.one("svg", class_="st-bar").all("rect")][1:]
    assert shares == ["75.00%", "25.00%"]


def test_stacked_bar_of_nothing() -> None:
    page = read(stack.render([stack.Part("fertig", 0)], "Stand"))
    assert page.one("li").text == "fertig 0"
    assert len(page.one("svg", class_="st-bar").all("rect")) == 1
