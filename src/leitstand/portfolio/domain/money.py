"""Spending against the budget line."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Excess:
    """Euro above what was planned; ``spent`` says whether it is spent or committed only."""

    amount: Decimal
    spent: bool


def excess(planned: Decimal, committed: Decimal, spent: Decimal) -> Excess | None:
    """By how much spending, else commitments exceed the plan; ``None`` if neither does.

    What is spent counts first: it can no longer be turned back.
    """
    if spent > planned:
        return Excess(spent - planned, spent=True)
    if committed > planned:
        return Excess(committed - planned, spent=False)
    return None
