"""Django app of background jobs."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Registers what the worker does every minute: seal the trail, clear sessions, say it lives."""

    name = "leitstand.core.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Register the kernel's rounds."""
        from leitstand.core.accounts import sessions
        from leitstand.core.audit import sealer
        from leitstand.core.base import actions, counters
        from leitstand.core.jobs.running import minute_rounds

        minute_rounds.add("audit.seal", sealer.seal)
        minute_rounds.add("base.counters", counters.forget_old)
        minute_rounds.add("accounts.sessions", sessions.clear_daily)
        minute_rounds.add(
            actions.WORKER_HEARTBEAT, lambda: actions.remember_now(actions.WORKER_HEARTBEAT)
        )
