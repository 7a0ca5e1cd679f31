"""Django app of the portfolio."""

from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    """Fills the kernel's registries."""

    name = "leitstand.portfolio"
    label = "portfolio"

    def ready(self) -> None:
        """Register permissions, event types, navigation and API."""
        from leitstand.portfolio import registration, registration_privacy, registration_rounds

        registration.register()
        registration_rounds.register()
        registration_privacy.register()
