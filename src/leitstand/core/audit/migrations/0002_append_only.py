"""Database triggers that forbid changing or deleting events, links and seals."""

from __future__ import annotations

from typing import Any

from django.db import migrations

TABLES = ("audit_auditevent", "audit_auditsealed", "audit_auditseal")
UNDELETABLE = (*TABLES, "audit_auditpersonal")


def forbid(apps: Any, schema_editor: Any) -> None:
    """Create the triggers for the database in use."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION leitstand_append_only() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$"
        )
    for table in UNDELETABLE:
        _trigger(schema_editor, table, "DELETE")
    for table in TABLES:
        _trigger(schema_editor, table, "UPDATE")


def _trigger(schema_editor: Any, table: str, verb: str) -> None:
    name = f"{table}_no_{verb.lower()}"
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION leitstand_append_only()"
        )
    else:
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
        )


def allow(apps: Any, schema_editor: Any) -> None:
    """Drop the triggers again."""
    for table in UNDELETABLE:
        for verb in ("delete", "update"):
            suffix = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{suffix}")


class Migration(migrations.Migration):
    """Append-only tables of the audit trail."""

    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(forbid, allow)]
