"""``leitstand retention``: what is older than its period, and deleting it."""

from __future__ import annotations

import argparse

_EPILOG = """\
Periods are set under /verwaltung/datenschutz/. --run deletes in small steps, each recorded in the
audit trail; it may be stopped and started again at any time. Best once a month, by a timer.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--dry-run", action="store_true", help="say what would go; change nothing")
    what.add_argument("--run", action="store_true", help="delete it")


def run(args: argparse.Namespace) -> int:
    """List or delete; 0."""
    from leitstand.core.base.actor import Actor
    from leitstand.core.privacy.actions import retention

    if args.run:
        removed = retention.run(actor=Actor.system("leitstand retention"))
        for code, count in removed.items():
            print(f"{count:>8} {code} removed")
        print(f"{sum(removed.values())} removed in all")
        return 0
    for period in retention.periods():
        months = "without limit" if period.months is None else f"{period.months} months"
        print(f"{period.due():>8} {period.kind.code}: kept for {months}")
    return 0
