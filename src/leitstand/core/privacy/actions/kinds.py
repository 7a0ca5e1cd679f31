"""What the kernel keeps, for how long, and how it goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leitstand.core.accounts.models import Account, ApiToken
from leitstand.core.audit.models import AuditPersonal
from leitstand.core.base import clock
from leitstand.core.jobs.models import Job
from leitstand.core.notify.models import Mail, Notification
from leitstand.core.org.models import Person
from leitstand.core.privacy.actions import removing
from leitstand.core.privacy.registry import (
    KeptRecord,
    RetentionKind,
    Subject,
    kept_records,
    name_keepers,
    retention_kinds,
)

_FORMER = "Ehemalige Person"
_OF_ACCOUNT = {
    "account.EmailAddress": "user", "mfa.Authenticator": "user",
    "socialaccount.SocialAccount": "user", "usersessions.UserSession": "user",
    "notify.Preference": "account", "policy.RoleAssignment": "account", "accounts.Visit": "account",
}  # fmt: skip
"""What goes with a closed account: model → its reference."""


def delete_all(model: type[models.Model]) -> Callable[[Sequence[Any]], int]:
    """Return what deletes the rows of these keys."""

    def remove(keys: Sequence[Any]) -> int:
        found = model._base_manager.filter(pk__in=keys)
        count = found.count()
        found.delete()
        return count

    return remove


def _shred(keys: Sequence[Any]) -> int:
    return AuditPersonal.objects.filter(pk__in=keys, shredded_at=None).update(
        salt="", actor_name="", account_id=None, address="", details={}, shredded_at=clock.now()
    )


def _forget_people(keys: Sequence[Any]) -> int:
    """Take name, address and function from people who left; what they did stays without a name."""
    people = Person.objects.filter(pk__in=keys, active=False)
    accounts = {a.person_id: a for a in Account.objects.filter(person__in=people)}
    _forget_names([Subject(person, accounts.get(person.pk)) for person in people])
    return Person.objects.filter(pk__in=keys, active=False).update(
        given_name="", family_name=_FORMER, email="", function=""
    )


def _forget_accounts(keys: Sequence[Any]) -> int:
    """Take name and address from accounts that were closed; log-in means, roles, choices go."""
    count = 0
    closed = Account.objects.filter(pk__in=keys, is_active=False)
    for label, name in _OF_ACCOUNT.items():
        apps.get_model(label)._base_manager.filter(**{f"{name}__in": closed}).delete()
    _forget_names([Subject(None, account) for account in closed.filter(person=None)])
    for account in closed:
        account.username, account.email = f"ehemalig-{account.pk.hex}", ""
        account.set_unusable_password()
        account.save(update_fields=["username", "email", "password"])
        account.tokens.all().delete()
        count += 1
    return count


def _forget_names(leavers: Sequence[Subject]) -> None:
    for keeper in name_keepers if leavers else ():
        keeper.forget(leavers, _FORMER)


def _old_people(before: datetime) -> Any:
    gone = Person.objects.filter(active=False, updated_at__lt=before)
    return gone.exclude(family_name=_FORMER).exclude(account__is_active=True).order_by("pk")


def _old_accounts(before: datetime) -> Any:
    last = Q(last_login=None, created_at__lt=before) | Q(last_login__lt=before)
    return Account.objects.filter(last, is_active=False).exclude(username__startswith="ehemalig-")


def _old_tokens(before: datetime) -> Any:
    return ApiToken.objects.filter(Q(expires_at__lt=before) | Q(revoked_at__lt=before))


def _old_trail(before: datetime) -> Any:
    return AuditPersonal.objects.filter(shredded_at=None, event__at__lt=before)


def _old_jobs(before: datetime) -> Any:
    return Job.objects.filter(finished_at__lt=before)


def _old_mails(before: datetime) -> Any:
    open_ = (Mail.State.WAITING, Mail.State.SENDING)
    return Mail.objects.filter(created_at__lt=before).exclude(state__in=open_)


def _old_notices(before: datetime) -> Any:
    return Notification.objects.filter(created_at__lt=before)


_Tables = tuple[str, ...]
_KINDS: tuple[tuple[str, Any, Any, int, Any, Any, int, _Tables], ...] = (
    ("mails", _("E-mails in the outbox"),
     _("Needed only as long as somebody asks whether an e-mail has arrived."),
     3, _old_mails, delete_all(Mail), 1, ("notify.mail",)),
    ("notices", _("Notices"),
     _("A notice serves its receiver for the work at hand; what it is about is kept elsewhere."),
     12, _old_notices, delete_all(Notification), 3, ("notify.notification",)),
    ("jobs", _("Finished background jobs"),
     _("Needed to look into failures; what the job did is in the audit trail."),
     12, _old_jobs, delete_all(Job), 1, ("jobs.job",)),
    ("tokens", _("Access tokens that have ended"),
     _("Needed to look into misuse after the end of a token."), 12, _old_tokens,
     delete_all(ApiToken), 1, ("accounts.apitoken",)),
    ("accounts", _("Closed accounts: name and address"),
     _("Storage limitation (Art. 5 (1) (e) GDPR): a year after the last log-in nobody needs them."),
     12, _old_accounts, _forget_accounts, 1,
     ("accounts.account", *(label.lower() for label in _OF_ACCOUNT))),
    ("people", _("People who left: name, address, function"),
     _("Responsibility must be traceable for two budget years; then the name is not needed."),
     24, _old_people, _forget_people, 6, ()),
    ("trail", _("Audit trail: who did it"),
     _("Accountability (Art. 5 (2) GDPR) for three years, as claims lapse then (§ 195 BGB)."),
     36, _old_trail, _shred, 12, ()),
    ("former", _("Earlier versions of what was deleted"),
     _("Past days show what was there then; ten years after the deletion no report and no audit "
       "looks back any more."),
     120, removing.Former, removing.forget_former, 12, ()),
)  # fmt: skip


def register() -> None:
    """Register the kernel's kinds, and what is kept."""
    for code, label, reason, months, due, remove, at_least, tables in _KINDS:
        kind = RetentionKind(
            code, label, reason, months, due, remove, at_least, frozenset(tables),
        )  # fmt: skip
        retention_kinds.add(code, kind)
    kept_records.add(
        "files",
        KeptRecord(
            "files", _("Who uploaded a file"),
            _("A file goes with the last object that holds it; the name goes with the person's."),
            frozenset({"files.storedfile"}),
        ),
    )  # fmt: skip
