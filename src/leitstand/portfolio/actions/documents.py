"""Writer of uploaded documents: the file is as protected as its project."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from django.db import transaction

from leitstand.core.base.actor import Actor
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.files import store
from leitstand.core.files.actions import keep_stored
from leitstand.portfolio import policy
from leitstand.portfolio.actions.items import add_item


def add_document(
    project_id: uuid.UUID,
    *,
    actor: Actor,
    title: str,
    name: str,
    chunks: Iterable[bytes],
) -> Any:
    """Keep an uploaded file as a document of the project; the title defaults to the file's name.

    Rights are checked before a byte is stored; the bytes are received, synced and scanned before
    the transaction begins, so that nobody waits for them. Bytes whose rows fail are swept later.
    Raises ``NotFound``, ``NotAllowed``, ``Invalid``, or what the file store raises (``Refused``,
    ``Unavailable``).
    """
    policy.require(actor, policy.CHANGE, policy.get_visible(actor, project_id))
    refuse_unstorable({"title": title})
    stored = store.put(chunks)
    with transaction.atomic():
        project = policy.get_visible(actor, project_id)
        file = keep_stored(
            stored,
            actor=actor,
            name=name,
            unit_id=project.lead_unit_id,
            confidentiality=project.confidentiality,
        )
        values = {"title": title.strip() or PurePath(file.name).stem, "file": file}
        return add_item("document", project_id, actor=actor, values=values)
