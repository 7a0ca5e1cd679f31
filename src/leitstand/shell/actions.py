"""The only writers of what the instance says of itself."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import authority, clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid, NotFound
from leitstand.core.jobs.actions import enqueue
from leitstand.shell import context
from leitstand.shell.models import AccessibilityFeedback, Site, SiteText

CHANGE = "site.change"
FEEDBACK_MAIL = "shell.feedback.mail"
FIELDS = (
    "city", "unit_label", "source_url", "feedback_email", "security_contact", "data_licence",
)  # fmt: skip
LONGEST_TEXT = 100_000
LONGEST_FEEDBACK = 5_000


@transaction.atomic
def change_site(*, actor: Actor, version: int | None = None, **values: str) -> Site:
    """Change names and words of the city; ``values`` are fields of ``Site``.

    Raises ``NotAllowed``, ``Invalid``, or ``Conflict`` if ``version`` is given and outdated.
    """
    authority.require(actor, CHANGE, citywide=True)
    if unknown := sorted(set(values) - set(FIELDS)):
        raise Invalid(_("Unknown field: %(field)s.") % {"field": unknown[0]}, field=unknown[0])
    site = Site.objects.select_for_update().first() or Site()
    new = {name: value.strip() for name, value in values.items()}
    old = {name: getattr(site, name) for name in new}
    _check_version(site, version, theirs=old, mine=new)
    changed = {name: value for name, value in new.items() if value != old[name]}
    if not changed and not site._state.adding:
        return site
    for name, value in changed.items():
        setattr(site, name, value)
    _write(site)
    events.record(
        events.Event(
            type="shell.site.changed",
            actor=actor,
            object_kind="site",
            object_id=site.id,
            object_title=site.city,
            changes={name: [old[name], value] for name, value in changed.items()},
            level=0,
        )
    )
    transaction.on_commit(context.forget_site)
    return site


@transaction.atomic
def change_text(slug: str, *, actor: Actor, body: str, version: int | None = None) -> SiteText:
    """Replace a legal text; an empty one makes the page say that the operator owes it.

    Raises ``NotAllowed``, ``Invalid``, or ``Conflict`` if ``version`` is given and outdated.
    """
    authority.require(actor, CHANGE, citywide=True)
    if slug not in SiteText.Slug.values:
        raise Invalid(_("Unknown text: %(slug)s.") % {"slug": slug}, field="slug")
    body = body.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(body) > LONGEST_TEXT:
        text = _("The text is limited to %(limit)d characters.") % {"limit": LONGEST_TEXT}
        raise Invalid(text, field="body")
    row = SiteText.objects.select_for_update().filter(slug=slug).first() or SiteText(slug=slug)
    old = row.body
    _check_version(row, version, theirs={"body": old}, mine={"body": body})
    if old == body:
        return row
    row.body = body
    _write(row)
    events.record(
        events.Event(
            type="shell.text.changed",
            actor=actor,
            object_kind="site-text",
            object_id=row.id,
            object_title=str(row.get_slug_display()),
            changes={"characters": [len(old), len(body)]},
            personal={"body": [old, body]},  # an imprint names people
            level=0,
        )
    )
    return row


def _check_version(
    row: Site | SiteText, version: int | None, *, theirs: dict[str, Any], mine: dict[str, Any]
) -> None:
    """A row that is not stored yet has version 0."""
    stored = 0 if row._state.adding else row.version
    if version is not None and version != stored:
        raise Conflict(
            _("Somebody else has changed this in the meantime."),
            theirs=theirs,
            mine=mine,
            version=stored,
        )


def _write(row: Site | SiteText | AccessibilityFeedback) -> None:
    try:
        row.clean_fields()
    except ValidationError as problem:
        raise Invalid(problem.message_dict) from None
    row.version += 0 if row._state.adding else 1
    row.save()


@transaction.atomic
def receive_feedback(
    *, actor: Actor, text: str, page: str = "", email: str = ""
) -> AccessibilityFeedback:
    """Keep the report of a barrier and, if an address for it is set, send it there by mail.

    Anybody may report. Raises ``Invalid`` without a text or for a malformed e-mail address.
    """
    row = AccessibilityFeedback(
        text=text.replace("\x00", "").strip(), page=page.strip()[:300], email=email.strip()
    )
    if not row.text:
        raise Invalid(_("Describe the barrier in a few words."), field="text")
    if len(row.text) > LONGEST_FEEDBACK:
        limit = _("The text is limited to %(limit)d characters.") % {"limit": LONGEST_FEEDBACK}
        raise Invalid(limit, field="text")
    _write(row)
    events.record(_feedback_event("received", row, actor))
    if context.site().feedback_email and settings.CONFIG.smtp_url:
        enqueue(FEEDBACK_MAIL, actor=Actor.system("feedback"), feedback=str(row.id))
    return row


@transaction.atomic
def close_feedback(feedback_id: uuid.UUID, *, actor: Actor) -> AccessibilityFeedback:
    """Close a report; the e-mail address is erased. Closing twice is harmless."""
    authority.require(actor, CHANGE, citywide=True)
    row = AccessibilityFeedback.objects.select_for_update().filter(pk=feedback_id).first()
    if row is None:
        raise NotFound
    if row.closed_at is None:
        row.closed_at, row.email = clock.now(), ""
        _write(row)
        events.record(_feedback_event("closed", row, actor))
    return row


def _feedback_event(what: str, row: AccessibilityFeedback, actor: Actor) -> events.Event:
    return events.Event(
        type=f"shell.feedback.{what}",
        actor=actor,
        object_kind="accessibility-feedback",
        object_id=row.id,
        changes={"page": [None, row.page]},
        level=0,
    )
