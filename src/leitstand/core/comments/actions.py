"""Writers of comments: posted, changed by their author for a day, removed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from leitstand.core.base import clock, events, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.comments import policy, telling, texts
from leitstand.core.comments.models import Comment, Mention
from leitstand.core.comments.registry import commentables
from leitstand.core.org.models import Person
from leitstand.core.policy.grants import require
from leitstand.core.privacy.registry import Subject

EDITABLE = timedelta(hours=24)
_LIMITS = ((timedelta(minutes=1), 6), (timedelta(days=1), 200))


def _event(type_: str, comment: Comment, thing: Any, actor: Actor, reason: str = "") -> None:
    """The event says that there was a comment, never what it said."""
    about = commentables[comment.kind]
    events.record(
        events.Event(
            type=type_,
            actor=actor,
            object_kind=comment.kind,
            object_id=comment.object_id,
            object_title=str(thing)[:300],
            personal={"comment": str(comment.pk)},
            reason=reason,
            level=about.level(thing),
            unit_id=about.unit_id(thing),
        )
    )


def _checked(text: str) -> str:
    refuse_unstorable({"text": text})
    stripped = text.strip()
    if not stripped:
        raise Invalid(_("Write something first."), field="text")
    if len(stripped) > texts.LONGEST:
        message = _("A comment has at most %(n)d characters.") % {"n": texts.LONGEST}
        raise Invalid(message, field="text")
    return stripped


def _check_rate(actor: Actor) -> None:
    """Nobody floods a page: six comments a minute, 200 a day."""
    if actor.account_id is None:
        return
    own = Comment.objects.filter(author=actor.account_id)
    for span, most in _LIMITS:
        if own.filter(created_at__gt=clock.now() - span).count() >= most:
            raise Invalid(
                _("That were many comments in a short time. Wait a little."), field="text"
            )


def _mentioned(text: str, more: Iterable[Person], kind: str, object_id: uuid.UUID) -> list[Person]:
    """The people to mention; refuses who does not see the object, without saying why."""
    people = {person.pk: person for person in (*texts.people_in(text), *more)}
    for person in people.values():
        if not policy.person_sees(person, kind, object_id):
            message = _("%(name)s cannot be mentioned here: this page is not open to her or him.")
            raise Invalid(message % {"name": person}, field="text")
    return list(people.values())


@transaction.atomic
def post(
    kind: str,
    object_id: uuid.UUID,
    *,
    actor: Actor,
    text: str,
    mention: Iterable[Person] = (),
) -> Comment:
    """Write a comment on an object that the actor sees; ``mention`` are people beside those in it.

    Raises ``NotFound``, ``NotAllowed``, or ``Invalid`` at the field ``text``.
    """
    thing = policy.seen(actor, kind, object_id)
    require(actor, policy.WRITE)
    text = _checked(text)
    _check_rate(actor)
    people = _mentioned(text, mention, kind, object_id)
    written = text.casefold()
    missing = [f"@{p}" for p in people if f"@{p}".casefold() not in written
               and f"@{p.email}".casefold() not in written]  # fmt: skip
    if missing:
        text = _checked(f"{' '.join(missing)} {text}")
    comment = Comment(kind=kind, object_id=object_id, author_id=actor.account_id,
                      author_name=actor.name[:200], text=text)  # fmt: skip
    comment.save(force_insert=True)
    Mention.objects.bulk_create(Mention(comment=comment, person=person) for person in people)
    _event("comments.posted", comment, thing, actor)
    telling.comment_posted(comment, thing, [person.pk for person in people], actor)
    return comment


def _own(comment_id: uuid.UUID, actor: Actor) -> tuple[Comment, Any]:
    """The comment, locked, and its object, which the actor must still see."""
    comment = versions.locked(Comment, comment_id)
    return comment, policy.seen(actor, comment.kind, comment.object_id)


def may_edit(actor: Actor, comment: Comment) -> bool:
    """Whether the actor wrote the comment less than a day ago."""
    own = actor.account_id is not None and comment.author_id == actor.account_id
    return own and not comment.removed_at and clock.now() - comment.created_at < EDITABLE


@transaction.atomic
def edit(comment_id: uuid.UUID, *, actor: Actor, version: int, text: str) -> Comment:
    """Change one's own comment; mentions follow the new text."""
    comment, thing = _own(comment_id, actor)
    require(actor, policy.WRITE)
    if not may_edit(actor, comment):
        raise NotAllowed(_("Only your own comments can be changed, for 24 hours."))
    message = _("Somebody else has changed this comment in the meantime.")
    mine = {"text": text}
    versions.check_version(comment, version, message, theirs={"text": comment.text}, mine=mine)
    text = _checked(text)
    people = _mentioned(text, (), comment.kind, comment.object_id)
    comment.text, comment.edited_at = text, clock.now()
    comment.version += 1
    comment.save()
    Mention.objects.filter(comment=comment).exclude(person__in=people).delete()
    known = set(Mention.objects.filter(comment=comment).values_list("person_id", flat=True))
    Mention.objects.bulk_create(
        Mention(comment=comment, person=person) for person in people if person.pk not in known
    )
    _event("comments.edited", comment, thing, actor)
    telling.comment_posted(comment, thing, [p.pk for p in people if p.pk not in known], actor)
    return comment


@transaction.atomic
def remove(comment_id: uuid.UUID, *, actor: Actor, reason: str = "") -> None:
    """Remove a comment: its text goes, a tombstone stays. Others' comments need a reason."""
    comment, thing = _own(comment_id, actor)
    if comment.removed_at:
        return
    if comment.author_id != actor.account_id or actor.account_id is None:
        if not policy.may_moderate(actor, comment.kind, thing):
            raise NotAllowed(_("You may remove your own comments only."))
        if not reason.strip():
            raise Invalid(_("Say why the comment is removed."), field="text")
    else:
        require(actor, policy.WRITE)
    refuse_unstorable({"text": reason})
    comment.text, comment.removed_at = "", clock.now()
    comment.version += 1
    comment.save()
    Mention.objects.filter(comment=comment).delete()
    _event("comments.removed", comment, thing, actor, reason.strip()[:500])


def forget(kind: str, *object_ids: uuid.UUID) -> int:
    """Delete all comments of objects that are deleted, inside their transaction."""
    return Comment.objects.filter(kind=kind, object_id__in=object_ids).delete()[0]


def written_before(moment: datetime) -> QuerySet[Comment]:
    """Comments on whatever it is that were written before a moment."""
    return Comment.objects.filter(created_at__lt=moment)


def forget_names(leavers: Sequence[Subject], instead: str) -> None:
    """Take the names of people who left from their comments and from where they are mentioned."""
    accounts = [leaver.account for leaver in leavers if leaver.account]
    Comment.objects.filter(author__in=accounts).update(author_name=instead)
    for person in (leaver.person for leaver in leavers if leaver.person):
        words = [f"@{person}", *([f"@{person.email}"] if person.email else [])]
        pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
        for comment in Comment.objects.filter(mentions__person=person):
            comment.text = pattern.sub(f"@{instead}", comment.text)
            comment.save(update_fields=["text"])
