"""Django app of saved views."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SavedConfig(AppConfig):
    """Registers the permission, event types and the start page's section."""

    name = "leitstand.core.saved"
    label = "saved"

    def ready(self) -> None:
        """Register what others look up by name."""
        from leitstand.core.administration import api_registry
        from leitstand.core.base import events
        from leitstand.core.org.registry import DissolutionGuard, dissolution_guards
        from leitstand.core.saved import policy
        from leitstand.core.ui.registry import Place, StartSection, start_sections

        policy.register()
        events.register(
            ("saved.view.created", _("View saved")),
            ("saved.view.changed", _("Saved view changed")),
            ("saved.view.deleted", _("Saved view deleted")),
            ("saved.start.chosen", _("Start view chosen")),
            ("saved.start.removed", _("Start view taken off")),
        )
        dissolution_guards.add("saved", DissolutionGuard(lambda _unit_id: "", _hand_over))
        api_registry.add("/saved-views", "leitstand.core.saved.api:router")
        start_sections.add(
            "saved.views", StartSection(60, "saved/start.html", _section, Place.VIEWS)
        )


def _section(actor: Any) -> dict[str, Any] | None:
    from leitstand.core.saved import web  # it loads models, which are not ready before

    return web.start_section(actor)


def _hand_over(unit_id: Any, successor_id: Any, actor: Any) -> None:
    from leitstand.core.saved import actions  # it loads models, which are not ready before

    actions.hand_over(unit_id, successor_id, actor)
