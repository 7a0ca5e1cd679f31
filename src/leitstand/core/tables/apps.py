"""Django app of the tables mechanism: brings its translations."""

from __future__ import annotations

from django.apps import AppConfig


class TablesConfig(AppConfig):
    """Registers the message catalogue under the label `tables`."""

    name = "leitstand.core.tables"
    label = "tables"
