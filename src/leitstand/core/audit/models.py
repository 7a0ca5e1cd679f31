"""The append-only trail; database triggers forbid update and delete of events and seals."""

from __future__ import annotations

from django.db import models


class AuditEvent(models.Model):
    """One business event without personal data; ``changes`` maps fields to ``[old, new]``."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    type = models.CharField(max_length=80)
    object_kind = models.CharField(max_length=60)
    object_id = models.UUIDField(null=True)
    object_title = models.CharField(max_length=300, blank=True, default="")
    level = models.SmallIntegerField(default=1)
    unit_id = models.UUIDField(null=True)
    changes = models.JSONField(default=dict)
    reason = models.CharField(max_length=1000, blank=True, default="")
    request_id = models.CharField(max_length=64, blank=True, default="")
    personal_digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=("object_id", "id"), name="audit_event_object")]


class AuditPersonal(models.Model):
    """Personal part of an event; may be shredded, the chain covers only its salted digest."""

    event = models.OneToOneField(
        AuditEvent, models.DO_NOTHING, primary_key=True, related_name="personal"
    )
    salt = models.CharField(max_length=32)
    actor_name = models.CharField(max_length=200, blank=True, default="")
    account_id = models.UUIDField(null=True)
    address = models.CharField(max_length=64, blank=True, default="")
    details = models.JSONField(default=dict)
    shredded_at = models.DateTimeField(null=True)


class AuditSeal(models.Model):
    """A link of the chain: digest over the previous digest and the sealed events' digests."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    count = models.PositiveIntegerField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)


class AuditSealed(models.Model):
    """Which seal holds an event, at which place.

    A link row instead of a range of ids: on PostgreSQL ids are handed out before commit, so a
    late commit may carry a lower id than the last sealed event.
    """

    event = models.OneToOneField(
        AuditEvent, models.DO_NOTHING, primary_key=True, related_name="sealed"
    )
    seal = models.ForeignKey(AuditSeal, models.DO_NOTHING, related_name="sealed")
    position = models.PositiveIntegerField()
