"""Django app of the organisation."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgConfig(AppConfig):
    """Registers event types."""

    name = "leitstand.core.org"
    label = "org"

    def ready(self) -> None:
        """Register what others look up by name."""
        from leitstand.core.base import events

        events.register(
            ("org.unit.created", _("Unit created")),
            ("org.unit.renamed", _("Unit renamed")),
            ("org.unit.moved", _("Unit moved")),
            ("org.unit.merged", _("Unit merged into another")),
            ("org.unit.dissolved", _("Unit dissolved")),
            ("org.person.created", _("Person created")),
            ("org.person.changed", _("Person changed")),
        )
