"""Reader of the demo city's files: plain CSV, without the product's importers."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

DEMO = Path(__file__).parents[3] / "src" / "leitstand" / "core" / "demo"
DATA = DEMO / "data"
TODAY = date(2026, 11, 20)

Row = dict[str, str]


@cache
def rows(name: str) -> tuple[Row, ...]:
    """All rows of a file; a row with too many or too few cells fails."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        found = list(csv.reader(stream, delimiter=";", strict=True))
    return tuple(dict(zip(found[0], row, strict=True)) for row in found[1:])


def day(text: str) -> date | None:
    return datetime.strptime(text, "%d.%m.%Y").date() if text else None


def must_day(text: str) -> date:
    found = day(text)
    assert found is not None
    return found


def _last_of(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def bound(text: str, *, end: bool) -> date:
    """First or last day that a day, month, quarter or year stands for."""
    if quarter := re.fullmatch(r"([1-4])\. Quartal (\d{4})", text):
        last = int(quarter[1]) * 3
        year = int(quarter[2])
        return _last_of(year, last) if end else date(year, last - 2, 1)
    if month := re.fullmatch(r"(\d\d)/(\d{4})", text):
        first = date(int(month[2]), int(month[1]), 1)
        return _last_of(first.year, first.month) if end else first
    if re.fullmatch(r"\d{4}", text):
        return date(int(text), 12, 31) if end else date(int(text), 1, 1)
    return must_day(text)


def number(text: str) -> Decimal:
    assert re.fullmatch(r"\d+(,\d+)?", text), text
    return Decimal(text.replace(",", "."))


@cache
def projects() -> dict[str, Row]:
    return {row["Nr."]: row for row in rows("projects")}


def period(project: Row) -> tuple[date, date]:
    return bound(project["Beginn"], end=False), bound(project["Ende"], end=True)


def is_late(project: Row) -> bool:
    return (
        project["Phase"] not in {"Idee", "abgeschlossen", "abgebrochen"}
        and period(project)[1] < TODAY
    )


def several(cell: str) -> list[str]:
    return cell.split("; ") if cell else []


def full_names() -> list[str]:
    return [f"{row['given_name']} {row['family_name']}" for row in rows("people")]


def by_project(name: str) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows(name):
        grouped[row["Nr."]].append(row)
    return grouped
