"""UK Government Major Projects Portfolio, harmonised: ``year,id,name,dept,rag,start,end,wlc``.

Test data for importer and forecasts. One project per normalised name (text in parentheses
dropped), with the values of its latest year. The source's five-step scale is kept beside the
mapped light in ``source_status``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from leitstand.portfolio.adapters.rows import ForeignList, read_rows
from leitstand.portfolio.domain.backtest import Report
from leitstand.portfolio.models import Light

COLUMNS = ("year", "name", "dept", "rag", "start", "end", "wlc")
LIGHTS = {
    "green": Light.GREEN,
    "amber/green": Light.GREEN,
    "amber": Light.YELLOW,
    "amber/red": Light.RED,
    "red": Light.RED,
}
"""Five steps to three colours; "Reset", "No DCA" and exemptions are not set."""


def normalised(name: str) -> str:
    """Return the name under which a project is joined over years."""
    return " ".join(re.sub(r"\([^)]*\)", " ", name).casefold().split())


def read(path: Path) -> ForeignList:
    """Return the list; raises the kernel's ``Refused`` if a column is missing."""
    latest = _latest(read_rows(path, COLUMNS, ","))
    last_year = max((int(row["year"]) for row in latest.values()), default=0)
    rows = [_row(key, row, last_year) for key, row in sorted(latest.items())]
    mapping = (
        "external_key", "title", "lead_unit", "light", "source_status", "start", "end",
        "summary", "phase",
    )  # fmt: skip
    return ForeignList(mapping, rows)


def history(path: Path) -> list[Report]:
    """Every year's report of every project, for rounds and for measuring the rules.

    A report speaks as of 31 March. Where a year names a project twice, the last row counts.
    """
    found: dict[tuple[str, int], Report] = {}
    for row in read_rows(path, COLUMNS, ","):
        key, year = normalised(row["name"]), int(row["year"])
        if key:
            light = LIGHTS.get(row["rag"].strip().casefold(), Light.GREY)
            found[key, year] = Report(
                key, year, date(year, 3, 31), str(light),
                _date(row["start"]), _date(row["end"]), _million(row["wlc"]),
                row["rag"].strip(),
            )  # fmt: skip
    return sorted(found.values(), key=lambda report: (report.year, report.key))


def _million(text: str) -> float | None:
    """``5609.46`` or ``£753.00m``: million GBP; anything else is unknown."""
    plain = text.strip().removeprefix("£").removesuffix("m").replace(",", "")
    try:
        return float(plain)
    except ValueError:
        return None


def _latest(rows: Iterable[dict[str, str]]) -> dict[str, dict[str, str]]:
    latest: dict[str, dict[str, str]] = {}
    for row in rows:
        key = normalised(row["name"])
        if key and (key not in latest or int(row["year"]) >= int(latest[key]["year"])):
            latest[key] = row
    return latest


def _row(key: str, row: dict[str, str], last_year: int) -> list[str]:
    start, end = _day(row["start"]), _day(row["end"])
    if start and end and end < start:
        start = ""
    cost = f" Whole-life cost: {row['wlc']} million GBP." if row["wlc"].strip() else ""
    phase = "running" if int(row["year"]) == last_year else "done"
    light = LIGHTS.get(row["rag"].strip().casefold(), Light.GREY)
    summary = f"GMPP {row['year']}.{cost}"
    return [key[:80], row["name"][:300], row["dept"].strip() or "?", str(light),
            row["rag"].strip()[:80], start, end, summary, phase]  # fmt: skip


def _day(text: str) -> str:
    found = _date(text)
    return found.isoformat() if found else ""


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
