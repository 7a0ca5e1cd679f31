"""Writer of the effort by size."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from leitstand.core.base import events, records, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid
from leitstand.portfolio.actions.strategy import require
from leitstand.portfolio.models import SizeEfforts
from leitstand.portfolio.queries.efforts import FIELDS, shipped


@transaction.atomic
def change_efforts(
    *, actor: Actor, version: int | None, values: Mapping[str, Decimal]
) -> SizeEfforts:
    """Change the person days of sizes; the first change departs from what is shipped (version 0).

    Raises ``NotAllowed``, ``Invalid``, or ``Conflict`` if ``version`` is given and outdated.
    """
    require(actor)
    row = SizeEfforts.objects.select_for_update().first() or shipped()
    old = {name: getattr(row, name) for name in FIELDS}
    new = old | dict(values)
    if version is not None:
        versions.check_version(row, version, _conflict(), theirs=old, mine=new)
    _check(new)
    changed = versions.changed(old, new)
    if not changed:
        return row
    for name, (_old, value) in changed.items():
        setattr(row, name, value)
    row.version += 1
    records.check(row)
    _save(row)
    plain = {name: [f"{part.normalize():f}" for part in pair] for name, pair in changed.items()}
    events.record(
        events.Event(
            type="portfolio.size_efforts.changed", actor=actor, object_kind="size-efforts",
            object_id=row.pk, object_title=_("Effort by size"), changes=plain,
        )
    )  # fmt: skip
    return row


def _check(values: Mapping[str, Decimal]) -> None:
    """A larger size never stands for less."""
    for smaller, larger in itertools.pairwise(FIELDS):
        if values[larger] < values[smaller]:
            text = _("%(larger)s must not be less than %(smaller)s.")
            names = {"larger": larger.upper(), "smaller": smaller.upper()}
            raise Invalid(text % names, field=larger)


def _save(row: SizeEfforts) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=row._state.adding)
    except IntegrityError:
        raise Conflict(_conflict(), theirs={}, mine={}, version=1) from None


def _conflict() -> str:
    return _("Somebody else has changed this entry in the meantime.")
