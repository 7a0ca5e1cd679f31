"""What campaigns add to the kernel's registries."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leitstand.core.administration import api_registry
from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.base.changes import ChangeFormat, Line, change_formats
from leitstand.core.base.kinds import ResourceKind, resource_kinds
from leitstand.core.demo.registry import DemoData, demo_data


def register() -> None:
    """Fill the registries; called once when Django is ready."""
    from leitstand.reporting import policy_campaigns  # it loads models not ready before

    policy_campaigns.register()
    events.register(
        ("reporting.campaign.created", _("Campaign entered")),
        ("reporting.campaign.changed", _("Campaign changed")),
        ("reporting.campaign.measured", _("Figure of a campaign entered")),
        ("reporting.campaign.removed", _("Figure of a campaign removed")),
        ("reporting.campaign.deleted", _("Campaign deleted")),
    )
    change_formats.add("campaign", ChangeFormat(_("Campaign"), _lines))
    resource_kinds.add(
        "campaign",
        ResourceKind(
            code="campaign", label=_("Campaign"), find=_find, title=lambda row: str(row.title),
            url=lambda row: reverse("reporting:campaign", args=[row.pk]),
        ),
    )  # fmt: skip
    api_registry.add("/campaigns", "leitstand.reporting.api.campaigns:router")
    demo_data.add("reporting.campaigns", DemoData(940, _load_demo))


def _find(actor: Actor, campaign_id: uuid.UUID) -> Any | None:
    from leitstand.reporting import policy_campaigns

    return policy_campaigns.visible(actor).filter(pk=campaign_id).first()


def _load_demo(folder: Path, actor: Actor) -> None:
    from leitstand.reporting import demo_campaigns  # the actions are needed only here

    demo_campaigns.load(folder, actor)


_LABELS = {
    "title": _("Title"), "purpose": _("Purpose"), "start": _("Beginning"), "end": _("End"),
    "unit": _("Responsible unit"), "confidentiality": _("Confidentiality"),
    "channel": _("Channel"), "gross_contacts": _("Gross contacts"),
    "method": _("Method of counting"), "source": _("Source of the figure"), "note": _("Remark"),
}  # fmt: skip


def _lines(changes: Mapping[str, Any]) -> list[Line]:
    """Changed fields in words; the channel is always named."""
    found = []
    for name, change in changes.items():
        if name not in _LABELS or not isinstance(change, list) or len(change) != 2:
            continue
        old, new = ("" if side is None else str(side) for side in change)
        if old != new or name == "channel":
            found.append(Line(str(_LABELS[name]), old, new))
    return found
