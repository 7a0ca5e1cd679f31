"""Django app of the UI kit."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Registers templates, template tags and static files under the label `ui`."""

    name = "leitstand.core.ui"
    label = "ui"
