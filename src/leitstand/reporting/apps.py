"""Django app of committee reporting."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

_PARTS = (
    "registration_reports",
    "registration_campaigns",
    "registration_inquiries",
    "registration_council",
)


class ReportingConfig(AppConfig):
    """Fills the kernel's registries."""

    name = "leitstand.reporting"
    label = "reporting"

    def ready(self) -> None:
        """Let each part register its permissions, event types, navigation and API."""
        for part in _PARTS:
            name = f"{self.name}.{part}"
            if find_spec(name):
                import_module(name).register()
