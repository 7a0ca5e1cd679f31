"""The only writers of saved views."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from leitstand.core.base import events, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.org.models import OrgUnit
from leitstand.core.policy.grants import grants, why
from leitstand.core.saved import policy
from leitstand.core.saved.models import SavedView, StartView
from leitstand.core.saved.registry import pages
from leitstand.core.saved.selection import tidy

MOST = 100


@transaction.atomic
def save_view(
    *,
    actor: Actor,
    page: str,
    name: str,
    query: str,
    audience: str = "private",
    unit: OrgUnit | None = None,
) -> SavedView:
    """Save a selection; raises ``Invalid`` or ``NotAllowed``."""
    if page not in pages or actor.account_id is None:
        raise Invalid(_("This page cannot be saved as a view."), field="page")
    if not grants(actor, pages[page].permission):
        raise NotAllowed(why(actor, pages[page].permission).text)
    if SavedView.objects.filter(account_id=actor.account_id).count() >= MOST:
        raise Invalid(_("You have saved 100 views. Delete one that you no longer need."))
    view = SavedView(account_id=actor.account_id, page=page, query=_kept(query))
    _set(view, actor, name, audience, unit)
    _store(view, insert=True)
    _record("saved.view.created", view, actor, {"name": [None, view.name]})
    return view


@transaction.atomic
def change_view(
    view_id: uuid.UUID,
    *,
    actor: Actor,
    version: int,
    name: str,
    audience: str,
    unit: OrgUnit | None = None,
    query: str | None = None,
) -> SavedView:
    """Rename a view, share it otherwise, give it another selection (``None`` = as it is).

    ``Conflict`` carries both versions.
    """
    view = _changeable(view_id, actor)
    old = _told(view)
    mine = {"name": name, "audience": audience, "unit": unit.name if unit else ""}
    text = _("Somebody else has changed this view meanwhile.")
    theirs = {key: old[key] for key in mine}
    versions.check_version(view, version, text, theirs=theirs, mine=mine)
    _set(view, actor, name, audience, unit)
    if query is not None:
        view.query = _kept(query)
    changes = versions.changed(old, _told(view))
    if changes:
        _store(view)
        _record("saved.view.changed", view, actor, {k: list(pair) for k, pair in changes.items()})
    return view


def _told(view: SavedView) -> dict[str, Any]:
    unit = view.unit.name if view.unit else ""
    return {"name": view.name, "audience": view.audience, "unit": unit, "query": view.query}


def _kept(query: str) -> str:
    refuse_unstorable({"query": query})
    return tidy(query)


@transaction.atomic
def start_with(view_id: uuid.UUID, *, actor: Actor) -> SavedView:
    """Let the actor's page open with a view that she finds; the one before is replaced."""
    view = policy.get(actor, view_id)
    if actor.account_id is None:
        raise NotAllowed(_("Only an account has a start view."))
    StartView.objects.update_or_create(
        account_id=actor.account_id, page=view.page, defaults={"view": view}
    )
    _record("saved.start.chosen", view, actor, {})
    return view


@transaction.atomic
def start_without(view_id: uuid.UUID, *, actor: Actor) -> None:
    """Let the page open with everything again; harmless if it does already."""
    view = policy.get(actor, view_id)
    if StartView.objects.filter(account=actor.account_id, view=view).delete()[0]:
        _record("saved.start.removed", view, actor, {})


@transaction.atomic
def hand_over(unit_id: uuid.UUID, successor_id: uuid.UUID, actor: Actor) -> None:
    """Let the successor of a unit find what was shared with the unit."""
    new = OrgUnit.objects.get(pk=successor_id)
    rows = SavedView.objects.select_for_update(of=("self",)).filter(unit_id=unit_id)
    for view in rows.select_related("unit"):
        old = _told(view)
        view.unit = new
        _store(view)
        _record("saved.view.changed", view, actor, {"unit": [old["unit"], new.name]})


@transaction.atomic
def delete_view(view_id: uuid.UUID, *, actor: Actor, version: int) -> None:
    """Delete a view; ``Conflict`` if it was changed since the question was asked."""
    view = _changeable(view_id, actor)
    text = _("Somebody else has changed this view meanwhile.")
    versions.check_version(view, version, text, theirs={"name": view.name})
    _record("saved.view.deleted", view, actor, {"name": [view.name, None]})
    view.delete()


def _changeable(view_id: uuid.UUID, actor: Actor) -> SavedView:
    policy.get(actor, view_id)
    view = versions.locked(SavedView, view_id)
    if not policy.may_change(actor, view):
        raise NotAllowed(_("You may change your own views only."))
    return view


def _set(view: SavedView, actor: Actor, name: str, audience: str, unit: OrgUnit | None) -> None:
    refuse_unstorable({"name": name})
    name = " ".join(name.split())
    if not name or len(name) > 100:
        raise Invalid(_("Give the view a name of at most 100 characters."), field="name")
    if audience not in SavedView.Audience.values:
        raise Invalid(_("Choose who finds the view."), field="audience")
    if audience != SavedView.Audience.UNIT:
        unit = None
    elif unit is None:
        raise Invalid(_("Choose the unit that is to find the view."), field="unit")
    unchanged = (audience, unit and unit.pk) == (view.audience, view.unit_id)
    if not unchanged and not policy.may_share(actor, audience, unit):
        raise NotAllowed(why(actor, policy.SHARE, unit_id=unit.pk if unit else None,
                             citywide=unit is None).text)  # fmt: skip
    view.name, view.audience, view.unit = name, audience, unit


def _store(view: SavedView, *, insert: bool = False) -> None:
    if not insert:
        view.version += 1
    try:
        with transaction.atomic():
            view.save(force_insert=insert)
    except IntegrityError as error:
        text = _("You already have a view of this page by this name.")
        raise Invalid(text, field="name") from error


def _record(type_: str, view: SavedView, actor: Actor, changes: dict[str, Any]) -> None:
    """Shared views are told with their words, private ones only that there was one."""
    private = view.audience == SavedView.Audience.PRIVATE
    events.record(
        events.Event(
            type=type_,
            actor=actor,
            object_kind="saved-view",
            object_id=view.pk,
            object_title="" if private else view.name,
            changes={} if private else changes,
            unit_id=view.unit_id,
        )
    )


def left_behind(before: datetime) -> QuerySet[SavedView]:
    """Private views of closed accounts that nobody has logged in with since a moment."""
    private = SavedView.objects.filter(audience=SavedView.Audience.PRIVATE)
    never = Q(account__last_login=None, account__created_at__lt=before)
    return private.filter(never | Q(account__last_login__lt=before), account__is_active=False)
