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
        from leitstand.core.privacy.actions.kinds import delete_all
        from leitstand.core.privacy.registry import RetentionKind, retention_kinds
        from leitstand.core.saved import actions, policy
        from leitstand.core.saved.models import SavedView
        from leitstand.core.ui.registry import Place, StartSection, start_sections

        policy.register()
        events.register(
            ("saved.view.created", _("View saved")),
            ("saved.view.changed", _("Saved view changed")),
            ("saved.view.deleted", _("Saved view deleted")),
            ("saved.start.chosen", _("Start view chosen")),
            ("saved.start.removed", _("Start view taken off")),
        )
        retention_kinds.add(
            "saved-views",
            RetentionKind(
                "saved-views", _("Private saved views of closed accounts"),
                _("They served one person alone; views for a unit or everybody stay."),
                12, actions.left_behind, delete_all(SavedView), 1,
                frozenset({"saved.savedview", "saved.startview"}),
            ),
        )  # fmt: skip
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
