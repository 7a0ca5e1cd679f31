"""The pages of the sources: set up, check, read in the background, cancel, see what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from leitstand.core.jobs.models import Job
from leitstand.core.jobs.running import run_job
from leitstand.reporting.actions import oparl_sources
from leitstand.reporting.adapters import oparl
from leitstand.reporting.models import OparlSource, Paper
from tests.portfolio.views import page, words
from tests.reporting import oparl_server as fake
from tests.reporting.oparl_server import Council


@pytest.fixture
def server(settings: Any, monkeypatch: Any) -> Iterator[Council]:
    """A council's server that may be asked, and that nobody waits for long."""
    settings.CONFIG = replace(settings.CONFIG, outgoing_networks=("127.0.0.0/8",))
    monkeypatch.setattr(oparl, "PAUSE_S", 0.01)
    with fake.running(fake.small_council()) as found:
        yield found


@pytest.mark.django_db
def test_a_source_from_address_to_failures(server: Council, client_of: Any) -> None:
    staff = client_of("digital-unit")
    new = {"name": "RIS", "url": f"{server.url}/system"}
    for wrong in ({"name": "", **new, "url": ""}, {**new, "url": "javascript:alert(1)"},
                  {**new, "url": "https://u:p@rat.example/"}):  # fmt: skip
        assert staff.post("/gremien/quellen/neu/", wrong).status_code == 422
    assert staff.post("/gremien/quellen/neu/", new).status_code == 302
    assert staff.post("/gremien/quellen/neu/", new).status_code == 422
    source = OparlSource.objects.get()
    url = f"/gremien/quellen/{source.pk}/"
    assert "Musterstadt" in staff.post(url + "pruefen/", follow=True).content.decode()
    assert Paper.objects.count() == 0, "checking reads nothing"

    assert staff.post(url + "lesen/").status_code == 302
    assert staff.post(url + "lesen/").status_code == 302
    job = Job.objects.get()
    assert "wird eingelesen" in page(staff, url) and 'hx-get="' in page(staff, url)
    assert staff.post(url + "entfernen/", follow=True).status_code == 200
    assert OparlSource.objects.exists(), "a source that is being read stays"
    run_job(job.pk)
    text = words(page(staff, url))
    assert "vollständig eingelesen" in text and "3 neu" in text and Paper.objects.count() == 3
    done = staff.get(url, headers={"hx-request": "true"})
    assert done.status_code == 204 and done["HX-Redirect"] == url

    server.faults["/paper"] = fake.half
    staff.post(url + "lesen/", {"ganz": "1"})
    run_job(Job.objects.latest("created_at").pk)
    text = words(page(staff, url))
    assert "teilweise eingelesen" in text and "unvollständig oder beschädigt" in text
    assert "gelöscht wurde nichts" in text and Paper.objects.count() == 3
    assert "Was zu tun ist" in text and "Lesen Sie später noch einmal ein" in text
    assert "Musterstadt" in text, "the bodies that were found"
    assert words(page(staff, "/gremien/quellen/")).count("RIS") == 1

    stale = {"name": "Anders", "url": source.url, "active": "on", "version": 1}
    assert staff.post(url + "bearbeiten/", stale).status_code == 409
    version = OparlSource.objects.get().version
    assert staff.post(url + "bearbeiten/", {**stale, "version": version}).status_code == 302
    version = OparlSource.objects.get().version
    off = {"name": "Anders", "url": source.url, "version": version}
    assert staff.post(url + "bearbeiten/", off).status_code == 302
    assert "abgeschaltet" in staff.post(url + "lesen/", follow=True).content.decode()
    assert staff.post(url + "entfernen/").status_code == 302
    assert not OparlSource.objects.exists() and Paper.objects.count() == 3


@pytest.mark.django_db
def test_a_reading_that_is_cancelled_or_breaks(server: Council, client_of: Any, monkeypatch: Any) -> None:
    staff = client_of("digital-unit")
    staff.post("/gremien/quellen/neu/", {"name": "RIS", "url": f"{server.url}/system"})
    source = OparlSource.objects.get()
    url = f"/gremien/quellen/{source.pk}/"
    staff.post(url + "lesen/")
    assert staff.post(url + "abbrechen/").status_code == 302
    assert "abgebrochen" in words(page(staff, url))

    staff.post(url + "lesen/")
    job = Job.objects.latest("created_at")
    monkeypatch.setattr("leitstand.core.jobs.running._STEP_SECONDS", 0.0)
    original = oparl.Server.pages

    def pages(self: Any, place: str) -> Any:
        for number, found in enumerate(original(self, place)):
            if number == 2:
                Job.objects.filter(pk=job.pk).update(cancel_requested=True)
            yield found

    monkeypatch.setattr(oparl.Server, "pages", pages)
    run_job(job.pk)
    assert OparlSource.objects.get().state == OparlSource.State.CANCELLED
    assert OparlSource.objects.get().read_until is None
    known = Paper.objects.count()
    monkeypatch.setattr(oparl.Server, "pages", original)
    staff.post(url + "lesen/")
    run_job(Job.objects.latest("created_at").pk)
    source = OparlSource.objects.get()
    assert source.state == OparlSource.State.DONE and Paper.objects.count() == 3 >= known
    assert source.counts["organizations.same"] == 2, "what was there is not written again"

    monkeypatch.setattr(oparl.Server, "pages", lambda self, place: 1 / 0)
    staff.post(url + "lesen/")
    run_job(Job.objects.latest("created_at").pk)
    assert OparlSource.objects.get().state == OparlSource.State.FAILED
    assert page(staff, url)


@pytest.mark.django_db
def test_sources_are_read_again_every_night(server: Council, client_of: Any, monkeypatch: Any) -> None:
    """From the first reading on, which a person begins; once a day; not what is switched off."""
    staff = client_of("digital-unit")
    staff.post("/gremien/quellen/neu/", {"name": "RIS", "url": f"{server.url}/system"})
    source = OparlSource.objects.get()
    moments = {"now": datetime(2026, 11, 21, 3, 5, tzinfo=UTC)}
    monkeypatch.setattr(oparl_sources.clock, "now", lambda: moments["now"])
    assert oparl_sources.read_nightly() == 0, "nobody has looked yet what comes of it"
    OparlSource.objects.update(last_run=moments["now"])
    moments["now"] = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)  # two in the morning
    assert oparl_sources.read_nightly() == 0
    moments["now"] = datetime(2026, 11, 22, 2, 1, tzinfo=UTC)
    assert [oparl_sources.read_nightly(), oparl_sources.read_nightly()] == [1, 0]
    run_job(Job.objects.get().pk)
    assert OparlSource.objects.get(pk=source.pk).state == OparlSource.State.DONE
    OparlSource.objects.update(active=False)
    moments["now"] = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert oparl_sources.read_nightly() == 0
