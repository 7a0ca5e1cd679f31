"""What council papers and resolution tracking add to the kernel's registries."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from leitstand.core.base import events
from leitstand.reporting import jobs, policy_council


def register() -> None:
    """Fill the registries; called once when Django is ready."""
    policy_council.register()
    jobs.register()
    events.register(
        ("reporting.oparl.added", _("Council information system added")),
        ("reporting.oparl.changed", _("Council information system changed")),
        ("reporting.oparl.removed", _("Council information system removed")),
        ("reporting.oparl.read", _("Council information system read")),
    )
