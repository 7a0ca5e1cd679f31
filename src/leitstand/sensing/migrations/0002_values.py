"""Tables of values and their rollups, by SQL of each database; on PostgreSQL in months."""

from datetime import UTC, date, datetime

import django.db.models.deletion
from django.db import migrations, models

from leitstand.core.base import clock

_VALUE = """
    id bigint NOT NULL, datastream_id bigint NOT NULL, feature_id bigint NOT NULL,
    start bigint NOT NULL, stop bigint, result_time bigint, number double precision,
    other {json}, quality {json}, valid_start bigint, valid_stop bigint, parameters {json}"""
_ROLLUP = """CREATE TABLE sensing_{name} (
    datastream_id bigint NOT NULL, start bigint NOT NULL, count bigint NOT NULL,
    total double precision NOT NULL, lowest double precision NOT NULL,
    highest double precision NOT NULL, PRIMARY KEY (datastream_id, start)){more}"""


def create(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    execute = schema_editor.execute
    columns = _VALUE.format(json="jsonb" if postgres else "text")
    if postgres:
        execute(f"CREATE TABLE sensing_observation ({columns}, PRIMARY KEY (id, start)) PARTITION BY RANGE (start)")
        execute("CREATE TABLE sensing_observation_rest PARTITION OF sensing_observation DEFAULT")
        _months(execute)
    else:
        columns = columns.replace("id bigint NOT NULL", "id integer PRIMARY KEY", 1)
        execute(f"CREATE TABLE sensing_observation ({columns})")
    execute("CREATE UNIQUE INDEX sensing_observation_once ON sensing_observation (datastream_id, start, feature_id)")
    for name in ("hourly", "daily"):
        execute(_ROLLUP.format(name=name, more="" if postgres else " WITHOUT ROWID"))


def _months(execute):
    """Those of the present year and of the next two months."""
    today = clock.now().date()
    for number in range(today.month + 2):
        first = date(today.year + number // 12, number % 12 + 1, 1)
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        bounds = [int(datetime(d.year, d.month, 1, tzinfo=UTC).timestamp()) * 10**6 for d in (first, following)]
        execute(
            f"CREATE TABLE sensing_observation_{first:%Y_%m} PARTITION OF sensing_observation "
            f"FOR VALUES FROM ({bounds[0]}) TO ({bounds[1]})"
        )


def drop(apps, schema_editor):
    for name in ("observation", "hourly", "daily"):
        schema_editor.execute(f"DROP TABLE sensing_{name}")


class Migration(migrations.Migration):

    dependencies = [("sensing", "0001_entities")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(create, drop)],
            state_operations=[
                migrations.CreateModel(
                    name='Observation',
                    fields=[
                        ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                        ('start', models.BigIntegerField()),
                        ('stop', models.BigIntegerField(null=True)),
                        ('result_time', models.BigIntegerField(null=True)),
                        ('number', models.FloatField(null=True)),
                        ('other', models.JSONField(null=True)),
                        ('quality', models.JSONField(null=True)),
                        ('valid_start', models.BigIntegerField(null=True)),
                        ('valid_stop', models.BigIntegerField(null=True)),
                        ('parameters', models.JSONField(null=True)),
                        ('datastream', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='observations', to='sensing.datastream')),
                        ('feature', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='observations', to='sensing.featureofinterest')),
                    ],
                ),
                migrations.CreateModel(
                    name='Hourly',
                    fields=[
                        ('pk', models.CompositePrimaryKey('datastream_id', 'start', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('datastream_id', models.BigIntegerField()),
                        ('start', models.BigIntegerField()),
                        ('count', models.BigIntegerField()),
                        ('total', models.FloatField()),
                        ('lowest', models.FloatField()),
                        ('highest', models.FloatField()),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Daily',
                    fields=[
                        ('pk', models.CompositePrimaryKey('datastream_id', 'start', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('datastream_id', models.BigIntegerField()),
                        ('start', models.BigIntegerField()),
                        ('count', models.BigIntegerField()),
                        ('total', models.FloatField()),
                        ('lowest', models.FloatField()),
                        ('highest', models.FloatField()),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
            ],
        ),
    ]
