"""Reading a council information system: one run, by a job or a command."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from leitstand.core.base import clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.reporting.actions.oparl_writing import Writer
from leitstand.reporting.adapters.oparl import QUICK, Failure, Folder, Report, Server, fetch_json
from leitstand.reporting.models import OparlSource

Step = Callable[[int, int, str], None]
State = OparlSource.State
# Clocks differ: what was changed shortly before the last run is asked for once more.
_OVERLAP = timedelta(hours=2)
# A folder is no source that is kept; its run is recorded under this name.
_FOLDER = uuid.UUID("00000000-0000-7000-8000-00000000f01d")


def _silent(done: int, total: int, message: str) -> None:
    """No progress to report."""


def read_source(
    source_id: uuid.UUID, *, actor: Actor, step: Step = _silent, whole: bool = False,
    server: Server | None = None,
) -> OparlSource:  # fmt: skip
    """Read a source; ``whole`` reads everything again instead of what has changed.

    Commits a portion at a time; what ``step`` raises ends the run and leaves what was written.
    """
    source = OparlSource.objects.get(pk=source_id)
    begun = clock.now()
    since = None if whole else source.read_until
    reading = server or Server(since=since)
    writer = Writer(source)
    _work(reading, source.url, writer, step)
    return _finish(source_id, actor, reading, writer, begun)


def read_folder(folder: str, *, actor: Actor, step: Step = _silent) -> tuple[Report, Writer]:
    """Read a folder of OParl files."""
    reading, writer = Folder(), Writer(None)
    _work(reading, folder, writer, step)
    with transaction.atomic():
        _record(actor, _FOLDER, folder.rstrip("/").rpartition("/")[2], writer)
    return reading.report, writer


def _work(reading: Server | Folder, place: str, writer: Writer, step: Step) -> None:
    done, known = 0, ""
    for page in reading.pages(place):
        if page.kind != known:
            done, known = 0, page.kind
        writer.write(page.items)
        done += len(page.items)
        step(done, max(page.total, done + 1), _label(page.kind))
    writer.resolve()


def _label(kind: str) -> str:
    words = {
        "Organization": _("committees and groups"), "Meeting": _("meetings with their agendas"),
        "Paper": _("papers with their consultations"), "AgendaItem": _("points of agendas"),
        "Consultation": _("consultations"),
    }  # fmt: skip
    return words.get(kind, kind)


@transaction.atomic
def _finish(
    source_id: uuid.UUID, actor: Actor, reading: Server, writer: Writer, begun: datetime
) -> OparlSource:
    report = reading.report
    source = OparlSource.objects.select_for_update(of=("self",)).get(pk=source_id)
    read = sum(writer.counts.values())
    source.state = State.DONE if not report.failures else State.PARTLY if read else State.FAILED
    if not report.failures:
        source.read_until = begun - _OVERLAP
    source.last_run = begun
    source.bodies = reading.bodies or source.bodies
    source.counts = dict(sorted(writer.counts.items()))
    source.failures = [_failure(one) for one in report.failures]
    source.findings = report.findings()
    source.version += 1
    source.save()
    _record(actor, source.pk, source.name, writer)
    return source


def _failure(one: Failure) -> dict[str, str]:
    return {"address": one.address, "text": one.text, "kind": one.kind}


def _record(actor: Actor, key: uuid.UUID, title: str, writer: Writer) -> None:
    changes = {name: [None, number] for name, number in sorted(writer.counts.items()) if number}
    events.record(
        events.Event(
            "reporting.oparl.read", actor, "oparl-source", key, title, changes=changes, level=0
        )
    )


@transaction.atomic
def stopped(source_id: uuid.UUID, text: str, *, cancelled: bool) -> None:
    """Leave a clear state behind a run that was cancelled or broke off."""
    source = OparlSource.objects.select_for_update(of=("self",)).filter(pk=source_id).first()
    if source is None or source.state != State.RUNNING:
        return
    source.state = State.CANCELLED if cancelled else State.FAILED
    kind = "cancelled" if cancelled else "broken"
    source.failures = [{"address": source.url, "text": text, "kind": kind}]
    source.version += 1
    source.save()


def check(url: str) -> list[str]:
    """The names of the bodies at an address, asked once; raises ``Invalid`` with the reason."""
    server = Server(functools.partial(fetch_json, limits=QUICK, tries=1))
    names = [str(body.get("name") or body.get("id"))[:300] for body in server.bodies_at(url)]
    if server.report.failures:
        raise Invalid(server.report.failures[0].text, field="url")
    return names

