"""Writers of the measured values of indicators; indicators themselves belong to the strategy."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import clock, events, records, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.base.records import plain
from leitstand.core.base.texts import refuse_unstorable
from leitstand.portfolio.actions.strategy import require
from leitstand.portfolio.models import Indicator, IndicatorValue


@transaction.atomic
def enter_value(
    indicator_id: uuid.UUID, *, actor: Actor, day: date, value: Decimal, note: str = ""
) -> IndicatorValue:
    """Enter the value of a day; raises ``Invalid`` if that day has one, or lies ahead."""
    require(actor)
    indicator = versions.locked(Indicator, indicator_id)
    refuse_unstorable({"note": note})
    _check(indicator, day, keep=None)
    row = IndicatorValue(
        indicator=indicator, day=day, value=value, note=note.strip(), entered_by_id=actor.person_id
    )
    records.create(row)
    values = {"day": day, "value": value, "note": row.note}
    _record(
        actor, indicator, {name: [None, plain_value(v)] for name, v in values.items() if v != ""}
    )
    return row


@transaction.atomic
def change_value(
    value_id: uuid.UUID, *, actor: Actor, version: int, values: Mapping[str, Any]
) -> IndicatorValue:
    """Change day, value or note; raises ``Conflict`` with both versions if somebody was faster."""
    require(actor)
    row = versions.locked(IndicatorValue, value_id)
    if "day" in values and values["day"] != row.day:
        _check(row.indicator, values["day"], keep=row.pk)
    changes = records.apply(row, version, values)
    if changes:
        shown = {name: [plain_value(part) for part in pair] for name, pair in changes.items()}
        _record(actor, row.indicator, {"day": [plain(row.day), plain(row.day)], **shown})
    return row


@transaction.atomic
def remove_value(value_id: uuid.UUID, *, actor: Actor) -> None:
    """Remove a value that was entered by mistake; the trail keeps it."""
    require(actor)
    row = versions.locked(IndicatorValue, value_id)
    changes = {"day": [plain(row.day), None], "value": [plain_value(row.value), None]}
    _record(actor, row.indicator, changes)
    row.delete()


def _check(indicator: Indicator, day: date, keep: uuid.UUID | None) -> None:
    if day > clock.today():
        raise Invalid(_("The day lies in the future; enter what was measured."), field="day")
    same = IndicatorValue.objects.filter(indicator=indicator, day=day)
    if (same.exclude(pk=keep) if keep else same).exists():
        raise Invalid(_("There is already a value of this day. Change that one."), field="day")


def plain_value(value: Any) -> Any:
    """A value as JSON for the trail; decimals as texts without needless zeros."""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return plain(value)


def _record(actor: Actor, indicator: Indicator, changes: dict[str, Any]) -> None:
    events.record(
        events.Event(
            type="portfolio.indicator.measured",
            actor=actor,
            object_kind="indicator",
            object_id=indicator.id,
            object_title=indicator.name,
            changes=changes,
        )
    )


def value_of(indicator_id: uuid.UUID, value_id: uuid.UUID) -> IndicatorValue:
    """The value of this indicator; ``NotFound`` otherwise."""
    row = IndicatorValue.objects.filter(pk=value_id, indicator=indicator_id).first()
    if row is None:
        raise NotFound
    return row
