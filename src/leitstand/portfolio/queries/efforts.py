"""Effort by size as it holds now."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from leitstand.portfolio.domain.effort import SHIPPED
from leitstand.portfolio.models import SizeEfforts

FIELDS = ("s", "m", "l", "xl")


def efforts() -> SizeEfforts:
    """The city's row, or an unsaved one of version 0 with what is shipped."""
    return SizeEfforts.objects.first() or shipped()


def shipped() -> SizeEfforts:
    """What holds until the city decides otherwise."""
    return SizeEfforts(version=0, **{size.lower(): days for size, days in SHIPPED.items()})


def by_size() -> Mapping[str, Decimal]:
    """Size → person days; one query."""
    row = efforts()
    return {name.upper(): getattr(row, name) for name in FIELDS}
