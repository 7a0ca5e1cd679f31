"""Answering what is stored about a person; every answer is recorded."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.accounts.models import Account
from leitstand.core.base import authority, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.org.models import Person
from leitstand.core.privacy import answer, collecting
from leitstand.core.privacy.registry import Subject

DISCLOSE = "privacy.disclose"


def about_me(*, actor: Actor) -> bytes:
    """Return everything about the acting account and its person as a ZIP."""
    mine = Account.objects.select_related("person__unit")
    account = mine.filter(pk=actor.account_id).first() if actor.account_id else None
    if account is None or actor.kind != "user":
        raise NotFound
    return _disclose(Subject(account.person, account), _("Asked for by the person herself"), actor)


def about(person: Person, *, actor: Actor, purpose: str) -> bytes:
    """Return everything about a person as a ZIP, for a stated purpose."""
    authority.require(actor, DISCLOSE, citywide=True)
    if not 10 <= len(purpose.strip()) <= 1000:
        raise Invalid(
            _("State the purpose in a sentence, for example the request you are answering."),
            field="purpose",
        )
    account = Account.objects.filter(person=person).first()
    return _disclose(Subject(person, account), purpose.strip(), actor)


@transaction.atomic
def _disclose(subject: Subject, reason: str, actor: Actor) -> bytes:
    sheets = collecting.everything(subject)
    row = subject.person or subject.account
    events.record(
        events.Event(
            type="privacy.disclosed",
            actor=actor,
            object_kind="person" if subject.person else "account",
            object_id=row.pk if row else None,
            changes={"tables": [None, len(sheets)]},
            personal={"name": subject.name},
            reason=reason,
        )
    )
    return answer.as_zip(subject, sheets)
