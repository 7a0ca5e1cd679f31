"""Django app of data protection."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    """Registers permissions, events, the kernel's sources and periods."""

    name = "leitstand.core.privacy"
    label = "privacy"

    def ready(self) -> None:
        """Register what others look up by name."""
        from leitstand.core.base import events
        from leitstand.core.jobs import registry as jobs
        from leitstand.core.policy import registry as policy
        from leitstand.core.policy.registry import Permission
        from leitstand.core.privacy import kernel
        from leitstand.core.privacy.actions import disclosure, kinds, retention

        policy.register(
            [
                Permission(
                    disclosure.DISCLOSE,
                    _("Disclose what is stored about a person"),
                    _("Answers requests under Art. 15 GDPR, after stating a purpose."),
                    "admin",
                    citywide=True,
                ),
                Permission(
                    retention.RETAIN,
                    _("Set periods and delete"),
                    _("Sets how long data is kept and has what is older deleted."),
                    "admin",
                    citywide=True,
                ),
            ],
            {"auditor": [disclosure.DISCLOSE, retention.RETAIN]},
        )
        events.register(
            ("privacy.disclosed", _("Disclosed what is stored about a person")),
            ("privacy.shredding.ordered", _("Shredding of the audit trail ordered")),
            ("privacy.period.changed", _("Retention period changed")),
            ("privacy.removed", _("Deleted after the retention period")),
        )
        jobs.register(retention.RUN, _("Deletion run"), retention.run_job)
        kinds.register()
        kernel.register()
