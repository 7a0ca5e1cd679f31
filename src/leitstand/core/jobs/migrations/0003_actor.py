"""Jobs remember as whom they act."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def mark_systems(apps: Any, schema_editor: Any) -> None:
    """Until now a job without an owner was the product's own."""
    apps.get_model("jobs", "Job").objects.filter(owner=None).update(actor_kind="system")


class Migration(migrations.Migration):
    """Kind of the actor and the scopes of a token."""

    dependencies = [("jobs", "0002_worker")]

    operations = [
        migrations.AddField("job", "actor_kind", models.CharField(default="user", max_length=10)),
        migrations.AddField("job", "scopes", models.JSONField(null=True)),
        migrations.RunPython(mark_systems, migrations.RunPython.noop),
    ]
