"""Files of projects: nobody waits for an upload, and nothing of a deleted file stays."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction

from tests.portfolio.making import SYSTEM, make_project


@pytest.fixture
def project(unit_tree: dict[str, Any]) -> Any:
    return make_project(unit_tree["10"])


def _add(project: Any, text: bytes = b"Auftrag", title: str = "") -> Any:
    from leitstand.portfolio.actions.documents import add_document

    return add_document(project.pk, actor=SYSTEM, title=title, name="auftrag.txt", chunks=[text])


def _age(digest: str) -> Any:
    """Let the bytes look as if they had been stored long ago."""
    from leitstand.core.files import store

    path = store.path_of(digest)
    os.utime(path, (time.time() - 3600,) * 2)
    return path


@pytest.mark.django_db(transaction=True)
def test_bytes_are_received_outside_of_any_transaction(project: Any) -> None:
    from leitstand.portfolio.actions.documents import add_document

    held: list[bool] = []

    def chunks() -> Iterator[bytes]:
        for _ in range(3):
            held.append(connection.in_atomic_block)
            yield b"Auftrag"

    add_document(project.pk, actor=SYSTEM, title="", name="a.txt", chunks=chunks())
    assert held == [False] * 3
    assert project.documents.get().title == "a"


def test_a_document_whose_rows_fail_leaves_no_row_and_its_bytes_are_swept(project: Any) -> None:
    from leitstand.core.base.errors import Invalid
    from leitstand.core.files.actions import sweep
    from leitstand.core.files.models import StoredFile
    from leitstand.core.files.store import digests

    kept = _add(project, b"bleibt")
    with pytest.raises(Invalid):
        _add(project, b"scheitert", title="x" * 301)
    assert [row.pk for row in StoredFile.objects.all()] == [kept.file_id]
    lost = next(
        name for n in range(256) for name in digests(f"{n:02x}") if name != kept.file.sha256
        and _age(name).read_bytes() == b"scheitert"
    )  # fmt: skip
    _age(kept.file.sha256)
    for digest in (lost, kept.file.sha256):
        moment = datetime.fromtimestamp(int(digest[:2], 16) * 60, UTC)
        _sweep_at(moment, sweep)
    assert not _path(lost).exists()
    assert _path(kept.file.sha256).exists()


def _sweep_at(moment: datetime, sweep: Any) -> None:
    from unittest.mock import patch

    with patch("leitstand.core.files.actions.clock.now", return_value=moment):
        sweep()


def _path(digest: str) -> Any:
    from leitstand.core.files import store

    return store.path_of(digest)


@pytest.mark.parametrize("what", ["document", "project"])
def test_a_deleted_document_leaves_nothing_on_disk(
    project: Any, what: str, django_capture_on_commit_callbacks: Any
) -> None:
    from leitstand.core.files.models import StoredFile
    from leitstand.portfolio.actions.items import remove_item
    from leitstand.portfolio.actions.projects import delete_project

    row = _add(project, b"geheim " + what.encode())
    path = _age(row.file.sha256)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        if what == "document":
            remove_item("document", row.pk, actor=SYSTEM, version=1)
        else:
            delete_project(project.pk, actor=SYSTEM, version=1, reason="doppelt")
    assert not StoredFile.objects.exists()
    assert not path.exists()
