"""Django app of the kernel part ``base``."""

from django.apps import AppConfig


class BaseConfig(AppConfig):
    """Registers the app."""

    name = "leitstand.core.base"
    label = "base"
