"""Measures the rules that propose lights against the real history of the UK's major projects.

`python -m benchmarks lights` prints the table; `--write` puts it into the reference page. The
history is read from `LEITSTAND_REFERENCE_DATA`. The years up to 2016 chose the rules' default
thresholds, the later ones test them.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

FILE = "portfolio/gmpp/gmpp_2014_2020.csv"
PAGE = Path(__file__).parents[1] / "docs/reference/lights.md"
BEGIN, END = "<!-- begin measured -->", "<!-- end measured -->"
LAST_TUNED = 2016
BEYOND = (0, 180)


def table(path: Path) -> str:
    """The measured table in Markdown."""
    from leitstand.portfolio.adapters import gmpp
    from leitstand.portfolio.domain import backtest
    from leitstand.portfolio.domain.lights import DEFAULTS, RED

    found = backtest.cases(gmpp.history(path))
    only_red = frozenset({RED})

    def by(*kinds: str) -> Callable[[backtest.Case], str]:
        rules = [rule for rule in DEFAULTS if not kinds or rule.kind in kinds]
        return lambda case: backtest.proposed(case, rules)

    ways: Sequence[tuple[str, Callable[[backtest.Case], str], frozenset[str]]] = (
        ("set by people: yellow or red", lambda case: case.official, backtest.FLAGGED),
        ("set by people: red", lambda case: case.official, only_red),
        ("proposed by all rules: yellow or red", by(), backtest.FLAGGED),
        ("proposed by all rules: red", by(), only_red),
        ("only what looks ahead (time nearly over, end has passed)", by("time_used", "end_passed"),
         backtest.FLAGGED),
        ("one rule: time nearly over", by("time_used"), backtest.FLAGGED),
        ("one rule: end has passed", by("end_passed"), backtest.FLAGGED),
        ("one rule: end behind the first plan", by("end_days"), backtest.FLAGGED),
        ("one rule: more money than first planned", by("money_used"), backtest.FLAGGED),
    )  # fmt: skip
    lines: list[str] = []
    for title, chosen in (
        (f"tuning years to {LAST_TUNED}", [c for c in found if c.year <= LAST_TUNED]),
        (f"test years from {LAST_TUNED + 1}", [c for c in found if c.year > LAST_TUNED]),
    ):
        base = [backtest.score(chosen, lambda case: case.official, days).base for days in BEYOND]
        lines += [
            f"\n**{title}**: {len(chosen)} cases, {base[0]:.0%} slipped, {base[1]:.0%} by more than "
            f"{BEYOND[1]} days.\n",
            "| light | flagged | slips flagged | of the flagged slipped | slips > 180 d flagged "
            "| of the flagged slipped > 180 d | rank |",
            "|---|---|---|---|---|---|---|",
        ]
        for name, light_of, flags in ways:
            near, far = (backtest.score(chosen, light_of, days, flags) for days in BEYOND)
            lines.append(
                f"| {name} | {near.flagged:.0%} | {near.recall:.0%} | {near.precision:.0%} "
                f"| {far.recall:.0%} | {far.precision:.0%} | {near.rank:.2f} |"
            )
    return "\n".join(lines).strip() + "\n"


def put(page: str, measured: str) -> str:
    """The page with the table between its marks."""
    head, rest = page.split(BEGIN)
    return f"{head}{BEGIN}\n{measured}{END}{rest.split(END)[1]}"


def main() -> int:
    """Print or write the table."""
    parser = argparse.ArgumentParser(prog="benchmarks lights", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write the table into {PAGE.name}")
    args = parser.parse_args()
    folder = os.environ.get("LEITSTAND_REFERENCE_DATA", "")
    if not folder:
        print("benchmarks lights: LEITSTAND_REFERENCE_DATA is not set", file=sys.stderr)
        return 3
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leitstand.settings")
    import django

    django.setup()
    measured = table(Path(folder) / FILE)
    if args.write:
        PAGE.write_text(put(PAGE.read_text(encoding="utf-8"), measured), encoding="utf-8")
    print(measured)
    return 0


if __name__ == "__main__":
    sys.exit(main())
