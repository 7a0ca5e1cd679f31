"""Effort of a project in person days (PT)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

# As shipped: one person for a month, four months, a year, three years of about 230 working days.
SHIPPED = {"S": Decimal(20), "M": Decimal(80), "L": Decimal(250), "XL": Decimal(700)}


@dataclass(frozen=True, slots=True)
class Effort:
    """Person days; ``estimated`` means taken from the size, not from efforts per role."""

    days: Decimal
    estimated: bool


def effort_of(
    size: str, per_role: Iterable[Decimal], by_size: Mapping[str, Decimal]
) -> Effort | None:
    """The sum over the roles, else what the size stands for, else ``None``."""
    days = list(per_role)
    if days:
        return Effort(sum(days, Decimal(0)), estimated=False)
    default = by_size.get(size)
    return Effort(default, estimated=True) if default is not None else None
