"""End points of one's own notices and of how they come."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from pydantic import Field

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration.api_fields import by_id
from leitstand.core.administration.api_paging import Paging, page
from leitstand.core.administration.api_types import Page, choices_of
from leitstand.core.notify import actions, queries
from leitstand.core.notify.models import Preference

notices = Router(tags=[gettext_noop("Me")])


class NoticeOut(Schema):
    """Something that I was told; ``read_at`` null means unread."""

    id: uuid.UUID
    kind: str
    subject: str
    text: str
    url: str
    urgent: bool
    created_at: datetime
    read_at: datetime | None


class NoticeFilter(Schema):
    """What notices are asked for."""

    unread: bool = Field(False, description=gettext_noop("unread ones only"))


class NoticeRead(Schema):
    """Whether the notice is to count as read."""

    read: bool = True


class Marked(Schema):
    """How many notices were marked."""

    marked: int


class ChannelOut(Schema):
    """How one kind of notice comes: e-mail at once, once a day in one e-mail, page only."""

    kind: str
    channel: choices_of(Preference._meta.get_field("channel"))  # type: ignore[valid-type]


@notices.get(
    "", response=Page[NoticeOut], summary=gettext_noop("List my notices"), operation_id="my_notices"
)
def my_notices(request: HttpRequest, asked: Query[NoticeFilter], paging: Query[Paging]) -> Any:
    """One's own notices, newest first."""
    mine = queries.notices_of(actor_of(request).account_id)
    found = mine.filter(read_at=None) if asked.unread else mine

    def load(part: Sequence[Any]) -> list[Any]:
        return by_id(mine.in_bulk(part), part)

    return page(found.values_list("pk", flat=True), paging, load)


@notices.post(
    "/read-all", response=Marked, summary=gettext_noop("Mark all my notices as read"),
    operation_id="read_all_my_notices",
)  # fmt: skip
def read_all(request: HttpRequest) -> Any:
    """Mark everything as read."""
    return {"marked": actions.mark_all_read(actor=actor_of(request))}


@notices.get(
    "/channels", response=list[ChannelOut], summary=gettext_noop("How my notices come"),
    operation_id="my_notice_channels",
)  # fmt: skip
def channels(request: HttpRequest) -> Any:
    """Each kind of notice with its channel."""
    return _channels(request)


def _channels(request: HttpRequest) -> list[dict[str, str]]:
    chosen = queries.channels_of(actor_of(request).account_id)
    return [{"kind": kind, "channel": channel} for kind, channel in chosen.items()]


@notices.patch(
    "/channels", response=list[ChannelOut], summary=gettext_noop("Choose how my notices come"),
    operation_id="choose_my_notice_channels",
)  # fmt: skip
def choose(request: HttpRequest, wanted: list[ChannelOut]) -> Any:
    """Change the channel of the kinds that are given."""
    actions.choose_channels({w.kind: w.channel for w in wanted}, actor=actor_of(request))
    return _channels(request)


@notices.post(
    "/{notice_id}/read", response=NoticeOut, summary=gettext_noop("Mark a notice as read"),
    operation_id="read_my_notice",
)  # fmt: skip
def read(request: HttpRequest, notice_id: uuid.UUID, wanted: NoticeRead) -> Any:
    """Mark one of one's own notices as read or unread."""
    return actions.mark_read(notice_id, actor=actor_of(request), read=wanted.read)
