"""Pages of stations: who sees what, registering, and that the shown curl works."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leitstand.sensing.models import StationToken, Thing
from leitstand.sensing.web import urls
from tests.sensing.conftest import Service

VALUES = {
    "name": "Wetterstation Bauhof", "confidentiality": "1", "latitude": "48,7", "longitude": "9.1829",
    "device": "Davis Vantage Pro2", "series": "Lufttemperatur, °C\nLuftfeuchte, %\nBetriebszustand",
    "description": "",
}  # fmt: skip
READERS = ("admin", "digital-unit", "project-lead", "unit-head", "member", "auditor", "emergency")
CHANGERS = ("admin", "digital-unit", "unit-head")
ROLES = (*READERS, "councillor", "")


def addresses(stations: Any, which: str) -> dict[str, str]:
    """An address for every page."""
    thing, token = stations[which]["thing"], stations[which]["row"].pk
    return {
        "stations": reverse("sensing:stations"),
        "station_new": reverse("sensing:station_new"),
        "station": reverse("sensing:station", args=[thing]),
        "token_new": reverse("sensing:token_new", args=[thing]),
        "token_revoke": reverse("sensing:token_revoke", args=[thing, token]),
    }


@pytest.mark.parametrize("role", ROLES)
def test_who_may_open_what(role: str, stations: Any, client_of: Any) -> None:
    assert {p.name for p in urls.urlpatterns if not str(p.name).startswith("service")} == set(
        addresses(stations, "open")
    )
    client: Client = client_of(role, stations["units"]["10"] if role else None)
    reads, changes = role in (*READERS, "councillor"), role in CHANGERS
    for name, url in addresses(stations, "open").items():
        method = client.post if name.startswith("token") else client.get
        allowed = changes if name in ("token_new", "token_revoke", "station_new") else reads
        status = method(url).status_code
        assert status in ((200, 302) if allowed else (403,)), (name, status)
    if role == "digital-unit":
        return
    for name in ("station", "token_new", "token_revoke"):
        method = client.post if name.startswith("token") else client.get
        assert method(addresses(stations, "secret")[name]).status_code in (403, 404)
    assert StationToken.objects.get(pk=stations["secret"]["row"].pk).revoked_at is None
    assert "Kasse" not in client.get("/messstellen/?name=Kasse").content.decode().partition("<main")[2].replace(
        'value="Kasse"', ""
    )  # fmt: skip


def test_visitors_are_sent_to_the_log_in(stations: Any) -> None:
    for name, url in addresses(stations, "open").items():
        method = Client().post if name.startswith("token") else Client().get
        assert method(url).status_code == 302


def test_a_station_is_registered_and_the_shown_call_puts_a_value_on_its_page(
    stations: Any, client_of: Any, django_assert_max_num_queries: Any
) -> None:
    head = client_of("unit-head", stations["units"]["10"])
    unit = {"unit": str(stations["units"]["10"].id)}
    for wrong in ({"series": " ,\n"}, {"latitude": "91"}, {"name": ""}, {"unit": "x"}, {"confidentiality": "3"},
                  {"series": "\n".join(f"Reihe {n}" for n in range(31))}):  # fmt: skip
        assert head.post("/messstellen/neu/", {**VALUES, **unit, **wrong}).status_code == 422
    elsewhere = {"unit": str(stations["units"]["20"].id)}
    assert head.post("/messstellen/neu/", {**VALUES, **elsewhere}).status_code == 403
    assert Thing.objects.count() == 2
    done = head.post("/messstellen/neu/", {**VALUES, **unit}, follow=True)
    text = done.content.decode()
    token = re.search(r"ms_[\w-]+", text)
    address = re.search(r"http://testserver(/sta/v1.1/Datastreams\(\d+\)/Observations)", text)
    assert token and address and done["Cache-Control"] == "no-store"
    page = done.redirect_chain[-1][0]
    assert token[0] not in head.get(page).content.decode()
    Service(token[0]).send("POST", address[1].removeprefix("/sta/v1.1/"), {"result": 21.5})
    text = head.get(page).content.decode()
    assert "21,5 °C" in text, text.partition("<main")[2]
    with django_assert_max_num_queries(30):
        assert "21,5 °C" in head.get("/messstellen/").content.decode()
    row = StationToken.objects.get(thing__name=VALUES["name"])
    head.post(reverse("sensing:token_revoke", args=[row.thing_id, row.pk]))
    Service(token[0]).send("POST", address[1].removeprefix("/sta/v1.1/"), {"result": 1}, status=401)
