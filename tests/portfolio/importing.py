"""Imports over HTTP as a person does them, with the worker's part done at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.core.tables.files import xlsx

HEADER = ("Titel", "Federführung", "Phase", "Beginn", "Ende")


def table(*rows: Sequence[object], header: Sequence[object] = HEADER) -> bytes:
    """A workbook with a header and rows."""
    return xlsx(header, *rows)


def work() -> None:
    """Do what the worker would do: run waiting jobs until there are none."""
    from leitstand.core.jobs.models import Job
    from leitstand.core.jobs.running import run_job

    for _round in range(10):
        waiting = list(Job.objects.filter(state="queued").order_by("created_at"))
        if not waiting:
            return
        for job in waiting:
            run_job(job.pk)
    raise AssertionError("jobs make jobs without end")


def send(client: Client, content: bytes, name: str = "liste.xlsx") -> Any:
    """Upload a file; returns the answer."""
    return client.post("/import/", {"file": SimpleUploadedFile(name, content)})


def upload(client: Client, content: bytes, name: str = "liste.xlsx") -> Any:
    """Upload a file and let the worker read it; returns the run."""
    answer = send(client, content, name)
    assert answer.status_code == 302, text_of(answer)
    work()
    return run_at(answer["Location"])


def run_at(url: str) -> Any:
    """The run that an address leads to."""
    from leitstand.portfolio.models import ImportRun

    found = re.search(r"/import/([0-9a-f-]{36})/", url)
    assert found, url
    return ImportRun.objects.get(pk=found[1])


def check(client: Client, run: Any, **changes: str) -> Any:
    """Send the form of the columns as it is shown, but for ``changes``; the worker checks."""
    page = client.get(f"/import/{run.pk}/?zuordnung")
    values = {**selects(page.content.decode()), **changes}
    answer = client.post(f"/import/{run.pk}/zuordnung/", values)
    assert answer.status_code == 302, text_of(answer)
    work()
    run.refresh_from_db()
    return run


def preview(client: Client, content: bytes, name: str = "liste.xlsx", **changes: str) -> Any:
    """Upload and check; returns the run at its preview."""
    run = upload(client, content, name)
    if run.state == "mapping":
        run = check(client, run, **changes)
    assert run.state == "preview", (run.state, run.error)
    return run


def confirm(client: Client, run: Any, *, ticks: Sequence[int] | None = None, **extra: str) -> Any:
    """Press the button of the preview, with the ticks of the page or with others."""
    html = client.get(f"/import/{run.pk}/").content.decode()
    values: dict[str, Any] = {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html)
    }
    values["row"] = ticked(html) if ticks is None else [str(number) for number in ticks]
    values.pop("csrfmiddlewaretoken", None)
    answer = client.post(f"/import/{run.pk}/uebernehmen/", {**values, **extra})
    work()
    run.refresh_from_db()
    return answer


def load(client: Client, content: bytes, name: str = "liste.xlsx", **changes: str) -> Any:
    """The whole import; returns the finished run."""
    run = preview(client, content, name, **changes)
    confirm(client, run)
    assert run.state == "done", (run.state, run.error)
    return run


def ticked(html: str) -> list[str]:
    """The numbers of the ticked rows of the preview."""
    return re.findall(r'name="row" value="(\d+)"[^>]* checked', html)


def selects(html: str) -> dict[str, str]:
    """Name → chosen value of every select of the page."""
    found = {}
    for name, options in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def rows(run: Any) -> dict[int, Any]:
    """Row number → staging row."""
    from leitstand.portfolio.models import ImportRow

    return {row.number: row for row in ImportRow.objects.filter(run=run)}


def verdicts(run: Any) -> dict[int, str]:
    """Row number → verdict."""
    return {number: row.verdict for number, row in rows(run).items()}


def errors(run: Any) -> dict[int, str]:
    """Row number → its errors as the page words them."""
    from leitstand.portfolio.queries.imports import what_happens

    return {n: what_happens(row) for n, row in rows(run).items() if row.verdict == "error"}


def text_of(answer: Any) -> str:
    """The page's text without tags."""
    text = unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(text.split())
