"""Comments over the API: read those of an object, write, change, remove."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration import api_versions
from leitstand.core.administration.api_paging import Paging, page
from leitstand.core.administration.api_types import Given, Page, Ref, text
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.comments import actions, policy
from leitstand.core.comments.models import Comment
from leitstand.core.comments.texts import LONGEST

router = Router(tags=[gettext_noop("Comments")])


class CommentOut(Schema):
    """A comment; a removed one has an empty text."""

    id: uuid.UUID
    version: int
    kind: str
    object: uuid.UUID
    author: str
    text: str
    mentions: list[Ref]
    created_at: datetime
    edited_at: datetime | None
    removed_at: datetime | None


class About(Schema):
    """Which object the comments are on."""

    kind: text(40, required=True) = Field(  # type: ignore[valid-type]
        ..., description=gettext_noop("kind of the object, such as project")
    )
    object: uuid.UUID


class CommentNew(Given):
    """A new comment."""

    kind: text(40, required=True)  # type: ignore[valid-type]
    object: uuid.UUID
    text: text(LONGEST, required=True)  # type: ignore[valid-type]


class CommentChange(Given):
    """The new text of a comment."""

    text: text(LONGEST, required=True)  # type: ignore[valid-type]


def _shape(row: Comment) -> dict[str, Any]:
    return {
        "id": row.pk, "version": row.version, "kind": row.kind, "object": row.object_id,
        "author": row.author_name, "text": row.text, "created_at": row.created_at,
        "edited_at": row.edited_at, "removed_at": row.removed_at,
        "mentions": [{"id": m.person_id, "name": str(m.person)} for m in row.mentions.all()],
    }  # fmt: skip


def _answer(request: HttpRequest, response: HttpResponse, comment_id: uuid.UUID) -> dict[str, Any]:
    row = Comment.objects.filter(pk=comment_id).prefetch_related("mentions__person").first()
    if row is None:
        raise NotFound
    policy.seen(actor_of(request), row.kind, row.object_id)
    api_versions.tag(response, row.version)
    return _shape(row)


@router.get(
    "", response=Page[CommentOut], summary=gettext_noop("List the comments on an object"),
    operation_id="comments",
)  # fmt: skip
def list_comments(request: HttpRequest, about: Query[About], paging: Query[Paging]) -> Any:
    """The comments on an object that one sees, oldest first."""
    policy.seen(actor_of(request), about.kind, about.object)
    rows = Comment.objects.filter(kind=about.kind, object_id=about.object)

    def load(part: Any) -> list[Any]:
        found = rows.prefetch_related("mentions__person").in_bulk(list(part))
        return [_shape(found[key]) for key in part if key in found]

    return page(rows.values_list("pk", flat=True), paging, load)


@router.post(
    "", response={201: CommentOut}, summary=gettext_noop("Write a comment"),
    operation_id="create_comment",
)  # fmt: skip
def create(request: HttpRequest, response: HttpResponse, payload: CommentNew) -> Any:
    """Write a comment; people are mentioned as @Given Family."""
    row = actions.post(payload.kind, payload.object, actor=actor_of(request), text=payload.text)
    response["Location"] = f"/api/v1/comments/{row.pk}"
    return Status(201, _answer(request, response, row.pk))


@router.get(
    "/{comment_id}", response=CommentOut, summary=gettext_noop("Read a comment"),
    operation_id="comment",
)  # fmt: skip
def read(request: HttpRequest, response: HttpResponse, comment_id: uuid.UUID) -> Any:
    """One comment with its version as ETag."""
    return _answer(request, response, comment_id)


@router.patch(
    "/{comment_id}", response=CommentOut, summary=gettext_noop("Change a comment"),
    operation_id="change_comment", openapi_extra=api_versions.IF_MATCH,
)  # fmt: skip
def change(
    request: HttpRequest, response: HttpResponse, comment_id: uuid.UUID, payload: CommentChange
) -> Any:
    """Change one's own comment, for 24 hours."""
    _answer(request, response, comment_id)
    version = api_versions.expected(request)
    actions.edit(comment_id, actor=actor_of(request), version=version, text=payload.text)
    return _answer(request, response, comment_id)


class Why(Given):
    """Why somebody else's comment is removed."""

    reason: str = Field(
        "", max_length=500, pattern=r"^[^\x00-\x1f]*$",
        description=gettext_noop("why; kept in the audit trail"),
    )  # fmt: skip


@router.delete(
    "/{comment_id}", response={204: None}, summary=gettext_noop("Remove a comment"),
    operation_id="delete_comment",
)  # fmt: skip
def delete(
    request: HttpRequest, response: HttpResponse, comment_id: uuid.UUID, why: Query[Why]
) -> Any:
    """Remove a comment; the text goes, a tombstone stays."""
    if set(request.GET) - {"reason"}:
        raise Invalid(_("This parameter is unknown."), field=min(set(request.GET) - {"reason"}))
    _answer(request, response, comment_id)
    actions.remove(comment_id, actor=actor_of(request), reason=why.reason)
    return HttpResponse(status=204)
