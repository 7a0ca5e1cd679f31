"""Effort by size, as the city estimates it."""

from __future__ import annotations

from django.db import models

from leitstand.core.base.models import Entity


def _days() -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(max_digits=7, decimal_places=1)


class SizeEfforts(Entity):
    """Person days of a project of each size; at most one row, without it the shipped ones hold."""

    s, m, l, xl = _days(), _days(), _days(), _days()  # noqa: E741 - names of the sizes
    only = models.BooleanField(default=True, unique=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(only=True), name="portfolio_one_row_of_efforts"
            )
        ]

    def __str__(self) -> str:
        return "S, M, L, XL"
