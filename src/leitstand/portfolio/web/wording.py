"""Days, periods and amounts of a project in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.tables.dates import PartialDate, Precision
from leitstand.core.tables.numbers import group
from leitstand.portfolio.domain.money import Excess
from leitstand.portfolio.models import Project


def day_text(day: date | None, precision: str = Precision.DAY) -> str:
    """A day as exactly as it is known: 31.12.2027, 12/2027, Q2 2027, 2027."""
    return PartialDate(day, Precision(precision)).show() if day else ""


def period_text(project: Project) -> str:
    """The period in one line, "" if neither end is known."""
    start = day_text(project.start, project.start_precision)
    end = day_text(project.end, project.end_precision)
    if start and end:
        return start if start == end else f"{start} – {end}"
    if start:
        return _("from %(day)s") % {"day": start}
    return _("until %(day)s") % {"day": end} if end else ""


def euro(amount: Decimal) -> str:
    """An amount in whole euro if it has no cents: 1.234 €."""
    return f"{group(amount, 2 if amount % 1 else 0)} €"


def days_text(days: int) -> str:
    """In words: 12 days later, 3 days earlier, as planned."""
    if not days:
        return _("as planned")
    if days > 0:
        return ngettext("%(days)d day later", "%(days)d days later", days) % {"days": days}
    return ngettext("%(days)d day earlier", "%(days)d days earlier", -days) % {"days": -days}


def excess_text(found: Excess | None) -> str:
    """By how much the plan is exceeded, in words; "" if it is not."""
    if found is None:
        return ""
    text = (
        _("%(amount)s more spent than planned")
        if found.spent
        else _("%(amount)s more committed than planned")
    )
    return text % {"amount": euro(found.amount)}
