"""Writers of the sources: councils' information systems that are read."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from leitstand.core.base import clock, events, versions
from leitstand.core.base.actions import recall, remember
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.jobs import actions as jobs
from leitstand.core.policy.grants import require
from leitstand.reporting import policy_council
from leitstand.reporting.domain.oparl import is_address
from leitstand.reporting.models import OparlSource

READ = "reporting.oparl.read"
_READ_ON, _NIGHT = "reporting.oparl.read_on", 3
State = OparlSource.State


def _check(values: Mapping[str, Any]) -> None:
    refuse_unstorable(values)
    if not str(values["name"]).strip():
        raise Invalid(_("The source needs a name."), field="name")
    if not is_address(str(values["url"])):
        text = _("Enter the address of the OParl system, beginning with https://.")
        raise Invalid(text, field="url")
    if urlsplit(values["url"]).username is not None:
        raise Invalid(_("The address must not hold a user name or password."), field="url")


def _event(type_: str, source: OparlSource, actor: Actor, changes: Any) -> events.Event:
    return events.Event(
        type_, actor, "oparl-source", source.pk, source.name, changes=changes, level=0
    )


@transaction.atomic
def add_source(*, actor: Actor, name: str, url: str) -> OparlSource:
    """Set a source up; the same address twice is refused."""
    require(actor, policy_council.SOURCES)
    url = url.strip()
    _check({"name": name, "url": url})
    if OparlSource.objects.filter(url=url).exists():
        raise Invalid(_("This source is there already."), field="url")
    source = OparlSource.objects.create(name=name.strip()[:200], url=url)
    changes = {"name": [None, source.name], "url": [None, url]}
    events.record(_event("reporting.oparl.added", source, actor, changes))
    return source


def source_for(url: str, *, actor: Actor) -> OparlSource:
    """The source of this address, set up if it is not there."""
    found = OparlSource.objects.filter(url=url.strip()).first()
    return found or add_source(actor=actor, name=urlsplit(url).hostname or url[:200], url=url)


@transaction.atomic
def change_source(
    source_id: uuid.UUID, *, actor: Actor, version: int, name: str, url: str, active: bool
) -> OparlSource:
    """Change name, address, or whether it is still read; another address is read from the start."""
    require(actor, policy_council.SOURCES)
    source = versions.locked(OparlSource, source_id)
    values: dict[str, Any] = {"name": name.strip()[:200], "url": url.strip(), "active": active}
    _check(values)
    old = {field: getattr(source, field) for field in values}
    text = _("Somebody else has changed this entry in the meantime.")
    versions.check_version(source, version, text, theirs=old, mine=values)
    changed = versions.changed(old, values)
    if not changed:
        return source
    if "url" in changed:
        if OparlSource.objects.filter(url=values["url"]).exclude(pk=source_id).exists():
            raise Invalid(_("This source is there already."), field="url")
        source.read_until = None
    for field, (_old, value) in changed.items():
        setattr(source, field, value)
    source.version += 1
    source.save()
    pairs = {field: list(pair) for field, pair in changed.items()}
    events.record(_event("reporting.oparl.changed", source, actor, pairs))
    return source


@transaction.atomic
def remove_source(source_id: uuid.UUID, *, actor: Actor, version: int) -> None:
    """Take a source off; what was read from it stays."""
    require(actor, policy_council.SOURCES)
    source = versions.locked(OparlSource, source_id)
    _refuse_running(source)
    text = _("Somebody else has changed this entry in the meantime.")
    versions.check_version(source, version, text)
    events.record(
        _event("reporting.oparl.removed", source, actor, {"url": [source.url, None]})
    )
    source.delete()


@transaction.atomic
def start(source_id: uuid.UUID, *, actor: Actor, whole: bool = False) -> OparlSource:
    """Have a source read in the background; twice is once."""
    require(actor, policy_council.SOURCES)
    source = versions.locked(OparlSource, source_id)
    if _is_running(source):
        return source
    if not source.active:
        raise Invalid(_("This source is switched off. Switch it on first."))
    url = reverse("reporting:oparl_source", args=[source_id])
    source.job = jobs.enqueue(READ, actor=actor, next_url=url, source=str(source_id), whole=whole)
    source.state = State.RUNNING
    source.version += 1
    source.save()
    return source


def _is_running(source: OparlSource) -> bool:
    return source.job is not None and not source.job.is_finished


def _refuse_running(source: OparlSource) -> None:
    if _is_running(source):
        raise Invalid(_("The source is being read just now. Cancel that first."))


def read_nightly() -> int:
    """Have the sources read once a day after three in the morning; how many.

    Runs with the worker's round every minute. The first reading of a source is begun by a person,
    who sees what comes of it; what is switched off or read just now is left alone.
    """
    now = timezone.localtime(clock.now())
    if now.hour < _NIGHT or recall(_READ_ON) == now.date().isoformat():
        return 0
    due = OparlSource.objects.filter(active=True).exclude(last_run=None)
    actor = Actor.system("oparl")
    number = 0
    for source in due:
        if not _is_running(source):
            start(source.pk, actor=actor)
            number += 1
    remember(_READ_ON, now.date().isoformat())
    return number
