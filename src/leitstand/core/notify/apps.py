"""Django app of notices and e-mails."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotifyConfig(AppConfig):
    """Registers the jobs, rounds, events and the permission of the outbox."""

    name = "leitstand.core.notify"
    label = "notify"

    def ready(self) -> None:
        """Register what others look up by name."""
        from leitstand.core.base import events
        from leitstand.core.jobs import registry as jobs
        from leitstand.core.jobs.running import minute_rounds, take_overs
        from leitstand.core.notify import delivery, digest
        from leitstand.core.notify.actions import hushing, outbox, sending
        from leitstand.core.policy import registry as policy

        policy.register(
            [
                policy.Permission(
                    outbox.OUTBOX,
                    _("See the outbox"),
                    _("Sees whom e-mails were sent to and what became of them, never their text."),
                    "admin",
                    citywide=True,
                )
            ],
            {"admin": [outbox.OUTBOX]},
        )
        events.register(
            ("notify.mail.resent", _("E-mail sent again")),
            ("notify.mail.bounced", _("E-mail came back")),
            ("notify.schedule.changed", _("Time of the daily e-mail changed")),
        )
        events.listen(hushing.hear)
        jobs.register(sending.SEND, _("Send e-mails"), delivery.work_off)
        jobs.register(digest.DIGEST, _("Daily e-mail"), digest.send_all)
        take_overs.add("notify.outbox", outbox.find_lost)
        minute_rounds.add("notify.outbox", outbox.tidy)
        minute_rounds.add("notify.digest", digest.ask_when_due)
