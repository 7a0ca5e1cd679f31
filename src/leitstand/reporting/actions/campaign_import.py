"""Import of a campaign's figures: what each row would do, then all of them at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import DomainError, Invalid
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.tables.dates import PartialDate
from leitstand.core.tables.problems import ValueProblem
from leitstand.core.tables.values import is_blank, parse
from leitstand.reporting.actions import campaigns as actions
from leitstand.reporting.models import Campaign, CampaignFigure
from leitstand.reporting.tables.campaigns import FIGURES

Row = Mapping[str, Any]
_REST = ("gross_contacts", "source", "note")


@dataclass(frozen=True)
class Line:
    """What one row holds; ``old`` is the figure that is there already."""

    number: int
    figure: CampaignFigure
    old: CampaignFigure | None

    @property
    def verdict(self) -> str:
        """``new``, ``same`` or ``changed``."""
        if self.old is None:
            return "new"
        same = all(getattr(self.old, name) == getattr(self.figure, name) for name in _REST)
        return "same" if same else "changed"


@dataclass
class Plan:
    """What an import would do; errors as (row, text)."""

    lines: list[Line] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)

    def number(self, verdict: str) -> int:
        """How many rows have this verdict."""
        return sum(line.verdict == verdict for line in self.lines)


def plan_figures(campaign: Campaign, rows: Iterable[Row]) -> Plan:
    """Read rows (column name → cell, ``row`` = its number); one query, however many rows."""
    known = {_key(one): one for one in campaign.figures.all()}
    plan, seen = Plan(), dict[Any, int]()
    for place, row in enumerate(rows, start=2):
        number = int(row.get("row") or place)
        try:
            figure = _read(campaign, row)
            first = seen.setdefault(_key(figure), number)
            if first != number:
                text = _("Row %(row)d holds this channel, period and method already.")
                raise Invalid(text % {"row": first})
        except DomainError as problem:
            plan.errors.append((number, problem.text))
        else:
            plan.lines.append(Line(number, figure, known.get(_key(figure))))
    return plan


def _read(campaign: Campaign, row: Row) -> CampaignFigure:
    found: dict[str, Any] = {}
    for column in FIGURES:
        cell = row.get(column.name)
        if is_blank(cell):
            if column.required:
                raise Invalid(_("%(column)s is missing.") % {"column": column.label})
            continue
        try:
            value: Any = parse(column, cell)
        except ValueProblem as problem:
            raise Invalid(f"{column.label}: {problem.text}") from None
        if isinstance(value, PartialDate):  # "March 2026" begins on the 1st and ends on the 31st
            value = value.first if column.name == "start" else value.last
        found[column.name] = value
    refuse_unstorable(found)
    figure = CampaignFigure(campaign=campaign, **found)
    actions.check_figure(figure)
    return figure


def _key(row: CampaignFigure) -> tuple[Any, ...]:
    return (row.channel.casefold(), row.start, row.end, row.method.casefold())


@transaction.atomic
def import_figures(
    campaign_id: uuid.UUID,
    rows: Sequence[Row],
    *,
    actor: Actor,
    replace: bool = False,
    skip_faulty: bool = False,
) -> Plan:
    """Enter the figures of the rows; all or nothing unless ``skip_faulty``.

    A figure that differs from the one that is there is left, or changed with ``replace``. Nothing
    is written if the plan that comes back has errors and they were not to be skipped.
    """
    campaign = actions.lock(campaign_id, actor)
    plan = plan_figures(campaign, rows)
    if plan.errors and not skip_faulty:
        return plan
    new = [line.figure for line in plan.lines if line.verdict == "new"]
    CampaignFigure.objects.bulk_create(new)
    told = [actions.event("measured", campaign, actor, actions.told(one)) for one in new]
    changed = [line for line in plan.lines if line.verdict == "changed" and replace]
    rows_changed = []
    for line in changed:
        old = line.old
        assert old is not None  # noqa: S101 - what changed was there
        names = [name for name in _REST if getattr(old, name) != getattr(line.figure, name)]
        changes = {name: [getattr(old, name), getattr(line.figure, name)] for name in names}
        told.append(
            actions.event(
                "measured", campaign, actor, {"channel": [old.channel, old.channel], **changes}
            )
        )
        for name in names:
            setattr(old, name, getattr(line.figure, name))
        old.version, old.updated_at = old.version + 1, clock.now()
        rows_changed.append(old)
    CampaignFigure.objects.bulk_update(rows_changed, [*_REST, "version", "updated_at"])
    if told:
        events.record(*told)
    return plan
