"""Writers of who stands in for whom when a status is asked for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.accounts.models import Account
from leitstand.core.base import clock, events, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed, NotFound
from leitstand.core.notify.people import tell
from leitstand.core.org.models import Person
from leitstand.portfolio.actions.rounds.sending import NOTICE
from leitstand.portfolio.actions.rounds.setup import require
from leitstand.portfolio.models import Substitution
from leitstand.portfolio.queries import substitutes

LONGEST = timedelta(days=366)


@transaction.atomic
def name_substitute(
    *, actor: Actor, person: Person, substitute: Person, valid_from: date, valid_until: date
) -> Substitution:
    """Let ``substitute`` answer for ``person`` from a day to a day, both included; she is told.

    For oneself, or for anybody by those who manage rounds. Raises ``NotAllowed``, or ``Invalid``
    at the field. A round that is open already sends her its link within a minute.
    """
    _require(actor, person.pk)
    person = versions.locked(Person, person.pk)
    _check(person, substitute, valid_from, valid_until)
    row = Substitution(
        person=person, substitute=substitute, valid_from=valid_from, valid_until=valid_until
    )
    row.save(force_insert=True)
    _record("named", row, actor, {
        "valid_from": [None, valid_from.isoformat()], "valid_until": [None, valid_until.isoformat()],
    })  # fmt: skip
    _tell(row, actor, ended=False)
    return row


@transaction.atomic
def end_substitution(substitution_id: uuid.UUID, *, actor: Actor, version: int) -> None:
    """End a substitution at once; one that has begun stays in the list until yesterday.

    Raises ``NotFound`` for one of other people, ``Conflict`` if somebody was faster, ``Invalid``
    for one that is over.
    """
    row = versions.locked(Substitution, substitution_id)
    if not substitutes.visible(actor).filter(pk=row.pk).exists():
        raise NotFound
    require_ending(actor, row)
    versions.check_version(row, version, _("Somebody else has changed this in the meantime."))
    today, before = clock.today(), row.valid_until
    if before < today:
        raise Invalid(_("This substitution is over already."))
    _record("ended", row, actor, {"valid_until": [before.isoformat(), today.isoformat()]})
    _tell(row, actor, ended=True)
    if row.valid_from >= today:
        row.delete()
        return
    row.valid_until = today - timedelta(days=1)
    row.version += 1
    row.save()


def old(before: datetime) -> Any:
    """Substitutions that were over before a moment: nobody needs them any more."""
    return Substitution.objects.filter(valid_until__lt=before.date()).order_by("pk")


def forget(keys: Sequence[Any]) -> int:
    """Delete old substitutions; returns how many."""
    return Substitution.objects.filter(pk__in=list(keys)).delete()[0]


def require_ending(actor: Actor, row: Substitution) -> None:
    """Raise ``NotAllowed`` unless it is the actor's own substitution or she manages rounds."""
    if actor.person_id != row.person_id or not substitutes.writes(actor):
        require(actor)


def _require(actor: Actor, person_id: uuid.UUID) -> None:
    """Raise ``NotAllowed`` unless it is the actor's own substitution or she manages rounds."""
    if actor.person_id != person_id or actor.is_system:
        require(actor)
    elif not substitutes.may_name(actor):
        raise NotAllowed(
            _("Only those who answer for a project need a substitute. You answer for none.")
        )


def _check(person: Person, substitute: Person, first: date, last: date) -> None:
    """Raise ``Invalid`` with every field that does not fit."""
    errors: dict[str, list[Any]] = {}
    if not person.active:
        errors["person"] = [_gone(person)]
    if not substitute.active:
        errors["substitute"] = [_gone(substitute)]
    elif substitute.pk == person.pk:
        errors["substitute"] = [_("Nobody stands in for herself or himself. Name somebody else.")]
    elif not substitute.email and not Account.objects.filter(
        person=substitute, is_active=True
    ).exists():
        text = _("%(name)s has neither an e-mail address nor an account and would hear of nothing.")
        errors["substitute"] = [text % {"name": substitute}]
    if last < first:
        errors["valid_until"] = [_("The last day lies before the first one.")]
    elif last < clock.today():
        errors["valid_until"] = [_("This day has passed. Name today or a later day.")]
    elif last - first > LONGEST:
        errors["valid_until"] = [_("At most a year at a time.")]
    else:
        errors |= _overlapping(person, first, last)
    if errors:
        raise Invalid(errors)


def _gone(person: Person) -> str:
    return _("%(name)s is no longer active in the list of people.") % {"name": person}


def _overlapping(person: Person, first: date, last: date) -> dict[str, list[Any]]:
    """One substitute at a time: two would each rely on the other."""
    rows = Substitution.objects.filter(person=person, valid_from__lte=last, valid_until__gte=first)
    other = rows.select_related("substitute").order_by("valid_from").first()
    if other is None:
        return {}
    text = _("%(name)s stands in from %(first)s to %(last)s already. Choose other days or end "
             "that first.")  # fmt: skip
    return {"valid_from": [text % {"name": other.substitute, **_days(other)}]}


def _days(row: Substitution) -> dict[str, str]:
    return {"first": f"{row.valid_from:%d.%m.%Y}", "last": f"{row.valid_until:%d.%m.%Y}"}


def _record(what: str, row: Substitution, actor: Actor, changes: dict[str, Any]) -> None:
    """Days may stand in the trail; names go into its personal part."""
    events.record(
        events.Event(
            type=f"portfolio.substitution.{what}", actor=actor, object_kind="substitution",
            object_id=row.pk, changes=changes,
            personal={"person": [None, str(row.person)], "substitute": [None, str(row.substitute)]},
        )
    )  # fmt: skip


def _tell(row: Substitution, actor: Actor, *, ended: bool) -> None:
    """Both hear of it, except who did it herself."""

    def words() -> tuple[str, str]:
        values = {"person": row.person, "substitute": row.substitute, **_days(row)}
        if ended:
            text = _("%(substitute)s no longer stands in for %(person)s in status reports.")
            return _("Substitution ended"), text % values
        text = _("%(substitute)s stands in for %(person)s in status reports from %(first)s to "
                 "%(last)s.")  # fmt: skip
        return _("Substitution for status reports"), text % values

    cause = f"substitution:{row.pk}:{'ended' if ended else 'named'}"
    url = reverse("portfolio:substitutions")
    tell(NOTICE, cause, [row.person_id, row.substitute_id], words, url, but=actor.person_id)
