"""What reports add to the kernel's registries."""

from __future__ import annotations


def register() -> None:
    """Fill the registries; called once when Django is ready."""
    from leitstand.reporting.queries import sections  # it loads models not ready before

    sections.register()
