"""Who is told when the lead time of an early warning begins; nothing confidential is said."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.accounts.identity import of_account
from leitstand.core.accounts.models import Account
from leitstand.core.base import clock
from leitstand.core.base.actions import recall, remember
from leitstand.core.base.actor import Actor
from leitstand.core.base.early import Coming
from leitstand.core.notify import kinds
from leitstand.core.notify.notices import About
from leitstand.core.notify.people import tell
from leitstand.core.notify.queries import known_keys
from leitstand.core.policy import registry
from leitstand.core.policy.models import RoleAssignment
from leitstand.portfolio import policy_warnings
from leitstand.portfolio.queries.warnings import coming

KIND = "early-warning"
MOST_KEEPERS = 50
ENTERED = "early-warning:"
HORIZON = timedelta(days=10 * 366)
_TOLD = "portfolio.warnings.told"


def register() -> None:
    """Register the kind of notice."""
    kinds.register(
        KIND, gettext_lazy("Early warnings"),
        gettext_lazy("The lead time of a date that touches your work has begun."), "digest",
    )  # fmt: skip


def tell_of_warnings() -> int:
    """Tell, once per warning and day of its date, that its lead time has begun.

    Runs with the worker's round every minute and does its work once a day, each warning in a
    transaction of its own: killed, it goes on with those that nobody was told of.
    """
    today = clock.today()
    if recall(_TOLD) == today.isoformat():
        return 0
    system = Actor.system("early warnings")
    begun = [one for one in coming(system, today + HORIZON)
             if one.begins <= today <= one.day]  # fmt: skip
    wanted = {one.key: _receivers(one, keepers) for one, keepers in _with_keepers(begun)}
    told = known_keys(_key(one, person) for one in begun for person in wanted[one.key])
    number = 0
    for one in begun:
        people = {person for person in wanted[one.key] if _key(one, person) not in told}
        number += _tell(one, people) if people else 0
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
                f"{ENTERED}{pk}" for pk in own.values_list("pk", flat=True)
            }
    for one in begun:
        yield one, {person for person, own in keepers.items() if one.key in own}


def _receivers(one: Coming, keepers: set[uuid.UUID]) -> set[uuid.UUID]:
    """Those who keep it, and those who lead what it touches and may see it themselves."""
    if not one.mail_title:
        return keepers
    if not one.key.startswith(ENTERED):
        return keepers | set(one.people)
    accounts = Account.objects.filter(person__in=one.people, is_active=True)
    row = uuid.UUID(one.key.removeprefix(ENTERED))
    return keepers | {
        account.person_id
        for account in accounts.select_related("person")
        if account.person_id
        and policy_warnings.visible(of_account(account)).filter(pk=row).exists()
    }


def _cause(one: Coming) -> str:
    return f"{one.key}:{one.day}"


def _key(one: Coming, person: uuid.UUID) -> str:
    """The key that ``tell`` gives the notice."""
    return f"{_cause(one)}:{person}"


def _tell(one: Coming, people: set[uuid.UUID]) -> int:
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

    about = None
    if one.mail_title and one.key.startswith(ENTERED):
        about = About(KIND, uuid.UUID(one.key.removeprefix(ENTERED)), one.mail_title)
    return tell(KIND, _cause(one), people, words, one.url, about=about)
