"""Writing a backup: tables as JSON lines, stored files, a manifest with sums."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps.registry import Apps
from django.conf import settings
from django.db import connection

from leitstand import __version__
from leitstand.core.base import clock
from leitstand.core.cli.archive import codec, pruning, scope, state
from leitstand.core.cli.archive.container import Container, writing
from leitstand.core.cli.archive.snapshot import snapshot
from leitstand.core.cli.failure import Failure
from leitstand.core.files import store

FORMAT, FORMAT_VERSION = "leitstand-backup", 1
MANIFEST = "manifest.json"
_CHUNK = 1 << 20


@dataclass
class Summary:
    """What was written; ``problems`` are stored files that are missing or damaged on disk."""

    rows: int = 0
    files: int = 0
    problems: list[str] = field(default_factory=list)


def save(target: Path) -> Summary:
    """Write a backup of the whole instance; raises ``Failure`` and leaves nothing behind.

    Works on a database that an older version has left: the tables are read as they are there.
    """
    summary = Summary()
    with snapshot():
        migrations = state.applied()
        _check_known(migrations)
        apps = state.models_at(migrations)
        with writing(target, compress=True) as container:
            for model in scope.tables(apps, scope.NOT_IN_BACKUP):
                name = f"data/{model._meta.label_lower}.jsonl"
                with closing(codec.rows(model)) as rows:
                    lines = (codec.line(row) + b"\n" for row in rows)
                    summary.rows += container.add(name, lines, rows=True)["rows"]
            add_stored_files(container, stored_digests(apps), summary)
            manifest = _manifest(container, migrations, summary)
            container.add_text(MANIFEST, codec.line(manifest) + b"\n")
    return summary


def _check_known(migrations: list[state.Migration]) -> None:
    if not migrations:
        raise Failure("there is nothing to back up: the database is empty; run: leitstand migrate")
    if foreign := state.unknown(migrations):
        app, name = foreign[0]
        raise Failure(
            f"the database was written by a newer version than {__version__} (it has {app} {name}); "
            "use that version."
        )


def _manifest(
    container: Container, migrations: list[state.Migration], summary: Summary
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "product_version": __version__,
        "created_at": codec.encode_value(clock.now()),
        "database": connection.vendor,
        "migrations": migrations,
        "members": container.members,
        "left_out": sorted(scope.NOT_IN_BACKUP),
        "secrets": "not included",
        "problems": summary.problems,
    }


def stored_digests(apps: Apps) -> list[str]:
    """Return the sums of all stored files that the database names."""
    if "files" not in {config.label for config in apps.get_app_configs()}:
        return []
    rows = apps.get_model("files", "StoredFile")._base_manager.values_list("sha256", flat=True)
    return sorted(set(rows.iterator(chunk_size=5000)))


def add_stored_files(container: Container, digests: list[str], summary: Summary) -> None:
    """Write the bytes of stored files as ``files/<sha256>``; notes what is missing or damaged."""
    for digest in digests:
        path = store.path_of(digest)
        if not path.is_file():
            summary.problems.append(f"the stored file {digest} is missing in {store.folder()}")
            continue
        if container.add(f"files/{digest}", chunks_of(path))["sha256"] != digest:
            summary.problems.append(f"the stored file {path} is damaged: its sum has changed")
        summary.files += 1


def chunks_of(path: Path) -> Generator[bytes, None, None]:
    """Yield a file's bytes in pieces of 1 MB."""
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            yield chunk


def automatic_backup(name: str) -> Path:
    """Write a backup to ``DATA/backups/<name>-<moment>.zip`` and return its path.

    Older ones of there go as :mod:`.pruning` says, once the new one is complete.
    """
    folder = Path(settings.CONFIG.data) / "backups"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    moment = clock.now().strftime("%Y%m%d-%H%M%S")
    target = folder / f"{name}-{moment}.zip"
    save(target)
    pruning.prune(settings.CONFIG.backups_keep)
    return target


def digest_of(chunks: Iterator[bytes], check: Callable[[int], None] | None = None) -> str:
    """Return the SHA-256 of a stream; ``check`` is told the size so far."""
    total, digest = 0, hashlib.sha256()
    for chunk in chunks:
        total += len(chunk)
        digest.update(chunk)
        if check:
            check(total)
    return digest.hexdigest()
