"""Django app of the kernel part ``demo``."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Registers the app."""

    name = "leitstand.core.demo"
    label = "demo"
