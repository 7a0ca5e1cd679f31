"""Django app of accounts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Registers event types and listens to log-ins."""

    name = "leitstand.core.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Register what others look up by name; record log-ins."""
        from leitstand.core.accounts import signals
        from leitstand.core.base import events

        events.register(
            ("accounts.account.created", _("Account created")),
            ("accounts.account.changed", _("Account changed")),
            ("accounts.account.linked", _("Account linked to the city's log-in")),
            ("accounts.password.changed", _("Password changed")),
            ("accounts.login", _("Logged in")),
            ("accounts.login_failed", _("Log-in failed")),
            ("accounts.logout", _("Logged out")),
            ("accounts.mfa.changed", _("Second factor changed")),
            ("accounts.token.created", _("Access token created")),
            ("accounts.token.revoked", _("Access token revoked")),
        )
        signals.connect()
