"""Django app of the kernel part ``administration``."""

from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    """Registers pages, kinds of objects and the API."""

    name = "leitstand.core.administration"
    label = "administration"

    def ready(self) -> None:
        """Register what others look up by name."""
        from leitstand.core.administration import registration

        registration.register()
