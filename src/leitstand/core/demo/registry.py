"""What the demo city consists of: every part of the product registers its loader here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from leitstand.core.base.actor import Actor
from leitstand.core.base.registry import Registry


@dataclass(frozen=True)
class DemoData:
    """A part of the demo city; ``load(folder, actor)`` reads files of ``core/demo/data``.

    Loaders run in the order of ``order`` (units and people 10, accounts 20, features from 100),
    all in one transaction: a loader commits nothing by itself and needs no check for a second run.
    """

    order: int
    load: Callable[[Path, Actor], None]


demo_data: Registry[DemoData] = Registry("demo data")
