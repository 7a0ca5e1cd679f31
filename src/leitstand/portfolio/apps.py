"""Django app of the portfolio."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortfolioConfig(AppConfig):
    """Fills the kernel's registries."""

    name = "leitstand.portfolio"
    label = "portfolio"

    def ready(self) -> None:
        """Register permissions, event types, navigation and API."""
        from leitstand.portfolio import registration

        registration.register()
