"""PostgreSQL: TRUNCATE passes triggers for rows; a trigger for the statement forbids it too."""

from __future__ import annotations

from typing import Any

from django.db import migrations

TABLES = ("audit_auditevent", "audit_auditsealed", "audit_auditseal", "audit_auditpersonal")


def forbid(apps: Any, schema_editor: Any) -> None:
    """Create the triggers; SQLite has no TRUNCATE."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION leitstand_append_only()"
        )


def allow(apps: Any, schema_editor: Any) -> None:
    """Drop the triggers again."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")


class Migration(migrations.Migration):
    """Append-only in every way."""

    dependencies = [("audit", "0002_append_only")]
    operations = [migrations.RunPython(forbid, allow)]
