"""Django app of planning."""

from django.apps import AppConfig


class PlanningConfig(AppConfig):
    """Fills the kernel's registries."""

    name = "leitstand.planning"
    label = "planning"

    def ready(self) -> None:
        """Register permissions, event types, navigation and API."""
        from leitstand.planning import registration

        registration.register()
