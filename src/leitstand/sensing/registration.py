"""What the urban data platform adds to the kernel's registries."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from leitstand.core.base import events


def register() -> None:
    """Fill the registries; called once when Django is ready."""
    from leitstand.sensing import policy  # it loads models not ready before

    policy.register()
    events.register(
        ("sensing.entity.created", _("Entity of measurements created")),
        ("sensing.entity.changed", _("Entity of measurements changed")),
        ("sensing.entity.deleted", _("Entity of measurements deleted")),
        ("sensing.token.created", _("Station's access token made")),
        ("sensing.token.revoked", _("Station's access token revoked")),
    )
