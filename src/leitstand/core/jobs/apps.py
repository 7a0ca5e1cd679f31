"""Django app of background jobs."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Registers the sealing of the trail as a round of every minute."""

    name = "leitstand.core.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Register the kernel's rounds."""
        from leitstand.core.audit import sealer
        from leitstand.core.jobs.running import minute_rounds

        minute_rounds.add("audit.seal", sealer.seal)
