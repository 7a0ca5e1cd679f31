"""Stored files: hostile names and contents, full disk, scanner; nothing half there."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import os
import stat
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from leitstand.core.audit.models import AuditEvent
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound, Refused, Unavailable
from leitstand.core.files import store
from leitstand.core.files.actions import keep_file, safe_name
from leitstand.core.files.models import StoredFile
from leitstand.core.files.serving import attachment

SYSTEM = Actor.system("test")


@pytest.fixture
def folder(settings: Any, tmp_path: Any) -> Any:
    settings.CONFIG = dataclasses.replace(settings.CONFIG, data=tmp_path, max_upload=1 << 20)
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "tmp")
    return tmp_path / "files"


def on_disk(folder: Any) -> Any:
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def nothing_stored(folder: Any) -> Any:
    return not on_disk(folder) and not StoredFile.objects.exists()


def test_bytes_row_and_event_belong_together(db: Any, folder: Any) -> None:
    row = keep_file([b"Hallo ", b"Welt"], actor=SYSTEM, name="gru\u00df.txt")
    digest = hashlib.sha256(b"Hallo Welt").hexdigest()
    assert (row.name, row.size, row.sha256, row.media_type) == (
        "gru\u00df.txt", 10, digest, "text/plain",
    )  # fmt: skip
    assert on_disk(folder) == [folder / digest[:2] / digest]
    event = AuditEvent.objects.get(type="files.stored")
    assert event.changes["sha256"] == [None, digest]


def test_the_same_bytes_lie_there_once(db: Any, folder: Any) -> None:
    for name in ("a.txt", "b.txt"):
        keep_file([b"gleich"], actor=SYSTEM, name=name)
    assert StoredFile.objects.count() == 2
    assert len(on_disk(folder)) == 1


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/abs/olut.pdf", "olut.pdf"),
        ("a\x00b\nc.txt", "a_b_c.txt"),
        ("CON:<>|?*.txt", "CON_.txt"),
        ("...", "datei"),
        ("", "datei"),
        ("x" * 500 + ".pdf", "x" * 196 + ".pdf"),
        ("Übersicht (neu).xlsx", "Übersicht (neu).xlsx"),
    ],
)
def test_names_lose_what_could_lead_elsewhere(name: Any, safe: Any) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize(
    ("chunks", "word"),
    [
        ([], "leer|empty"),
        ([b""], "leer|empty"),
        ([b"x" * (1 << 20), b"x"], "1 MB"),
        ([b"\x7fELF\x02\x01\x01"], "Programm|Programs"),
        ([b"M", b"Z\x90\x00"], "Programm|Programs"),
        ([b"#!/bin/sh\nrm -rf /\n"], "Programm|Programs"),
    ],
    ids=["none", "empty", "too large", "elf", "exe in pieces", "script"],
)
def test_unwanted_content_is_refused_and_leaves_nothing(
    db: Any, folder: Any, chunks: Any, word: Any
) -> None:
    with pytest.raises(Refused, match=word) as refusal:
        keep_file(chunks, actor=SYSTEM, name="harmlos.pdf")
    assert refusal.value.remedy
    assert nothing_stored(folder)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"<svg onload=alert(1)>", "application/xml"),
        (b"  <html><script>", "text/html"),
        (b"\x00\x01\x02", "application/octet-stream"),
        (b"Bericht", "text/plain"),
    ],
)
def test_content_says_what_a_file_is_not_its_name(
    db: Any, folder: Any, head: Any, kind: Any
) -> None:
    assert keep_file([head], actor=SYSTEM, name="bild.png").media_type == kind


@pytest.mark.parametrize("moment", ["fsync", "replace", "mkstemp"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_full_disk_leaves_no_row_and_no_rest(
    db: Any, folder: Any, monkeypatch: Any, moment: Any, code: Any
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise OSError(code, os.strerror(code))

    target = store.tempfile if moment == "mkstemp" else store.os
    monkeypatch.setattr(target, moment, fail)
    with pytest.raises(Unavailable) as refusal:
        keep_file([b"wichtig"], actor=SYSTEM, name="wichtig.txt")
    assert refusal.value.text
    assert refusal.value.status == 503
    monkeypatch.undo()
    assert nothing_stored(folder)
    assert not AuditEvent.objects.filter(type="files.stored").exists()


def test_a_broken_upload_leaves_nothing(db: Any, folder: Any) -> Any:
    def chunks() -> Any:
        yield b"halb"
        raise ConnectionResetError

    with pytest.raises(Unavailable):
        keep_file(chunks(), actor=SYSTEM, name="halb.txt")
    assert nothing_stored(folder)


def scanner(tmp_path: Any, settings: Any, body: Any) -> None:
    script = tmp_path / "scan.sh"
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(script.stat().st_mode | stat.S_IEXEC)
    settings.CONFIG = dataclasses.replace(
        settings.CONFIG, virus_scanner=f"{script} --laut 'mit leer'"
    )


def test_the_scanner_decides(db: Any, folder: Any, tmp_path: Any, settings: Any) -> None:
    body = 'test "$1" = --laut && test "$2" = "mit leer" && ! grep -q EICAR "$3"'
    scanner(tmp_path, settings, body)
    keep_file([b"sauber"], actor=SYSTEM, name="a.txt")
    with pytest.raises(Refused, match="Virenscanner|virus"):
        keep_file([b"X5O!P%@AP EICAR"], actor=SYSTEM, name="b.txt")
    assert StoredFile.objects.count() == len(on_disk(folder)) == 1


def test_a_scanner_that_is_missing_or_hangs_lets_nothing_in(
    db: Any, folder: Any, tmp_path: Any, settings: Any, monkeypatch: Any
) -> None:
    settings.CONFIG = dataclasses.replace(settings.CONFIG, virus_scanner="/gibt/es/nicht")
    with pytest.raises(Unavailable):
        keep_file([b"x"], actor=SYSTEM, name="a.txt")
    scanner(tmp_path, settings, "exec sleep 30")
    monkeypatch.setattr(store, "_SCAN_SECONDS", 0.2)
    with pytest.raises(Unavailable):
        keep_file([b"x"], actor=SYSTEM, name="a.txt")
    assert nothing_stored(folder)


def test_files_are_handed_out_as_attachment_only(db: Any, folder: Any) -> None:
    row = keep_file([b"<script>alert(1)</script>"], actor=SYSTEM, name="böse\r\nX: y.html")
    response = attachment(row)
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert "\n" not in response.headers["Content-Disposition"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert b"".join(response.streaming_content) == b"<script>alert(1)</script>"
    response.close()
    store.path_of(row.sha256).unlink()
    with pytest.raises(NotFound):
        attachment(row)


def test_a_disk_that_fills_up_during_the_upload_is_told(
    client_of: Any, folder: Any, monkeypatch: Any
) -> None:
    from django.core.files.uploadhandler import TemporaryFileUploadHandler

    def fail(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", fail)
    url = reverse("administration:units_import")
    file = SimpleUploadedFile("a.csv", b"code;name\n")
    answer = client_of("admin").post(url, {"file": file}, headers={"accept-language": "de"})
    assert answer.status_code == 503
    assert "Speicherplatz" in answer.content.decode()
    assert not list((folder.parent / "tmp").glob("*"))


def test_an_upload_above_the_limit_is_stopped_with_a_page(client_of: Any, folder: Any) -> None:
    big = SimpleUploadedFile("gross.csv", b"x" * ((1 << 20) + 10))
    url = reverse("administration:units_import")
    answer = client_of("admin").post(url, {"file": big}, headers={"accept-language": "de"})
    assert answer.status_code in (413, 422)
    assert "größer als 1 MB" in answer.content.decode()
    assert not list((folder.parent / "tmp").glob("*"))
