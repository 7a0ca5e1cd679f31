"""Who is told of a comment; the text of the comment stays on its page."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.base.actor import Actor
from leitstand.core.base.kinds import resource_kinds
from leitstand.core.base.models import Level
from leitstand.core.comments import policy
from leitstand.core.comments.models import Comment
from leitstand.core.comments.registry import commentables
from leitstand.core.notify import kinds
from leitstand.core.notify.notices import About
from leitstand.core.notify.people import tell
from leitstand.core.org.models import Person

MENTION, FOLLOWED = "comments.mention", "comments.followed"
_MOST = 20


def register() -> None:
    """Register the kinds of notices."""
    kinds.register(
        MENTION, gettext_lazy("Mentions"), gettext_lazy("Somebody mentions you in a comment.")
    )
    kinds.register(
        FOLLOWED, gettext_lazy("Comments on what is yours"),
        gettext_lazy("Comments on projects that you lead, and on your needs and groups."), "digest",
    )  # fmt: skip


def comment_posted(
    comment: Comment, thing: Any, mentioned: Iterable[uuid.UUID], actor: Actor
) -> None:
    """Tell those mentioned, then those whose thing it is and who see it now."""
    about, kind = commentables[comment.kind], resource_kinds[comment.kind]
    url = f"{kind.url(thing)}#kommentar-{comment.pk}"
    named = set(mentioned)
    values = {"who": comment.author_name}
    secret = about.level(thing) >= Level.CONFIDENTIAL

    def place() -> str:
        if secret:
            return _("a confidential page")
        return _("“%(title)s”") % {"title": kind.title(thing)}

    def mention() -> tuple[str, str]:
        text = _("%(who)s mentions you in a comment on %(place)s.")
        return _("You were mentioned"), text % {**values, "place": place()}

    def followed() -> tuple[str, str]:
        text = _("%(who)s has written a comment on %(place)s.")
        return _("New comment"), text % {**values, "place": place()}

    cause = f"comment:{comment.pk}"
    guard = about.guard(thing) if about.guard else (comment.kind, comment.object_id)
    of = About(*guard, kind.title(thing)) if guard and not secret else None
    tell(MENTION, cause, named, mention, url, but=actor.person_id, about=of)
    others = set(about.followers(thing)) - named
    people = Person.objects.filter(pk__in=others, active=True)[:_MOST]
    seeing = [p.pk for p in people if policy.person_sees(p, comment.kind, comment.object_id)]
    tell(FOLLOWED, cause, seeing, followed, url, but=actor.person_id, about=of)
