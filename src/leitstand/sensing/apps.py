"""Django app of the urban data platform."""

from __future__ import annotations

from django.apps import AppConfig


class SensingConfig(AppConfig):
    """Fills the kernel's registries."""

    name = "leitstand.sensing"
    label = "sensing"

    def ready(self) -> None:
        """Register permissions and event types."""
        from leitstand.sensing import registration  # needs the app registry

        registration.register()
