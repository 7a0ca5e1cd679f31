"""Who is told when the lead time of an early warning begins; nothing confidential is said."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.accounts.identity import of_account
from leitstand.core.accounts.models import Account
from leitstand.core.base import clock
from leitstand.core.base.actions import recall, remember
from leitstand.core.base.actor import Actor
from leitstand.core.base.early import Coming
from leitstand.core.notify import kinds
from leitstand.core.notify.people import tell
from leitstand.core.policy import registry
from leitstand.core.policy.models import RoleAssignment
from leitstand.portfolio import policy_warnings
from leitstand.portfolio.queries.warnings import coming

KIND = "early-warning"
MOST_KEEPERS = 50
_TOLD = "portfolio.warnings.told"


def register() -> None:
    """Register the kind of notice."""
    kinds.register(
        KIND, gettext_lazy("Early warnings"),
        gettext_lazy("The lead time of a date that touches your work has begun."), "digest",
    )  # fmt: skip


@transaction.atomic
def tell_of_warnings() -> int:
    """Tell, once per warning and day of its date, that its lead time has begun.

    Runs with the worker's round every minute and does its work once a day.
    """
    today = clock.today()
    if recall(_TOLD) == today.isoformat():
        return 0
    system = Actor.system("early warnings")
    begun = [one for one in coming(system, today.replace(year=today.year + 10))
             if one.begins <= today <= one.day]  # fmt: skip
    number = sum(_tell(one, keepers) for one, keepers in _with_keepers(begun))
    remember(_TOLD, today.isoformat())
    return number


def _with_keepers(begun: Iterable[Coming]) -> Iterable[tuple[Coming, set[uuid.UUID]]]:
    """Entered warnings go to those who keep them, too; only people who may see one hear of it."""
    holders = registry.roles_with(policy_warnings.CHANGE)
    roles = RoleAssignment.objects.filter(role__in=holders)
    accounts = Account.objects.filter(pk__in=roles.values("account"), is_active=True)
    keepers: dict[uuid.UUID, set[str]] = {}
    for account in accounts.exclude(person=None).select_related("person")[:MOST_KEEPERS]:
        if account.person_id:
            own = policy_warnings.changeable(of_account(account)).filter(settled_on=None)
            keepers[account.person_id] = {
                f"early-warning:{pk}" for pk in own.values_list("pk", flat=True)
            }
    for one in begun:
        yield one, {person for person, own in keepers.items() if one.key in own}


def _tell(one: Coming, keepers: set[uuid.UUID]) -> int:
    def words() -> tuple[str, str]:
        title = (
            _("“%(title)s”") % {"title": one.mail_title} if one.mail_title else _("(confidential)")
        )
        values = {
            "title": title,
            "day": f"{one.day:%d.%m.%Y}",
            "days": (one.day - clock.today()).days,
        }
        return (
            _("Early warning for %(day)s") % values,
            _("The lead time of %(title)s has begun; %(days)d days are left until %(day)s.")
            % values,
        )

    people = keepers | (set(one.people) if one.mail_title else set())
    return tell(KIND, f"{one.key}:{one.day}", people, words, one.url)
