"""The tables as they are in a database, which may be older than the program."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import StateApps

Migration = tuple[str, str]


def _program() -> MigrationLoader:
    """Return the program's own migrations; asks no database."""
    return MigrationLoader(None)


def applied() -> list[Migration]:
    """Return the migrations that the database has, sorted."""
    return sorted(MigrationRecorder(connection).applied_migrations())


def unknown(migrations: Iterable[Migration]) -> list[Migration]:
    """Return those that this program does not know: they come from a newer version."""
    return sorted(set(migrations) - set(_program().disk_migrations))


def pending() -> list[Migration]:
    """Return the migrations that the database still lacks, sorted."""
    return sorted(set(_program().graph.nodes) - set(applied()))


def models_at(migrations: Iterable[Migration]) -> StateApps:
    """Return the models as they were when exactly these migrations had been applied."""
    loader = _program()
    nodes = [node for node in migrations if node in loader.graph.nodes]
    return loader.project_state(nodes).apps


def newest(migrations: Iterable[Migration]) -> list[Migration]:
    """Return of each app the last of these migrations: the targets that lead to this state."""
    wanted, graph = set(migrations), _program().graph
    return sorted(node for node in wanted & set(graph.nodes) if not _followed(node, wanted, graph))


def _followed(node: Migration, wanted: set[Migration], graph: MigrationGraph) -> bool:
    later = {child.key for child in graph.node_map[node].children}
    return any(key[0] == node[0] and key in wanted for key in later)
