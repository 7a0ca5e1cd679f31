"""Django app of the shell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from leitstand.core.base.actor import Actor


class ShellConfig(AppConfig):
    """Registers event types, background work, navigation and the demo's texts."""

    name = "leitstand.shell"
    label = "shell"

    def ready(self) -> None:
        """Register what others look up by name."""
        from leitstand.core.base import events
        from leitstand.core.demo.registry import DemoData, demo_data
        from leitstand.core.ui import public, registry
        from leitstand.shell import context, jobs

        public.install_publisher(context.publisher)
        events.register(
            ("shell.text.changed", _("Site text changed")),
            ("shell.site.changed", _("Site settings changed")),
            ("shell.feedback.received", _("Feedback on accessibility received")),
            ("shell.feedback.closed", _("Feedback on accessibility closed")),
        )
        jobs.register()
        group, permission = _("Administration"), "site.change"
        registry.navigation.add(
            "shell.site",
            registry.NavEntry(
                _("Website"),
                "shell:site",
                920,
                permission,
                group,
                prefixes=("/verwaltung/website/",),
            ),
        )
        registry.navigation.add(
            "shell.feedback",
            registry.NavEntry(
                _("Reported barriers"), "shell:feedback_list", 930, permission, group,
                prefixes=("/verwaltung/barrieren/",),
            ),
        )  # fmt: skip
        demo_data.add("shell", DemoData(50, _load_demo))


def _load_demo(folder: Path, actor: Actor) -> None:
    from leitstand.shell import demo  # needs the models, which are not ready before

    demo.load(folder, actor)
