"""What people do with their notices: read them, choose how they hear of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.notify.kinds import Channel, kinds
from leitstand.core.notify.models import Notification, Preference


@transaction.atomic
def mark_read(notice_id: uuid.UUID, *, actor: Actor, read: bool = True) -> Notification:
    """Mark one of one's own notices as read or unread; others' are not found."""
    found = _own(actor).filter(pk=notice_id).first()
    if found is None:
        raise NotFound
    if bool(found.read_at) != read:
        found.read_at = clock.now() if read else None
        found.save(update_fields=["read_at", "updated_at"])
    return found


def mark_all_read(*, actor: Actor) -> int:
    """Mark all of one's own notices as read; returns how many were not."""
    return _own(actor).filter(read_at=None).update(read_at=clock.now())


def _own(actor: Actor) -> QuerySet[Notification]:
    if actor.account_id is None:
        raise NotFound
    return Notification.objects.filter(account_id=actor.account_id)


@transaction.atomic
def choose_channels(chosen: Mapping[str, str], *, actor: Actor) -> None:
    """Keep for the actor's account by which channel each kind comes."""
    if actor.account_id is None:
        raise NotFound
    errors = {}
    for kind, channel in chosen.items():
        if kind not in kinds:
            errors[kind] = [_("There is no such kind of notice.")]
        elif channel not in Channel.values:
            errors[kind] = [_("Please choose one of the three ways.")]
    if errors:
        raise Invalid(errors)
    for kind, channel in chosen.items():
        Preference.objects.update_or_create(
            account_id=actor.account_id, kind=kind, defaults={"channel": channel}
        )
