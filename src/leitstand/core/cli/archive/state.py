"""The tables as they are in a database, which may be older than the program."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import StateApps

Migration = tuple[str, str]


def applied() -> list[Migration]:
    """Return the migrations that the database has, sorted."""
    return sorted(MigrationLoader(connection).applied_migrations)


def unknown(migrations: Iterable[Migration]) -> list[Migration]:
    """Return those that this program does not know: they come from a newer version."""
    known = MigrationLoader(connection, ignore_no_migrations=True).disk_migrations or {}
    return sorted(set(migrations) - set(known))


def pending() -> list[Migration]:
    """Return the migrations that the database still lacks, sorted."""
    loader = MigrationLoader(connection)
    return sorted(set(loader.graph.nodes) - set(loader.applied_migrations))


def models_at(migrations: Iterable[Migration]) -> StateApps:
    """Return the models as they were when exactly these migrations had been applied."""
    loader = MigrationLoader(connection)
    nodes = [node for node in migrations if node in loader.graph.nodes]
    return loader.project_state(nodes).apps


def newest(migrations: Iterable[Migration]) -> list[Migration]:
    """Return of each app the last of these migrations: the targets that lead to this state."""
    loader = MigrationLoader(connection, load=False)
    loader.load_disk()
    loader.build_graph()
    wanted = set(migrations)
    graph = loader.graph
    return sorted(
        node
        for node in wanted & set(graph.nodes)
        if not any(child.key in wanted and child.key[0] == node[0]
                   for child in graph.node_map[node].children)
    )  # fmt: skip
