"""What the urban data platform adds to the kernel's registries."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.demo.registry import DemoData, demo_data
from leitstand.core.ui.registry import NavEntry, navigation


def register() -> None:
    """Fill the registries; called once when Django is ready."""
    from leitstand.sensing import policy  # it loads models not ready before

    policy.register()
    demo_data.add("sensing.stations", DemoData(960, _load_demo))
    navigation.add(
        "sensing.stations",
        NavEntry(
            _("Stations"), "sensing:stations", order=80, permission=policy.VIEW, group=_("Data"),
            prefixes=("/messstellen/",),
        ),
    )  # fmt: skip
    events.register(
        ("sensing.entity.created", _("Entity of measurements created")),
        ("sensing.entity.changed", _("Entity of measurements changed")),
        ("sensing.entity.deleted", _("Entity of measurements deleted")),
        ("sensing.token.created", _("Station's access token made")),
        ("sensing.token.revoked", _("Station's access token revoked")),
    )


def _load_demo(folder: Path, actor: Actor) -> None:
    from leitstand.sensing import demo  # the actions are needed only here

    demo.load(folder, actor)
