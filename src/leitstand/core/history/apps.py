"""Django app of the history: puts the triggers in place after every ``migrate``."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class HistoryConfig(AppConfig):
    """Installs triggers once all tables are as the program wants them."""

    name = "leitstand.core.history"
    label = "history"

    def ready(self) -> None:
        """Listen to the end of ``migrate``; sent once per app, heard for this one."""
        post_migrate.connect(_after_migrate, sender=self, dispatch_uid="history")


def _after_migrate(**sent: Any) -> None:
    from leitstand.core.history import actions  # models are loaded by now

    actions.install(sent["using"], plan=sent.get("plan"))
