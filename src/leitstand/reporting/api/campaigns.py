"""Campaigns and their gross contacts by channel; there is no sum over channels on purpose."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_versions
from leitstand.core.administration.api_fields import by_id
from leitstand.core.administration.api_paging import Paging, page
from leitstand.core.administration.api_types import Day, Given, Page, Ref, text, whole
from leitstand.core.base.actor import Actor
from leitstand.core.policy import grants
from leitstand.reporting import policy_campaigns as policy
from leitstand.reporting.actions import campaigns as actions
from leitstand.reporting.models import Campaign, CampaignFigure
from leitstand.reporting.queries import campaigns as queries
from leitstand.reporting.tables.campaigns import MOST_CONTACTS

router = Router(tags=[gettext_noop("Campaigns")])


class CampaignRow(Schema):
    """A campaign with the number of its figures."""

    id: uuid.UUID
    version: int
    title: str
    purpose: str
    start: date
    end: date | None
    unit: Ref
    confidentiality: int = Field(ge=0, le=3)
    figure_count: int


class FigureOut(Schema):
    """Gross contacts of a channel in a period: not people; see ``method`` and ``source``."""

    id: uuid.UUID
    version: int
    channel: str
    start: date
    end: date
    gross_contacts: int
    method: str
    source: str
    note: str


class CampaignFull(CampaignRow):
    """A campaign with its figures by channel."""

    reading_note: str
    figures: list[FigureOut]


class FigureNew(Given):
    """A figure to enter; method and source are mandatory."""

    channel: text(120, required=True)  # type: ignore[valid-type]
    start: Day
    end: Day
    gross_contacts: whole(0, MOST_CONTACTS)  # type: ignore[valid-type]
    method: text(300, required=True)  # type: ignore[valid-type]
    source: text(300, required=True)  # type: ignore[valid-type]
    note: text(300) = ""  # type: ignore[valid-type]


def _reader(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    grants.require(actor, policy.VIEW)
    return actor


def _row(row: Campaign, number: int) -> dict[str, Any]:
    names = ("id", "version", "title", "purpose", "start", "end", "confidentiality")
    unit = {"id": row.unit_id, "name": row.unit.name}
    return {**{n: getattr(row, n) for n in names}, "unit": unit, "figure_count": number}


def _figure(row: CampaignFigure) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "version", *actions.FIGURE)}


@router.get(
    "", response=Page[CampaignRow], summary=gettext_noop("List the campaigns"),
    operation_id="campaigns",
)  # fmt: skip
def campaigns(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Those that the account may see, the newest first."""
    found = queries.campaigns(_reader(request))
    keys = policy.visible(actor_of(request)).order_by("-start", "pk").values_list("pk", flat=True)
    return page(
        keys, paging, lambda part: [_row(one, one.number) for one in by_id(found.in_bulk(part), part)]
    )


@router.get(
    "/{campaign_id}", response=CampaignFull, summary=gettext_noop("Read a campaign"),
    operation_id="campaign",
)  # fmt: skip
def campaign(request: HttpRequest, response: HttpResponse, campaign_id: uuid.UUID) -> Any:
    """The campaign with its gross contacts by channel and period."""
    row = policy.get_visible(_reader(request), campaign_id)
    figures = queries.figures(row)
    api_versions.tag(response, row.version)
    return {**_row(row, len(figures)), "reading_note": queries.warning(),
            "figures": [_figure(one) for one in figures]}  # fmt: skip


@router.post(
    "/{campaign_id}/figures", response={201: FigureOut},
    summary=gettext_noop("Enter a figure of a campaign"), operation_id="create_campaign_figure",
)  # fmt: skip
def add_figure(request: HttpRequest, campaign_id: uuid.UUID, payload: FigureNew) -> Any:
    """The gross contacts of one channel in a period."""
    row = actions.add_figure(campaign_id, actor=actor_of(request), values=payload.model_dump())
    return Status(201, _figure(row))
