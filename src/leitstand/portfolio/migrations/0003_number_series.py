"""The series of running numbers; it begins at the highest number in use, on first use."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Table of number series."""

    dependencies = [("portfolio", "0002_frozen_baselines")]
    operations = [
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                ("code", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("last", models.PositiveBigIntegerField(default=0)),
            ],
        ),
    ]
