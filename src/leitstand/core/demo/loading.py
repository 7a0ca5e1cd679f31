"""Creating the demo city: all parts in one transaction, so a killed start leaves nothing half."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.db import transaction

from leitstand.core.base import actions
from leitstand.core.base.actor import Actor
from leitstand.core.demo.accounts import Login, create_accounts
from leitstand.core.demo.registry import demo_data
from leitstand.core.history.actions import happened
from leitstand.core.org.actions import import_people, import_units

DATA = Path(__file__).parent / "data"
TEXTS = Path(__file__).parent / "texts"
# The state of affairs in the data files.
TODAY = "2026-11-20"
# Since when the city keeps its portfolio in Leitstand: the record begins on this day.
BEGAN = datetime(2026, 7, 1, 6, tzinfo=UTC)
_LOADED = "loaded"


def is_loaded() -> bool:
    """Whether this database holds the demo city."""
    return actions.recall(actions.DEMO_STATE) == _LOADED


@transaction.atomic
def load(keep: Callable[[Sequence[Login]], None]) -> None:
    """Load the city into an empty database.

    ``keep`` stores the log-ins; it is called last, before the commit, because passwords and
    tokens cannot be read back afterwards.
    """
    actor = Actor.system("demo")
    with happened(BEGAN):
        import_units(_rows("units.csv"), actor=actor)
        import_people(_rows("people.csv"), actor=actor)
        logins = create_accounts(actor)
    for part in sorted(demo_data, key=lambda part: part.order):
        with happened(BEGAN):
            part.load(DATA, actor)
    actions.remember(actions.DEMO_STATE, _LOADED)
    keep(logins)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as source:
        yield from csv.DictReader(source, delimiter=";")
