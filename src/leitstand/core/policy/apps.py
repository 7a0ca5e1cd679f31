"""Django app of the policy."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PolicyConfig(AppConfig):
    """Registers the kernel's permissions and answers the authority port."""

    name = "leitstand.core.policy"
    label = "policy"

    def ready(self) -> None:
        """Register permissions and event types; install the answer."""
        from leitstand.core.accounts.registry import disabling_guards
        from leitstand.core.base import authority, events
        from leitstand.core.org.registry import departure_guards
        from leitstand.core.policy import actions, grants, kernel

        kernel.register()
        events.register(
            ("policy.role.assigned", _("Role assigned")),
            ("policy.role.withdrawn", _("Role withdrawn")),
        )
        authority.install(grants.require)
        events.listen(grants.hear)
        disabling_guards.add("policy.last-admin", actions.objection_to_disabling)
        departure_guards.add("policy.last-admin", actions.objection_to_departure)
