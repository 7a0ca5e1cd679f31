"""Comments as pages show them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from leitstand.core.base.actor import Actor
from leitstand.core.base.kinds import resource_kinds
from leitstand.core.comments import actions, policy, texts
from leitstand.core.comments.models import Comment, Mention
from leitstand.core.policy.grants import grants

MOST = 200


@dataclass(frozen=True)
class Shown:
    """A comment ready to be shown; a removed one has no text."""

    id: uuid.UUID
    at: datetime
    who: str
    html: SafeString
    edited: bool
    removed: bool
    may_edit: bool
    may_remove: bool


@dataclass(frozen=True)
class Thread:
    """The comments on one object, oldest first; ``earlier`` counts those that are left out."""

    comments: tuple[Shown, ...]
    number: int
    earlier: int
    may_write: bool
    post_url: str
    people_url: str


def thread(actor: Actor, kind: str, thing: Any) -> Thread:
    """The comments on an object that the actor sees; three queries."""
    rows = Comment.objects.filter(kind=kind, object_id=thing.pk)
    newest = list(
        rows.order_by("-created_at", "-id").prefetch_related("mentions__person")[:MOST]
    )  # fmt: skip
    total = rows.count() if len(newest) == MOST else len(newest)
    moderates = policy.may_moderate(actor, kind, thing)
    may_write = bool(grants(actor, policy.WRITE))
    shown = [_shown(actor, row, moderates=moderates, writes=may_write) for row in reversed(newest)]
    return Thread(
        comments=tuple(shown),
        number=sum(1 for row in newest if not row.removed_at),
        earlier=total - len(newest),
        may_write=may_write,
        post_url=reverse("comments:post", args=[kind, thing.pk]),
        people_url=reverse("comments:people"),
    )


def _shown(actor: Actor, row: Comment, *, moderates: bool, writes: bool) -> Shown:
    people = [mention.person for mention in row.mentions.all()]
    own = actor.account_id is not None and row.author_id == actor.account_id
    return Shown(
        id=row.pk,
        at=row.created_at,
        who=row.author_name,
        html=texts.as_html(row.text, people),
        edited=row.edited_at is not None,
        removed=row.removed_at is not None,
        may_edit=writes and actions.may_edit(actor, row),
        may_remove=not row.removed_at and ((own and writes) or moderates),
    )


@dataclass(frozen=True)
class Mentioned:
    """A comment that mentions the reader, with the object's title and address."""

    who: str
    at: datetime
    title: str
    url: str


def mentions_of(actor: Actor, limit: int = 5) -> list[Mentioned]:
    """The newest comments that mention the actor's person, on objects that she sees now."""
    if actor.person_id is None:
        return []
    rows = Mention.objects.filter(person=actor.person_id, comment__removed_at=None)
    found = []
    for row in rows.select_related("comment").order_by("-comment__created_at")[: 3 * limit]:
        if row.comment.kind not in resource_kinds:
            continue
        kind = resource_kinds[row.comment.kind]
        thing = kind.find(actor, row.comment.object_id)
        if thing is None:
            continue
        url = f"{kind.url(thing)}#kommentar-{row.comment.pk}"
        found.append(
            Mentioned(row.comment.author_name, row.comment.created_at, kind.title(thing), url)
        )
        if len(found) == limit:
            break
    return found
