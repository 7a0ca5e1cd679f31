"""Writing everything in an open format: two exports of the same state are the same bytes.

No moment of writing, fixed order, stored without compression (the bytes of compressed data
depend on the library's version).
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models

from leitstand import __version__
from leitstand.core.base.jsonvalues import plain_numbers
from leitstand.core.cli.archive import codec, saving, scope, state
from leitstand.core.cli.archive.container import Container, writing
from leitstand.core.cli.archive.snapshot import snapshot
from leitstand.core.cli.failure import Failure

_READ_ME = """\
Export aus Leitstand
====================
data/<Art>.json   alle Objekte einer Art als JSON-Liste, ein Objekt je Zeile,
                  sortiert nach dem Schlüssel (id); Zeitpunkte in UTC
files/<sha256>    abgelegte Dateien; Name und Typ stehen in data/files.storedfile.json
manifest.json     Anzahl, Größe und Prüfsumme (SHA-256) jedes Teils
Nicht enthalten: Passwörter, Zugriffsschlüssel, Sitzungen, Personenbezug des Protokolls.

Export from Leitstand
=====================
data/<kind>.json  all objects of a kind as a JSON list, one object per line,
                  sorted by key (id); moments in UTC
files/<sha256>    stored files; name and type are in data/files.storedfile.json
manifest.json     count, size and checksum (SHA-256) of each part
Not included: passwords, tokens, sessions, the personal part of the audit trail.
"""


def export_all(target: Path) -> saving.Summary:
    """Write the export; raises ``Failure`` and leaves nothing behind."""
    if state.pending():
        raise Failure("the database is not up to date; run: leitstand migrate")
    summary = saving.Summary()
    with snapshot(), writing(target, compress=False) as container:
        container.add_text("README.txt", _READ_ME.encode())
        for model in scope.tables(apps, scope.NOT_IN_EXPORT):
            summary.rows += _add_kind(container, model)
        saving.add_stored_files(container, saving.stored_digests(apps), summary)
        manifest = {
            "format": "leitstand-export",
            "format_version": 1,
            "product_version": __version__,
            "members": container.members,
        }
        container.add_text("manifest.json", codec.line(manifest) + b"\n")
    return summary


def _add_kind(container: Container, model: type[models.Model]) -> int:
    label = model._meta.label_lower
    left_out = scope.FIELDS_NOT_IN_EXPORT.get(label, frozenset())
    rows = codec.rows(model, left_out, plain_numbers)
    entry = container.add(f"data/{label}.json", _listed(rows), rows=True)
    entry["rows"] -= 1
    return int(entry["rows"])


def _listed(rows: Generator[dict[str, Any], None, None]) -> Generator[bytes, None, None]:
    """Yield a JSON list, one object per line; one chunk more than there are rows."""
    first = True
    with closing(rows):
        for row in rows:
            yield (b"[\n" if first else b",\n") + codec.line(row)
            first = False
    yield b"[]\n" if first else b"\n]\n"
