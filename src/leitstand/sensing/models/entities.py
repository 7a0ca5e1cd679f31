"""The standard's entities except values, and the tokens of stations."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from leitstand.core.base import ids
from leitstand.core.base.models import Entity, Level


class StandardEntity(models.Model):
    """Base: an integer key, which is the standard's ``@iot.id``, and a UUID for trail and net."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=ids.uuid7, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)
    properties = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(getattr(self, "name", self.pk))


class Location(StandardEntity):
    """Where Things are; ``location`` is GeoJSON."""

    name = models.CharField(max_length=300)
    description = models.TextField()
    encoding_type = models.CharField(max_length=200)
    location = models.JSONField()


class Thing(StandardEntity):
    """A station. Its unit and level decide who sees it and everything that hangs on it."""

    name = models.CharField(max_length=300)
    description = models.TextField()
    unit = models.ForeignKey("org.OrgUnit", models.PROTECT, related_name="+")
    confidentiality = models.SmallIntegerField(choices=Level.choices, default=Level.INTERNAL)
    locations = models.ManyToManyField(Location, related_name="things")

    class Meta:
        indexes = [models.Index(fields=("confidentiality", "unit"), name="sensing_thing_level")]


class HistoricalLocation(StandardEntity):
    """Where a Thing was from ``time`` on (microseconds since 1970)."""

    thing = models.ForeignKey(Thing, models.CASCADE, related_name="historical_locations")
    time = models.BigIntegerField()
    locations = models.ManyToManyField(Location, related_name="historical_locations")


class Sensor(StandardEntity):
    """The device or procedure behind a series."""

    name = models.CharField(max_length=300)
    description = models.TextField()
    encoding_type = models.CharField(max_length=200)
    metadata = models.JSONField()


class ObservedProperty(StandardEntity):
    """What is measured; ``definition`` is an IRI."""

    name = models.CharField(max_length=300)
    definition = models.CharField(max_length=1000)
    description = models.TextField()


class FeatureOfInterest(StandardEntity):
    """What a value is about; ``location`` is the Location that it was made from, if any."""

    name = models.CharField(max_length=300)
    description = models.TextField()
    encoding_type = models.CharField(max_length=200)
    feature = models.JSONField()
    location = models.ForeignKey(
        Location, models.SET_NULL, null=True, blank=True, related_name="made_features"
    )


class Datastream(StandardEntity):
    """A series: values of one ObservedProperty by one Sensor of one Thing."""

    name = models.CharField(max_length=300)
    description = models.TextField()
    observation_type = models.CharField(max_length=300)
    unit_of_measurement = models.JSONField()
    thing = models.ForeignKey(Thing, models.CASCADE, related_name="datastreams")
    sensor = models.ForeignKey(Sensor, models.CASCADE, related_name="datastreams")
    observed_property = models.ForeignKey(
        ObservedProperty, models.CASCADE, related_name="datastreams"
    )
    features = models.ManyToManyField(FeatureOfInterest, related_name="datastreams")


class StationToken(Entity):
    """An access token of one station; only its SHA-256 digest is stored."""

    class Scope(models.TextChoices):
        """What its holder may do with the station."""

        READ = "read", _("read")
        WRITE = "write", _("read and send values")

    thing = models.ForeignKey(Thing, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=10, choices=Scope.choices)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.name
