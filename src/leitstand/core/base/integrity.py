"""Why the database refused a row."""

from __future__ import annotations

import sqlite3
from typing import Any

from django.db import IntegrityError

_SQLITE = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
_UNIQUE_VIOLATION = "23505"


def is_duplicate(problem: IntegrityError) -> bool:
    """Whether a rule of uniqueness was broken, and no other (SQLite's code, SQL state)."""
    cause: Any = problem.__cause__
    code = getattr(cause, "sqlite_errorcode", None)
    return code in _SQLITE or getattr(cause, "sqlstate", None) == _UNIQUE_VIOLATION
