"""Checks of the product: front-end files, translations, worker, audit trail, backup."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from leitstand.conf import Config
from leitstand.core.cli.checks.result import Check, fail, ok, warn

PACKAGE = Path(__file__).resolve().parents[3]
_VENDOR = PACKAGE / "static" / "vendor"
_BEAT = timedelta(minutes=3)
_STARTING = timedelta(seconds=60)
_TAIL = timedelta(minutes=10)
_WEEK = timedelta(days=7)


def front_end() -> Check:
    """The front-end files are all there and unchanged."""
    listing = _VENDOR / "assets.json"
    remedy = "make assets (in a checkout), or install the bundle again"
    try:
        packages = json.loads(listing.read_text("utf-8"))
        wrong = [str(path) for path, said in _files(packages) if _sum(path) != said]
    except (OSError, ValueError, KeyError, TypeError):
        return fail("front-end files", "are missing", str(listing), remedy)
    if wrong:
        return fail("front-end files", f"{len(wrong)} missing or changed", wrong[0], remedy)
    return ok("front-end files", "complete and unchanged", str(_VENDOR))


def _files(packages: list[dict[str, Any]]) -> Iterator[tuple[Path, str]]:
    for package in packages:
        folder = _VENDOR / Path(package["target"]).name
        for file in package["files"]:
            yield folder / file["name"], file["sha256"]


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def translations() -> Check:
    """Every catalogue has been compiled."""
    missing = [
        po for po in sorted(PACKAGE.rglob("locale/*/LC_MESSAGES/django.po"))
        if not po.with_suffix(".mo").is_file()
    ]  # fmt: skip
    if missing:
        return fail("translations", f"{len(missing)} catalogues are not compiled",
                    str(missing[0]), "leitstand messages compile")  # fmt: skip
    return ok("translations", "compiled", str(PACKAGE))


def _moment(key: str) -> datetime | None:
    from leitstand.core.base import actions

    text = actions.recall(key)
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def _now() -> datetime:
    from leitstand.core.base import clock

    return clock.now()


def _is_new() -> bool:
    """Whether the instance is younger than a week: nobody can expect a backup yet."""
    from django.db.migrations.recorder import MigrationRecorder

    first = MigrationRecorder.Migration.objects.order_by("applied").first()
    return first is None or _now() - first.applied < _WEEK


def worker(running: bool) -> Check:
    """The worker has shown a sign of life lately (only if the product runs)."""
    from leitstand.core.base import actions

    beat = _moment(actions.WORKER_HEARTBEAT)
    if not running:
        return ok("worker", "not looked at: Leitstand is not running here")
    started = _moment(actions.WEB_STARTED)
    silent = beat is None or _now() - beat > _BEAT
    if silent and started and _now() - started < _STARTING:
        return ok("worker", "is starting")
    if beat is None or silent:
        said = f"last sign of life {_ago(beat)}" if beat else "has never shown a sign of life"
        return fail("worker", said, "leitstand serve --only worker",
                    "start it; its log says why it ended")  # fmt: skip
    return ok("worker", f"last sign of life {_ago(beat)}")


def audit(running: bool) -> Iterator[Check]:
    """The trail is being sealed and was verified lately."""
    from leitstand.core.audit.models import AuditEvent
    from leitstand.core.base import actions

    oldest = AuditEvent.objects.filter(sealed=None).order_by("at").first()
    if running and oldest and _now() - oldest.at > _TAIL:
        yield warn("audit trail", f"unsealed since {_ago(oldest.at)}", "worker",
                   "see the finding on the worker; leitstand audit seal")  # fmt: skip
    else:
        count = AuditEvent.objects.filter(sealed=None).count()
        yield ok("audit trail", f"{count} events wait for the next seal")
    verified = _moment(actions.AUDIT_VERIFIED)
    findings = actions.recall(actions.AUDIT_FINDINGS)
    if verified and findings not in {"", "0"}:
        yield fail("audit verification", f"{findings} findings {_ago(verified)}", "audit trail",
                   "leitstand audit verify names them")  # fmt: skip
    elif (verified is None and not _is_new()) or (verified and _now() - verified > _WEEK):
        said = f"last {_ago(verified)}" if verified else "never done"
        yield warn("audit verification", said, "audit trail",
                   "leitstand audit verify, best once a day")  # fmt: skip
    else:
        said = f"last {_ago(verified)}" if verified else "not done yet"
        yield ok("audit verification", said)


def outbox(config: Config) -> Check:
    """E-mails leave, and none is in doubt."""
    from leitstand.core.notify import queries
    from leitstand.core.notify.actions import outbox as mails

    counts = queries.counts_by_state()
    if not config.smtp_url:
        return ok("outbox", "no mail server set")
    if mails.is_resting():
        said = f"e-mails wait: {mails.paused().get('said')}"
        return fail("outbox", said, "mail server",
                    "leitstand mail test ADDRESS; then correct LEITSTAND_SMTP_URL")  # fmt: skip
    late = mails.due().filter(created_at__lt=_now() - timedelta(hours=1)).count()
    doubtful = sum(counts.get(state, 0) for state in ("uncertain", "failed", "bounced", "rejected"))
    if late:
        return warn("outbox", f"{late} e-mails wait for more than an hour", "worker",
                    "see the finding on the worker")  # fmt: skip
    if doubtful:
        return warn("outbox", f"{doubtful} e-mails did not surely arrive", "/verwaltung/postausgang/",
                    "look at the reasons and send again what matters")  # fmt: skip
    return ok("outbox", f"{counts.get('sent', 0)} e-mails sent, {counts.get('waiting', 0)} wait")


def backup(config: Config) -> Check:
    """There is a recent backup."""
    from leitstand.core.base import actions

    last = _moment(actions.BACKUP_LAST)
    if config.demo:
        return ok("backup", "not expected of a demo")
    if last is None:
        if _is_new():
            return ok("backup", "none yet; the instance is new")
        return warn("backup", "there has never been one", str(config.data),
                    "leitstand backup FILE, best once a day")  # fmt: skip
    if _now() - last > _WEEK:
        return warn("backup", f"the last is {_ago(last)}", str(config.data),
                    "leitstand backup FILE, best once a day")  # fmt: skip
    return ok("backup", f"the last is {_ago(last)}")


def _ago(moment: datetime) -> str:
    seconds = max(0, int((_now() - moment).total_seconds()))
    for size, name in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {name} ago"
    return f"{seconds} seconds ago"
