"""The only writers of what the instance remembers of itself."""

from __future__ import annotations

from leitstand.core.base import clock
from leitstand.core.base.models import InstanceState

PRODUCT_VERSION = "product.version"
WORKER_HEARTBEAT = "worker.heartbeat"
WEB_STARTED = "web.started"
BACKUP_LAST = "backup.last"
AUDIT_VERIFIED = "audit.verified"
AUDIT_FINDINGS = "audit.findings"
DEMO_STATE = "demo.state"


def remember(key: str, value: str) -> None:
    """Keep ``value`` under ``key``, replacing what was there."""
    InstanceState.objects.update_or_create(key=key, defaults={"value": value[:500]})


def remember_now(key: str) -> None:
    """Keep the present moment (ISO 8601, UTC) under ``key``."""
    remember(key, clock.now().isoformat())


def recall(key: str) -> str:
    """Return what is kept under ``key``, or ``""``."""
    value = InstanceState.objects.filter(pk=key).values_list("value", flat=True).first()
    return value or ""
