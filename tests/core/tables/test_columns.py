"""Columns and tables: lookups, order, mistakes in the declaration."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tests.core.tables.files import PROJECTS

from leitstand.core.tables.columns import Column, ColumnType, Table, UnknownColumn


def test_columns_are_found_by_name_and_keep_their_order() -> None:
    assert PROJECTS["title"] is PROJECTS.column("title")
    assert "title" in PROJECTS
    assert PROJECTS.names()[:2] == ("external_key", "title")
    assert [column.name for column in PROJECTS.pick(("end", "start"))] == ["end", "start"]
    assert "number" not in {column.name for column in PROJECTS.importable()}


def test_an_unknown_name_is_an_error_not_none() -> None:
    with pytest.raises(UnknownColumn, match=r"project.*nope"):
        PROJECTS.column("nope")
    with pytest.raises(UnknownColumn):
        PROJECTS.pick(("title", "nope"))


def test_source_defaults_to_the_name() -> None:
    assert Column("start", "Start", ColumnType.DATE).source == "start"
    assert Column("unit", "Amt", ColumnType.UNIT, source="lead_unit__name").source == (
        "lead_unit__name"
    )


@pytest.mark.parametrize(
    "columns",
    [
        (Column("a", "A", ColumnType.TEXT), Column("a", "B", ColumnType.TEXT)),
        (Column("a", "A", ColumnType.TEXT),),
    ],
    ids=["name twice", "key not among the columns"],
)
def test_a_wrong_declaration_raises(columns: tuple[Column, ...]) -> None:
    with pytest.raises((ValueError, UnknownColumn)):
        Table("t", "T", "Ts", columns, key=("b",))


def test_a_choice_needs_choices_and_a_name_is_an_identifier() -> None:
    with pytest.raises(ValueError, match="choices"):
        Column("a", "A", ColumnType.CHOICE)
    with pytest.raises(ValueError, match="identifier"):
        Column("a b", "A", ColumnType.TEXT)


def test_choices_may_be_a_function_that_is_asked_each_time() -> None:
    answers = [[("a", "A")], [("b", "B")]]
    column = Column("x", "X", ColumnType.CHOICE, choices=lambda: answers.pop(0))
    assert column.choice_list() == (("a", "A"),)
    assert column.choice_list() == (("b", "B"),)


def test_the_package_can_be_imported_without_configured_django() -> None:
    names = "columns values reading headers mapping writing periods"
    code = "".join(f"import leitstand.core.tables.{name}\n" for name in names.split())
    environment = {"PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=False)
    assert done.returncode == 0
