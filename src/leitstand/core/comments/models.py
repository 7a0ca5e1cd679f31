"""Comments on objects of any kind, and who is mentioned in them."""

from __future__ import annotations

import uuid

from django.db import models

from leitstand.core.base.models import Entity
from leitstand.core.history.tracked import keep_once


class Comment(Entity):
    """A comment as plain text; a removed one stays as a tombstone without its text."""

    kind = models.CharField(max_length=40)
    object_id = models.UUIDField()
    author = models.ForeignKey("accounts.Account", models.PROTECT, null=True, related_name="+")
    author_name = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    author_id: uuid.UUID | None

    class Meta:
        ordering = ("created_at", "id")
        indexes = [
            models.Index(fields=("kind", "object_id", "created_at"), name="comments_of_object"),
            models.Index(fields=("author", "created_at"), name="comments_of_author"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class Mention(models.Model):
    """A person mentioned in a comment."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="mentions")
    person = models.ForeignKey("org.Person", models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("comment", "person"), name="comments_mentioned_once")
        ]


keep_once(Comment)
