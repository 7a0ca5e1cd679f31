"""Which backups in ``DATA/backups`` may go: the newest stay, and the last one of each month."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

_NAME = re.compile(r".+-(\d{6})\d{2}-\d{6}\.zip")


def folder() -> Path:
    """Return where ``migrate`` and ``restore`` put backups of their own."""
    return Path(settings.CONFIG.data) / "backups"


def superfluous(keep: int) -> list[Path]:
    """Return the backups that may go, the oldest first; files of other names are left alone."""
    try:
        found = [path for path in folder().iterdir() if _NAME.fullmatch(path.name)]
    except FileNotFoundError:
        return []
    found.sort(key=lambda path: path.name[-19:])
    last_of_month = {_month(path): path for path in found}
    kept = {*found[-keep:], *last_of_month.values()} if keep else set(last_of_month.values())
    return [path for path in found if path not in kept]


def _month(path: Path) -> str:
    named = _NAME.fullmatch(path.name)
    return named[1] if named else ""


def prune(keep: int) -> list[Path]:
    """Remove what may go; returns it. One that has vanished meanwhile is no obstacle."""
    gone = superfluous(keep)
    for path in gone:
        path.unlink(missing_ok=True)
    return gone
