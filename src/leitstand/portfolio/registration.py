"""Everything that the portfolio adds to the kernel's registries."""

from __future__ import annotations

from leitstand.portfolio import policy


def register() -> None:
    """Fill the registries; called once when Django is ready."""
    policy.register()
