"""Database triggers that forbid changing a frozen baseline; it ends with its project only."""

from __future__ import annotations

from typing import Any

from django.db import migrations

TABLES = ("portfolio_baseline", "portfolio_baselinemilestone")
TEXT = "a baseline is frozen"


def forbid(apps: Any, schema_editor: Any) -> None:
    """Create the triggers for the database in use."""
    postgres = schema_editor.connection.vendor == "postgresql"
    if postgres:
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION leitstand_frozen() RETURNS trigger LANGUAGE plpgsql "
            f"AS $$ BEGIN RAISE EXCEPTION '{TEXT}'; END $$"
        )
    body = (
        "FOR EACH ROW EXECUTE FUNCTION leitstand_frozen()"
        if postgres
        else f"BEGIN SELECT RAISE(ABORT, '{TEXT}'); END"
    )
    for table in TABLES:
        schema_editor.execute(f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} {body}")


def allow(apps: Any, schema_editor: Any) -> None:
    """Drop the triggers again."""
    for table in TABLES:
        suffix = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_frozen{suffix}")


class Migration(migrations.Migration):
    """Baselines never change."""

    dependencies = [("portfolio", "0001_initial")]
    operations = [migrations.RunPython(forbid, allow)]
