"""Which versions this program may upgrade, as data, and the check before anything is touched."""

from __future__ import annotations

from django.db import connection

from leitstand import __version__
from leitstand.core.base import actions
from leitstand.core.base.models import InstanceState
from leitstand.core.cli.archive import state
from leitstand.core.cli.failure import Failure

# Series (major.minor) whose databases this program can bring up to date in one step. Add the
# present series at every release; take an old one out only when its migrations are squashed.
DIRECT_FROM: tuple[str, ...] = ("0.1",)
# Databases from before the version was recorded.
UNRECORDED = "0.1.0"


def series(version: str) -> tuple[int, int] | None:
    """Return (major, minor) of a version such as ``1.4.2``, or None if it is no version."""
    parts = version.split(".")
    if len(parts) < 2 or not parts[0].isdigit() or not parts[1].isdigit():
        return None
    return int(parts[0]), int(parts[1])


def check_version(found: str, what: str) -> None:
    """Raise ``Failure`` unless data of version ``found`` may be upgraded by this program.

    ``what`` begins the sentence: "the database", "the backup".
    """
    theirs, ours = series(found), series(__version__)
    if theirs is None or ours is None:
        raise Failure(f"{what} claims the version {found!r}, which is none; nothing was changed.")
    if theirs > ours:
        raise Failure(
            f"{what} belongs to Leitstand {found}, this is the older {__version__}; nothing was "
            f"changed. Use Leitstand {found} or newer."
        )
    if f"{theirs[0]}.{theirs[1]}" not in DIRECT_FROM:
        raise Failure(
            f"{what} belongs to Leitstand {found}; {__version__} upgrades only from "
            f"{', '.join(DIRECT_FROM)}. Nothing was changed. Upgrade to one of these first."
        )


def check_database() -> None:
    """Raise ``Failure`` unless this program may use or upgrade the database as it is."""
    applied = state.applied()
    if not applied:
        return
    check_version(recorded_version(), "the database")
    if foreign := state.unknown(applied):
        app, name = foreign[0]
        raise Failure(
            f"the database has {app} {name}, which Leitstand {__version__} does not know: a newer "
            "version has written it. Nothing was changed. Use that version."
        )


def recorded_version() -> str:
    """Return the version that last migrated the database."""
    if InstanceState._meta.db_table not in connection.introspection.table_names():
        return UNRECORDED
    return actions.recall(actions.PRODUCT_VERSION) or UNRECORDED


def record_version() -> None:
    """Keep the program's version with the database."""
    actions.remember(actions.PRODUCT_VERSION, __version__)
