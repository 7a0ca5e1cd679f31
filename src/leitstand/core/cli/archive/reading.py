"""Reading a backup that may be damaged or hostile: everything is checked before anything is used.

Nothing is ever unpacked by name: members are read one by one, and only names of known form.
"""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from leitstand.core.cli.archive.saving import FORMAT, FORMAT_VERSION, MANIFEST, digest_of
from leitstand.core.cli.archive.state import Migration
from leitstand.core.cli.failure import Failure

_NAME = re.compile(r"manifest\.json|data/[a-z_]+\.[a-z0-9_]+\.jsonl|files/[0-9a-f]{64}")
_CHUNK = 1 << 20
_MAX_MEMBERS = 2_000_000
_MAX_MANIFEST = 512 << 20
_MAX_LINE = 256 << 20
_SMALL = 16 << 20
# JSON lines shrink to a tenth or a thirtieth; 1:1000 is what a bomb needs.
_MAX_RATIO = 200


@dataclass(frozen=True)
class Manifest:
    """What the manifest of a backup says."""

    product_version: str
    created_at: str
    migrations: list[Migration]
    members: dict[str, dict[str, Any]]
    problems: list[str]


class Backup:
    """An opened backup; use as context manager, call :meth:`check` before anything else."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except FileNotFoundError:
            raise Failure(f"there is no file {path}.") from None
        except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile) as problem:
            raise self._refused(f"it is no complete zip file ({problem})") from None

    def __enter__(self) -> Backup:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._zip.close()

    def check(self) -> Manifest:
        """Return the manifest after every name, size and sum has been compared with it."""
        self._check_directory()
        manifest = self._manifest()
        names = {info.filename for info in self._zip.infolist()} - {MANIFEST}
        if missing := sorted(set(manifest.members) - names):
            raise self._refused(f"the part {missing[0]} is missing")
        if added := sorted(names - set(manifest.members)):
            raise self._refused(f"the part {added[0]} is not in its manifest")
        for name, said in manifest.members.items():
            self._check_member(name, said)
        return manifest

    def _check_directory(self) -> None:
        infos = self._zip.infolist()
        if len(infos) > _MAX_MEMBERS:
            raise self._refused(f"it has {len(infos)} parts")
        seen: set[str] = set()
        packed = 0
        for info in infos:
            if not _NAME.fullmatch(info.filename) or info.filename in seen:
                raise self._refused(
                    f"it has a part that does not belong there: {info.filename[:80]!r}"
                )
            seen.add(info.filename)
            packed += info.compress_size
            self._check_info(info)
        if packed > self.path.stat().st_size:
            raise self._refused("its parts overlap")

    def _check_info(self, info: zipfile.ZipInfo) -> None:
        if info.flag_bits & 0x1:
            raise self._refused("it is encrypted")
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise self._refused(f"the part {info.filename} is packed in an unknown way")
        if info.file_size > _SMALL and info.file_size > _MAX_RATIO * info.compress_size:
            raise self._refused(
                f"the part {info.filename} would grow to {info.file_size >> 20} MB when unpacked"
            )

    def _manifest(self) -> Manifest:
        try:
            info = self._zip.getinfo(MANIFEST)
        except KeyError:
            raise self._refused("it has no manifest; it is no backup of Leitstand") from None
        if info.file_size > _MAX_MANIFEST:
            raise self._refused("its manifest is too large")
        try:
            said = json.loads(b"".join(self.chunks(MANIFEST)))
            if said["format"] != FORMAT:
                raise self._refused(f"it is no backup but {str(said['format'])[:60]!r}")
            if said["format_version"] != FORMAT_VERSION:
                raise self._refused(
                    f"its format {said['format_version']!r} is unknown here; "
                    f"use Leitstand {said.get('product_version')!r} or newer"
                )
            return _understood(said)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
            raise self._refused(f"its manifest cannot be read ({problem!r:.120})") from None

    def _check_member(self, name: str, said: dict[str, Any]) -> None:
        digest = digest_of(self.chunks(name))
        if digest != said["sha256"]:
            raise self._refused(f"the checksum of {name} is wrong")
        if name.startswith("files/") and name.removeprefix("files/") != digest:
            raise self._refused(f"{name} does not hold the file that it names")

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a member's bytes in pieces of 1 MB; never more than its declared size."""
        try:
            with self._zip.open(name) as member:
                while chunk := member.read(_CHUNK):
                    yield chunk
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError) as problem:
            raise self._refused(f"the part {name} is damaged ({problem})") from None

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of a table."""
        try:
            with self._zip.open(name) as member:
                while line := member.readline(_MAX_LINE):
                    row = json.loads(line)
                    if not isinstance(row, dict):
                        raise self._refused(f"{name} holds something that is no row")
                    yield row
        except (ValueError, RecursionError, OSError, zipfile.BadZipFile, zlib.error) as problem:
            raise self._refused(f"the part {name} cannot be read ({problem})") from None

    def _refused(self, why: str) -> Failure:
        return Failure(
            f"{self.path} was refused, nothing was changed: {why}. Use another copy of the backup."
        )


def _understood(said: dict[str, Any]) -> Manifest:
    members = said["members"]
    for entry in members.values():
        if not isinstance(entry["sha256"], str) or not isinstance(entry["bytes"], int):
            raise TypeError("members")
    return Manifest(
        product_version=str(said["product_version"]),
        created_at=str(said["created_at"]),
        migrations=sorted((str(app), str(name)) for app, name in said["migrations"]),
        members=dict(members),
        problems=[str(text) for text in said["problems"]],
    )
