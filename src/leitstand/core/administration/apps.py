"""Django app of the kernel part ``administration``."""

from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    """Registers the app."""

    name = "leitstand.core.administration"
    label = "administration"
