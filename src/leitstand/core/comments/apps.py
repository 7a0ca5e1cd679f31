"""Django app of comments."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommentsConfig(AppConfig):
    """Registers permissions, event types, the start page's section and the API."""

    name = "leitstand.core.comments"
    label = "comments"

    def ready(self) -> None:
        """Register what others look up by name."""
        from leitstand.core.administration import api_registry
        from leitstand.core.base import events
        from leitstand.core.comments import actions, policy, telling
        from leitstand.core.comments.models import Comment
        from leitstand.core.privacy.actions.kinds import delete_all
        from leitstand.core.privacy.registry import (
            NameKeeper,
            RetentionKind,
            name_keepers,
            retention_kinds,
        )
        from leitstand.core.ui.registry import Place, StartSection, start_sections

        retention_kinds.add(
            "comments",
            RetentionKind(
                "comments", _("Comments"),
                _("Talk about work at hand: what lasts is in decisions, minutes and reports."),
                36, actions.written_before, delete_all(Comment), 6,
                frozenset({"comments.comment", "comments.mention"}),
            ),
        )  # fmt: skip
        name_keepers.add("comments", NameKeeper("comments", actions.forget_names))
        policy.register()
        telling.register()
        events.register(
            ("comments.posted", _("Comment written")),
            ("comments.edited", _("Comment changed")),
            ("comments.removed", _("Comment removed")),
        )
        api_registry.add("/comments", "leitstand.core.comments.api:router")
        start_sections.add(
            "comments.mentions", StartSection(9, "comments/start.html", _mentions, Place.WAITING)
        )


def _mentions(actor: object) -> dict[str, object] | None:
    from leitstand.core.comments import web  # it loads models, which are not ready before

    return web.start_section(actor)  # type: ignore[arg-type]
