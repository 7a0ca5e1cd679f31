"""Columns of the effort by size."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from leitstand.core.tables.columns import Column, ColumnType, Table
from leitstand.core.tables.problems import fill
from leitstand.portfolio.domain.effort import SHIPPED

_AS_SHIPPED = _("As shipped: {days} person days.")

SIZE_EFFORTS = Table(
    kind="size-efforts",
    label=_("Effort by size"),
    label_plural=_("Effort by size"),
    key=("s",),
    columns=tuple(
        Column(
            size.lower(), size, ColumnType.DECIMAL, unit="PT", minimum=0, required=True,
            help=fill(_AS_SHIPPED, days=days),
        )
        for size, days in SHIPPED.items()
    ),
)  # fmt: skip
