"""The only writers of stored files."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

from django.db import transaction

from leitstand.core.base import clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.models import Level
from leitstand.core.files import store
from leitstand.core.files.models import StoredFile

_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\<>:\"|?*]+")


def safe_name(name: str) -> str:
    """Return the last part of a file name without control characters or path separators."""
    cleaned = _UNSAFE.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(". ")
    return cleaned[-200:] or "datei"


def keep_file(
    chunks: Iterable[bytes],
    *,
    actor: Actor,
    name: str,
    unit_id: uuid.UUID | None = None,
    confidentiality: int = Level.INTERNAL,
) -> StoredFile:
    """Store bytes, then the row; raises ``Refused`` or ``Unavailable`` with nothing stored.

    Call it outside of any transaction: receiving, syncing and scanning the bytes takes time, and
    nobody else could write meanwhile.
    """
    stored = store.put(chunks)
    return keep_stored(
        stored, actor=actor, name=name, unit_id=unit_id, confidentiality=confidentiality
    )


def keep_stored(
    stored: tuple[str, int, str],
    *,
    actor: Actor,
    name: str,
    unit_id: uuid.UUID | None = None,
    confidentiality: int = Level.INTERNAL,
) -> StoredFile:
    """Write the row of bytes that ``store.put`` has just stored; may stand in a transaction."""
    digest, size, kind = stored
    with transaction.atomic():
        row = StoredFile.objects.create(
            name=safe_name(name),
            size=size,
            sha256=digest,
            media_type=kind,
            unit_id=unit_id,
            confidentiality=confidentiality,
            uploaded_by_id=actor.account_id,
        )
        events.record(
            events.Event(
                type="files.stored",
                actor=actor,
                object_kind="file",
                object_id=row.id,
                object_title=row.name,
                changes={"size": [None, size], "sha256": [None, digest]},
                level=confidentiality,
                unit_id=unit_id,
            )
        )
    return row


def remove_file(row: StoredFile) -> None:
    """Remove a file for good; the bytes go with the last row that has them, after the commit.

    Nothing may refer to the row any more. Bytes written within the last minutes stay: somebody
    may be about to store a row for them.
    """
    with transaction.atomic():
        row.delete()
        transaction.on_commit(lambda: _forget_bytes(row.sha256))


def _forget_bytes(sha256: str) -> None:
    if not StoredFile.objects.filter(sha256=sha256).exists():
        store.remove(sha256)


def sweep() -> int:
    """Remove bytes that no row has (any more); returns how many files went.

    Looks into one of the 256 folders per minute, so that a round stays short. Fresh bytes stay,
    as in :func:`remove_file`.
    """
    prefix = f"{int(clock.now().timestamp()) // 60 % 256:02x}"
    lying = store.digests(prefix)
    used = set(
        StoredFile.objects.filter(sha256__startswith=prefix).values_list("sha256", flat=True)
    )
    return sum(store.remove(digest) for digest in lying if digest not in used)
