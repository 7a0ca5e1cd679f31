"""The error with which a command ends: one line for the person at the terminal, exit code 1."""

from __future__ import annotations

import errno
from pathlib import Path


class Failure(Exception):
    """A command cannot do its work; the text says what, where and how to mend it."""


class NotReady(Failure):
    """The instance lacks its first set-up; exit code 3."""


def disk_failure(problem: OSError, path: Path, doing: str) -> Failure:
    """Return the failure for an operating system error while ``doing`` something at ``path``."""
    if problem.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return Failure(
            f"{doing}: there is no room left at {path.parent}; nothing was kept. "
            "Free some space or choose another disk."
        )
    return Failure(f"{doing}: {path}: {problem.strerror or problem}")
