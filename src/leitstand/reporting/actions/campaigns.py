"""The only writers of campaigns and their figures, but for the import."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import events, records, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.policy import grants
from leitstand.reporting import policy_campaigns as policy
from leitstand.reporting.models import Campaign, CampaignFigure, Report
from leitstand.reporting.tables.campaigns import MOST_CONTACTS

FIELDS = ("title", "purpose", "start", "end", "unit", "confidentiality")
FIGURE = ("channel", "start", "end", "gross_contacts", "method", "source", "note")
SOURCE = "campaign:"


@transaction.atomic
def create_campaign(*, actor: Actor, values: Mapping[str, Any]) -> Campaign:
    """Enter a campaign; raises ``Invalid`` or ``NotAllowed``."""
    refuse_unstorable(values)
    row = Campaign(**{name: values[name] for name in FIELDS if name in values})
    _check(row, actor)
    records.create(row)
    told = {name: values[name] for name in FIELDS if name in values}
    record("created", row, actor, records.first_values(told))
    return row


@transaction.atomic
def change_campaign(
    campaign_id: uuid.UUID, *, actor: Actor, version: int, values: Mapping[str, Any]
) -> Campaign:
    """Change the given fields; raises ``Conflict`` if somebody was faster."""
    row = _locked(campaign_id, actor)
    level = row.confidentiality
    given = {name: values[name] for name in FIELDS if name in values}
    changes = records.apply(row, version, given)
    _check(row, actor)
    if changes:
        record("changed", row, actor, changes, level=level)
    return row


@transaction.atomic
def delete_campaign(campaign_id: uuid.UUID, *, actor: Actor) -> None:
    """Delete a campaign with its figures; papers made of it keep theirs."""
    row = _locked(campaign_id, actor)
    if Report.objects.filter(source=f"{SOURCE}{row.pk}", state=Report.State.COSIGNING).exists():
        raise Invalid(_("A paper on this campaign is in co-signature; wait until it is decided."))
    record("deleted", row, actor, {"title": [row.title, None]})
    row.delete()


@transaction.atomic
def add_figure(
    campaign_id: uuid.UUID, *, actor: Actor, values: Mapping[str, Any]
) -> CampaignFigure:
    """Enter the gross contacts of a channel in a period."""
    refuse_unstorable(values)
    campaign = _locked(campaign_id, actor)
    row = CampaignFigure(
        campaign=campaign, **{name: values[name] for name in FIGURE if name in values}
    )
    check_figure(row)
    records.create(row)
    record("measured", campaign, actor, told(row))
    return row


@transaction.atomic
def change_figure(
    figure_id: uuid.UUID, *, actor: Actor, version: int, values: Mapping[str, Any]
) -> CampaignFigure:
    """Correct a figure; raises ``Conflict`` if somebody was faster."""
    campaign, row = _figure(figure_id, actor)
    given = {name: values[name] for name in FIGURE if name in values}
    before = dict(given)
    for name, value in given.items():
        before[name] = getattr(row, name)
        setattr(row, name, value)
    check_figure(row)
    for name, value in before.items():
        setattr(row, name, value)
    changes = records.apply(row, version, given)
    if changes:
        named = {"channel": [row.channel, row.channel]} | changes
        record("measured", campaign, actor, named)
    return row


@transaction.atomic
def remove_figure(figure_id: uuid.UUID, *, actor: Actor) -> None:
    """Remove a figure; the trail keeps what it was."""
    campaign, row = _figure(figure_id, actor)
    gone = {name: [new, None] for name, (_old, new) in told(row).items()}
    record("removed", campaign, actor, gone)
    row.delete()


def told(row: CampaignFigure) -> records.Changes:
    """A new figure as the trail keeps it."""
    return records.first_values({name: getattr(row, name) for name in FIGURE})


def check_figure(row: Any) -> None:
    """Raise ``Invalid`` for a figure without method or source, or whose period runs backwards."""
    errors: dict[str, list[Any]] = {}
    for name, text in (
        ("channel", _("Name the channel.")), ("method", _("Say how the contacts were counted.")),
        ("source", _("Say where the figure comes from.")),
    ):  # fmt: skip
        setattr(row, name, " ".join(str(getattr(row, name) or "").split()))
        if not getattr(row, name):
            errors[name] = [text]
    if row.start is None or row.end is None or row.end < row.start:
        errors["end"] = [_("The period ends before it begins.")]
    if row.gross_contacts is None or not 0 <= row.gross_contacts <= MOST_CONTACTS:
        errors["gross_contacts"] = [_("Give a whole number from 0 on.")]
    if errors:
        raise Invalid(errors)


def lock(campaign_id: uuid.UUID, actor: Actor) -> Campaign:
    """The campaign, locked; the actor may change it."""
    return _locked(campaign_id, actor)


def record(
    what: str, row: Campaign, actor: Actor, changes: Mapping[str, Any], *, level: int = 0
) -> None:
    """Write an event of the campaign into the trail."""
    events.record(event(what, row, actor, changes, level=level))


def event(
    what: str, row: Campaign, actor: Actor, changes: Mapping[str, Any], *, level: int = 0
) -> events.Event:
    """An event of the campaign, of the level that it has or had."""
    return events.Event(
        type=f"reporting.campaign.{what}", actor=actor, object_kind="campaign", object_id=row.pk,
        object_title=row.title, changes=changes, level=max(level, row.confidentiality),
        unit_id=row.unit_id,
    )  # fmt: skip


def _locked(campaign_id: uuid.UUID, actor: Actor) -> Campaign:
    policy.require_change(actor, policy.get_visible(actor, campaign_id))
    return versions.locked(Campaign, campaign_id)


def _figure(figure_id: uuid.UUID, actor: Actor) -> tuple[Campaign, CampaignFigure]:
    found = CampaignFigure.objects.filter(pk=figure_id).values_list("campaign", flat=True).first()
    if found is None:
        raise NotFound
    campaign = _locked(found, actor)
    return campaign, versions.locked(CampaignFigure, figure_id)


def _check(row: Any, actor: Actor) -> None:
    row.title = " ".join(str(row.title or "").split())
    errors: dict[str, list[Any]] = {}
    if not row.title:
        errors["title"] = [_("The campaign needs a title.")]
    if row.unit_id is None:
        errors["unit"] = [_("Choose a unit.")]
    if row.start is None:
        errors["start"] = [_("Give a date.")]
    elif row.end and row.end < row.start:
        errors["end"] = [_("The period ends before it begins.")]
    if errors:
        raise Invalid(errors)
    grants.require(actor, policy.CHANGE, row.unit_id, row.confidentiality)
