"""Migrations that are recorded in the transaction in which they are applied.

Django records a migration with deferred statements (indexes, references) after its commit; a kill
between the two leaves tables that the next run cannot create again.
"""

from __future__ import annotations

from typing import Any

from django.db.migrations.executor import MigrationExecutor


class RecordingExecutor(MigrationExecutor):
    """Applies a migration, its deferred statements and its record in one transaction."""

    def apply_migration(
        self, state: Any, migration: Any, fake: bool = False, fake_initial: bool = False
    ) -> Any:
        """As Django's, but for what is faked or cannot be one transaction."""
        if fake or fake_initial or not migration.atomic:
            return super().apply_migration(state, migration, fake, fake_initial)
        if self.progress_callback:
            self.progress_callback("apply_start", migration, fake)
        with self.connection.schema_editor(atomic=True) as editor:
            state = migration.apply(state, editor)
            for statement in editor.deferred_sql:
                editor.execute(statement, None)
            editor.deferred_sql.clear()
            record: Any = self.record_migration  # the stubs describe an older one
            record(migration)
        if self.progress_callback:
            self.progress_callback("apply_success", migration, fake)
        return state
