"""Notices, the outbox of e-mails, what people have chosen, when the daily e-mail leaves."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leitstand.core.base.models import Entity
from leitstand.core.notify.kinds import Channel


class Notification(Entity):
    """One thing that somebody was told; without account it went out by e-mail alone.

    ``key`` is given by the cause and never used twice. ``wants_mail`` says that an e-mail was
    asked for, also if it was skipped. ``about_*`` name the object whose level protects what the
    texts say, and the title as they say it.
    """

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=80)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="notifications"
    )
    person_id = models.UUIDField(null=True)
    subject = models.CharField(max_length=300)
    text = models.TextField(blank=True, default="")
    url = models.CharField(max_length=500, blank=True, default="")
    urgent = models.BooleanField(default=False)
    expires = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    wants_mail = models.BooleanField(default=True)
    digest_due = models.BooleanField(default=False)
    about_kind = models.CharField(max_length=40, blank=True, default="")
    about_id = models.UUIDField(null=True)
    about_title = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(
                fields=("about_id",), condition=Q(about_id__isnull=False), name="notify_about"
            ),
            models.Index(fields=("account", "id"), name="notify_account"),
            models.Index(
                fields=("account",), condition=Q(read_at__isnull=True), name="notify_unread"
            ),
            models.Index(
                fields=("account",), condition=Q(digest_due=True), name="notify_digest_due"
            ),
        ]


class Mail(Entity):
    """One e-mail in the outbox; ``body`` is emptied once it was sent if it was ``sensitive``.

    ``worker`` is the worker that sends it, as in :class:`leitstand.core.jobs.models.Job`.
    """

    class State(models.TextChoices):
        """Life of an e-mail."""

        WAITING = "waiting", pgettext_lazy("mail", "waiting")
        SENDING = "sending", _("is being sent")
        SENT = "sent", pgettext_lazy("mail", "sent")
        UNCERTAIN = "uncertain", _("unclear whether sent")
        REJECTED = "rejected", pgettext_lazy("mail", "rejected by the server")
        BOUNCED = "bounced", _("came back")
        FAILED = "failed", _("given up")
        SKIPPED = "skipped", _("not sent")

    class Cause(models.TextChoices):
        """Why an e-mail is in its state, where the server has not said so itself."""

        NONE = "", ""
        NO_ADDRESS = "no_address", _("There is no e-mail address.")
        BAD_ADDRESS = "bad_address", _("No e-mail can be sent to this address.")
        NO_SERVER = "no_server", _("No mail server is set.")
        EXPIRED = "expired", _("It could not be sent before it had lost its meaning.")
        KILLED = "killed", _("The sending was cut off; the e-mail may have arrived.")
        NO_ANSWER = "no_answer", _("The server took the e-mail but did not confirm it.")
        LATER = "later", _("The server asked to try again later.")
        DROPPED = "dropped", _("The connection broke; the next attempt follows.")

    key = models.CharField(max_length=200, unique=True)
    notification = models.OneToOneField(
        Notification, models.CASCADE, null=True, related_name="mail"
    )
    kind = models.CharField(max_length=80)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+"
    )
    address = models.CharField(max_length=254, blank=True, default="")
    subject = models.CharField(max_length=300)
    body = models.TextField(blank=True, default="")
    sensitive = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    cause = models.CharField(max_length=12, choices=Cause.choices, blank=True, default="")
    said = models.CharField(max_length=500, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    expires = models.DateTimeField(null=True)
    worker = models.CharField(max_length=120, blank=True, default="")
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=("state", "next_at"), name="notify_mail_state")]


class Preference(Entity):
    """The channel that somebody has chosen for a kind of notice."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_preferences"
    )
    kind = models.CharField(max_length=80)
    channel = models.CharField(max_length=10, choices=Channel.choices)

    class Meta:
        ordering = ("kind",)
        constraints = [
            models.UniqueConstraint(fields=("account", "kind"), name="notify_preference_once")
        ]


class Schedule(models.Model):
    """When the daily e-mail leaves: time of day here, and days of the week (1 = Monday)."""

    daily_at = models.TimeField(default=datetime.time(7, 0))
    daily_days = models.CharField(max_length=7, default="12345")
