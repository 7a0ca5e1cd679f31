"""Django app of the audit trail."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Subscribes to the port of events."""

    name = "leitstand.core.audit"
    label = "audit"

    def ready(self) -> None:
        """Register event types and subscribe the recorder."""
        from leitstand.core.audit import recorder
        from leitstand.core.base import events

        events.register(
            ("audit.read", _("Audit trail opened")),
            ("audit.shredded", _("Personal data in the audit trail shredded")),
        )
        events.subscribe(recorder.prepare)
