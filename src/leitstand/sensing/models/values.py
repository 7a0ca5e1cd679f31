"""Values and what is kept of them; moments are microseconds since 1970-01-01T00:00:00Z.

No foreign keys in the database: values are written in masses, by one function, and are to move
to a store of their own. Deleting is the actions' business.
"""

from __future__ import annotations

from django.db import models

from leitstand.sensing.models.entities import Datastream, FeatureOfInterest


class Observation(models.Model):
    """A value: ``number``, or ``other`` for whatever is no number."""

    id = models.BigIntegerField(primary_key=True)
    datastream = models.ForeignKey(
        Datastream, models.DO_NOTHING, related_name="observations", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    feature = models.ForeignKey(
        FeatureOfInterest, models.DO_NOTHING, related_name="observations", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    start = models.BigIntegerField()
    stop = models.BigIntegerField(null=True)
    result_time = models.BigIntegerField(null=True)
    number = models.FloatField(null=True)
    other = models.JSONField(null=True)
    quality = models.JSONField(null=True)
    valid_start = models.BigIntegerField(null=True)
    valid_stop = models.BigIntegerField(null=True)
    parameters = models.JSONField(null=True)

    def __str__(self) -> str:
        return str(self.pk)


class Series(models.Model):
    """What is known of a Datastream's values; the writer keeps it right."""

    datastream = models.OneToOneField(
        Datastream, models.DO_NOTHING, primary_key=True, related_name="series", db_constraint=False
    )
    count = models.BigIntegerField()
    start = models.BigIntegerField()
    stop = models.BigIntegerField()
    result_start = models.BigIntegerField(null=True)
    result_stop = models.BigIntegerField(null=True)
    latest_id = models.BigIntegerField()
    latest_start = models.BigIntegerField()
    latest_number = models.FloatField(null=True)
    latest_other = models.JSONField(null=True)

    def __str__(self) -> str:
        return str(self.pk)


class _Rollup(models.Model):
    """Numbers of a Datastream that begin in the time from ``start`` on."""

    pk = models.CompositePrimaryKey("datastream_id", "start")
    datastream_id = models.BigIntegerField()
    start = models.BigIntegerField()
    count = models.BigIntegerField()
    total = models.FloatField()
    lowest = models.FloatField()
    highest = models.FloatField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.datastream_id}/{self.start}"


class Hourly(_Rollup):
    """Hours of UTC."""


class Daily(_Rollup):
    """Calendar days of the city."""


class Correction(models.Model):
    """A value that was replaced."""

    id = models.BigAutoField(primary_key=True)
    observation_id = models.BigIntegerField(db_index=True)
    replaced_at = models.DateTimeField()
    number = models.FloatField(null=True)
    other = models.JSONField(null=True)

    def __str__(self) -> str:
        return str(self.observation_id)


class ValueCounter(models.Model):
    """One row: the next ``@iot.id`` of a value. Taking ids locks it: one writer at a time."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    following = models.BigIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.following)
