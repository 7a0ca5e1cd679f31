"""The interface from outside: reading, writing, cascades, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from leitstand.core.accounts.actions import create_token
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.sensing.actions import tokens
from leitstand.sensing.domain.conformance import MET
from leitstand.sensing.models import Correction, Daily, Hourly, Observation, Series, Thing
from leitstand.sensing.queries import limits, reading
from tests.conftest import SYSTEM, accounts_named
from tests.sensing.conftest import POINT, Service, station


def of_role(role: str, unit: Any = None, scope: str = "write") -> Service:
    owner = accounts_named(f"s{id(unit)}{scope}")(role, unit)
    until = clock.now() + timedelta(days=1)
    return Service(create_token(owner, actor=SYSTEM, name="t", scope=scope, expires_at=until)[1])


def observe(service: Service, stream: int, number: Any, at: str, **more: Any) -> int:
    return service.new(
        f"Datastreams({stream})/Observations", {"result": number, "phenomenonTime": at, **more}
    )


@pytest.fixture
def unit_side(stations: Any) -> Service:
    return of_role("digital-unit")


def test_landing_page_and_every_path_to_depth_three(stations: Any, unit_side: Service) -> None:
    observe(unit_side, stations["open"]["streams"][0], 1, "2026-11-20T10:00:00Z")
    root = unit_side.get()
    assert root["value"][0]["name"] == "Things" and len(root["value"]) == 8
    assert root["serverSettings"]["conformance"] == list(MET)
    todo = [(one["url"].partition("/sta/v1.1/")[2], 1) for one in root["value"]]
    seen = 0
    while todo:
        path, depth = todo.pop()
        found = unit_side.get(path)
        assert "value" not in unit_side.get(path + "/$ref") or found["value"]
        row = found["value"][0] if "value" in found else found
        here = row["@iot.selfLink"].partition("/sta/v1.1/")[2]
        assert row["@iot.id"] == unit_side.get(here)["@iot.id"]
        for name, value in row.items():
            if name.endswith("@iot.navigationLink") and depth < 3:
                todo.append((f"{path}({row['@iot.id']})/{name.partition('@')[0]}"
                             if "value" in found else f"{path}/{name.partition('@')[0]}", depth + 1))
            elif "@" not in name and value is not None:
                assert list(unit_side.get(f"{here}/{name}")) == [name]
                unit_side.get(f"{here}/{name}/$value")
        seen += 1
    assert seen > 60
    unit_side.get("Things(9223372036854775807)", 404)


def test_values_are_written_once_corrected_and_summed(stations: Any) -> None:
    one = stations["open"]
    sender, stream = Service(one["token"]), one["streams"][0]
    first = observe(sender, stream, 4, "2026-11-20T10:00:00Z")
    assert observe(sender, stream, 4, "2026-11-20T11:00:00+01:00") == first
    observe(sender, stream, 8, "2026-11-20T10:30:00Z")
    observe(sender, stream, 1.5, "2026-11-20T23:30:00Z")  # the next day in the city
    assert observe(sender, stream, 6, "2026-11-20T10:00:00Z") == first
    assert (Observation.objects.count(), Correction.objects.get().number) == (3, 4.0)
    hours = [(h.count, h.total, h.lowest, h.highest) for h in Hourly.objects.order_by("start")]
    assert hours == [(2, 14.0, 6.0, 8.0), (1, 1.5, 1.5, 1.5)]
    assert [d.count for d in Daily.objects.order_by("start")] == [2, 1]
    series = Series.objects.get()
    assert (series.count, series.latest_number) == (3, 1.5)
    found = sender.get(f"Datastreams({stream})")
    assert found["phenomenonTime"] == "2026-11-20T10:00:00Z/2026-11-20T23:30:00Z"
    assert sender.get(f"Observations({first})")["result"] == 6
    sender.send("DELETE", f"Observations({first})", status=403)
    of_role("digital-unit").send("DELETE", f"Observations({first})", status=200)
    assert [h.count for h in Hourly.objects.order_by("start")] == [1, 1]
    assert Series.objects.get().count == 2


def test_results_of_every_kind_come_back_as_sent(stations: Any) -> None:
    one = stations["open"]
    sender = Service(one["token"])
    for number, value in enumerate((3, 2.5, "auf", True, None, {"a": [1]}, [1, "x"], -1e300)):
        key = observe(sender, one["streams"][1], value, f"2026-11-20T10:00:{number:02}Z")
        assert sender.get(f"Observations({key})")["result"] == value
    found = sender.get("Observations", filter="result eq 'auf' or result eq true or result gt '2.9'")
    assert [row["result"] for row in found["value"]] == [3, "auf", True]


def test_data_arrays_answer_row_by_row(stations: Any) -> None:
    one = stations["open"]
    sender = Service(one["token"])
    rows = [[f"2026-11-20T10:{n:02}:00Z", n] for n in range(20)] + [["gestern", 1], ["2026-11-20T10:00:00Z"]]
    block = {"Datastream": {"@iot.id": one["streams"][0]}, "components": ["phenomenonTime", "result"],
             "dataArray": rows}  # fmt: skip
    lines = sender.send("POST", "CreateObservations", [block]).json()
    assert [line[:5] for line in lines] == ["http:"] * 20 + ["error"] * 2
    assert "[0].dataArray[20]" in lines[20]
    assert sender.send("POST", "CreateObservations", [block]).json() == lines
    found = sender.get("Observations", resultFormat="dataArray", top="5", select="result,phenomenonTime")
    array = found["value"][0]
    assert array["components"] == ["phenomenonTime", "result"] and array["dataArray"][1][1] == 1
    for body, where in (({}, "body"), ([{}], "[0].Datastream"), ([{**block, "components": ["x"]}], "components"),
                        ([{**block, "Datastream": {"@iot.id": 10**9}}], "Datastream")):  # fmt: skip
        response = sender.client.post("/sta/v1.1/CreateObservations", body, "application/json")
        assert response.status_code in (400, 404) and where in response.json()["message"]


def test_pages_expand_select_order_and_count(stations: Any, django_assert_max_num_queries: Any) -> None:
    one = stations["open"]
    sender, stream = Service(one["token"]), one["streams"][0]
    for number in range(1, 13):
        observe(sender, stream, number, f"2026-10-{number:02}T00:00:00Z")
    found = sender.get("Observations", count="true", top="1", skip="2", orderby="phenomenonTime asc",
                       filter="result gt '3'")  # fmt: skip
    assert (found["@iot.count"], [row["result"] for row in found["value"]]) == (9, [6])
    link, results = f"Datastreams({stream})/Observations?$top=5&$orderby=result%20desc&$select=result", []
    while link:
        page = sender.get(link.partition("/sta/v1.1/")[2] or link)
        results += [row["result"] for row in page["value"]]
        link = page.get("@iot.nextLink", "")
    assert results == list(range(12, 0, -1))
    sender.get("Observations?$skiptoken=abc", 400)
    with django_assert_max_num_queries(14):
        found = sender.get("Things", expand="Datastreams($expand=Observations($top=1;$orderby=phenomenonTime desc)"
                           ",Sensor;$orderby=name;$count=true),Locations")  # fmt: skip
    streams = found["value"][0]["Datastreams"]
    assert [row["name"] for row in streams] == ["Feuchte Rathaus", "Temperatur Rathaus"]
    assert streams[1]["Observations"][0]["result"] == 12 and found["value"][0]["Datastreams@iot.count"] == 2
    nested = sender.get(f"Datastreams({stream})", expand="Observations($top=2;$skip=1;$filter=result gt 2),Thing")
    assert [row["result"] for row in nested["Observations"]] == [4, 5] and nested["Thing"]["name"] == "Rathaus"
    more = sender.get(nested["Observations@iot.nextLink"].partition("/sta/v1.1/")[2])
    assert [row["result"] for row in more["value"]] == [6, 7]
    assert set(sender.get("Things", select="name,properties/kind")["value"][0]) == {"name", "properties"}


FILTERS = (
    ("Things", "name eq 'Rathaus'", 1), ("Things", "startswith(tolower(name),'rat') and not (id eq 0)", 1),
    ("Things", "properties/height ge 3 and properties/kind eq 'wetter'", 1),
    ("Things", "properties/height eq '3'", 1), ("Things", "properties/none eq null", 1),
    ("Things", "substringof('haus',name) and endswith(name,'haus') and contains(name,'atha')", 1),
    ("Things", "length(concat(trim(name),'x')) eq 8 and indexof(name,'t') eq 2", 1),
    ("Things", "substring(name,3) eq 'haus' and substring(name,0,3) eq 'Rat'", 1),
    ("Things", "Datastreams/Observations/result gt 5", 1), ("Things", "Datastreams/name eq 'nichts'", 0),
    ("Things", "Datastreams/any(d:d/unitOfMeasurement/symbol eq '%')", 1),
    ("Things", "Datastreams/any(d:d/Observations/any(o:o/result eq 99))", 0),
    ("Observations", "result add 1 mul 2 eq 9 or result mod 4 eq 3 or 10 div result eq 1", 3),
    ("Observations", "result in (1,2,'3')", 3), ("Observations", "4 lt result and result le 6", 2),
    ("Observations", "phenomenonTime ge 2026-10-03T00:00:00Z and phenomenonTime lt 2026-10-05", 2),
    ("Observations", "phenomenonTime gt 2026-10-11T00:00:00Z sub duration'P2D'", 1),
    ("Observations", "during(phenomenonTime,2026-10-02T00:00:00Z/2026-10-04T00:00:00Z)", 3),
    ("Observations", "year(phenomenonTime) eq 2026 and month(phenomenonTime) eq 10 and day(phenomenonTime) gt 8", 2),
    ("Observations", "date(phenomenonTime) eq 2026-10-02 and time(phenomenonTime) eq 00:00", 1),
    ("Observations", "before(phenomenonTime,2026-10-03T00:00:00Z) or after(phenomenonTime,2026-10-09T00:00:00Z)", 3),
    ("Observations", "Datastream/Thing/name eq 'Rathaus' and Datastream/id eq '{stream}'", 10),
    ("Observations", "FeatureOfInterest/name eq 'Ort Rathaus' and resultTime eq null", 10),
    ("Observations", "round(result div 4) eq 1 and floor(result) lt 4 or ceiling(result) eq 10", 3),
    ("Observations", "phenomenonTime lt now() and hour(phenomenonTime) eq 0 and second(phenomenonTime) eq 0", 10),
    ("Datastreams", "phenomenonTime ne null and ObservedProperty/name eq 'Temperatur'", 1),
)  # fmt: skip


def test_filters(stations: Any) -> None:
    one = stations["open"]
    sender, stream = Service(one["token"]), one["streams"][0]
    for number in range(1, 11):
        observe(sender, stream, number, f"2026-10-{number:02}T00:00:00Z")
    visitor = Service()
    for path, text, count in FILTERS:
        found = visitor.get(path, filter=text.format(stream=stream), count="true")
        assert (found["@iot.count"], len(found["value"])) == (count, count), text
    for path, text, status in (
        ("Things", "name", 400), ("Things", "nothing eq 1", 400), ("Things", "name gt 2026-01-01", 400),
        ("Things", "st_within(Locations/location,geography'POINT (1 1)')", 501), ("Things", "name add 1 eq 2", 400),
        ("Things", "Datastreams eq 1", 400), ("Things", "Datastreams/any(d:x/name eq 'y')", 400),
        ("Observations", "result div 0 eq 1", 400), ("Things", "name/x eq 1", 400),
    ):  # fmt: skip
        assert "$filter" in visitor.get(path, status, filter=text)["message"], text
    assert "$orderby" in visitor.get("Things", 400, orderby="Datastreams/name")["message"]


def test_nothing_confidential_shows_anywhere(stations: Any) -> None:
    hidden, own = stations["secret"], stations["open"]
    sender = Service(hidden["token"])
    key = observe(sender, hidden["streams"][0], 77, "2026-11-20T10:00:00Z")
    observe(Service(own["token"]), own["streams"][0], 1, "2026-11-20T10:00:00Z")
    head = of_role("unit-head", stations["units"]["10"])
    for other in (Service(), Service(own["token"]), of_role("councillor"), of_role("member"), head):
        for path in ("Things", "Datastreams", "Sensors", "Locations", "Observations", "HistoricalLocations",
                     "ObservedProperties", "FeaturesOfInterest"):  # fmt: skip
            found = other.get(path, count="true", top="1000")
            assert "Kasse" not in str(found) and found["@iot.count"] == len(found["value"])
        other.get(f"Observations({key})", 404)
        other.get(f"Things({hidden['thing']})/Datastreams", 404)
        other.get(f"Observations({key})/Datastream/Thing/name/$value", 404)
        assert "Kasse" not in str(other.get("Sensors", expand="Datastreams/Thing"))
        assert other.get("Observations", filter="Datastream/Thing/name eq 'Kasse'")["value"] == []
        assert other.get("Sensors", filter="Datastreams/Thing/name eq 'Kasse'")["value"] == []
        body = {"result": 1, "phenomenonTime": "2026-11-20T11:00:00Z"}
        other.send("POST", f"Datastreams({hidden['streams'][0]})/Observations", body, status=404)
        block = {"Datastream": {"@iot.id": hidden["streams"][0]}, "components": ["result"], "dataArray": [[1]]}
        other.send("POST", "CreateObservations", [block], status=404)
        other.send("PATCH", f"Things({hidden['thing']})", {"name": "x"}, status=404)
        other.send("DELETE", f"Things({hidden['thing']})", status=404)
    for other in (sender, of_role("digital-unit"), of_role("unit-head", stations["units"]["20"])):
        assert other.get(f"Observations({key})")["result"] == 77


def test_who_may_write(stations: Any) -> None:
    own = stations["open"]
    path, body = f"Datastreams({own['streams'][0]})/Observations", {"result": 1}
    thing = station("Neu", "10", "internal")
    head = of_role("unit-head", stations["units"]["10"])
    reading = tokens.create_token(Thing.objects.get(pk=own["thing"]), actor=SYSTEM, name="r", scope="read")[1]
    revoked = tokens.create_token(Thing.objects.get(pk=own["thing"]), actor=SYSTEM, name="x")
    tokens.revoke_token(revoked[0], actor=SYSTEM)
    table = (
        (Service(), 401, 401, 401), (Service("ms_falsch"), 401, 401, 401), (Service(revoked[1]), 401, 401, 401),
        (of_role("member"), 403, 403, 403), (of_role("councillor"), 403, 403, 403),
        (of_role("digital-unit", scope="read"), 403, 403, 403), (Service(reading), 403, 403, 403),
        (of_role("unit-head", stations["units"]["20"]), 403, 403, 403),
        (Service(own["token"]), 201, 403, 403), (Service(stations["secret"]["token"]), 403, 403, 403),
        (head, 201, 201, 200), (of_role("digital-unit"), 201, 201, 200), (of_role("admin"), 201, 201, 200),
    )  # fmt: skip
    for number, (caller, sends, creates, changes) in enumerate(table):
        caller.send("POST", path, {**body, "phenomenonTime": f"2026-11-20T10:{number:02}:00Z"}, status=sends)
        caller.send("POST", "Things", {**thing, "name": f"Neu {number}"}, status=creates)
        caller.send("PATCH", f"Things({own['thing']})", {"description": str(number)}, status=changes)
    head.send("POST", "Things", station("Fremd", "20", "internal"), status=403)


def test_session_reads_and_never_writes(stations: Any, client_of: Any) -> None:
    browser = client_of("digital-unit")
    assert len(browser.get("/sta/v1.1/Things").json()["value"]) == 2
    assert browser.delete(f"/sta/v1.1/Things({stations['open']['thing']})").status_code == 401


def test_entities_are_created_changed_and_deleted_with_what_hangs_on_them(
    stations: Any, unit_side: Service
) -> None:
    key = unit_side.new("Things", station("Park", "10", "internal"))
    history = unit_side.get(f"Things({key})/HistoricalLocations", expand="Locations")["value"]
    assert history[0]["Locations"][0]["name"] == "Ort Park"
    place = unit_side.new("Locations", {"name": "Neu", "description": "x", "encodingType": "application/geo+json",
                                        "location": POINT, "Things": [{"@iot.id": key}]})  # fmt: skip
    assert len(unit_side.get(f"Things({key})/HistoricalLocations")["value"]) == 2
    assert [row["name"] for row in unit_side.get(f"Things({key})/Locations")["value"]] == ["Neu"]
    stream = unit_side.get(f"Things({key})/Datastreams")["value"][0]
    number = stream["@iot.id"]
    observe(unit_side, number, 5, "2026-11-20T10:00:00Z")
    unit_side.send("PATCH", f"Datastreams({number})", {"name": "anders"}, status=200)
    found = unit_side.get(f"Datastreams({number})")
    assert (found["name"], found["description"]) == ("anders", stream["description"])
    unit_side.send("PUT", f"Things({key})", {"name": "Park"}, status=400)
    unit_side.send("PUT", f"Things({key})", {"name": "Park", "description": "neu"}, status=200)
    assert "properties" not in unit_side.get(f"Things({key})")
    unit_side.send("DELETE", f"Locations({place})", status=200)
    sensor = unit_side.get(f"Datastreams({number})/Sensor")["@iot.id"]
    unit_side.send("DELETE", f"Sensors({sensor})", status=200)
    unit_side.get(f"Datastreams({number})", 404)
    assert not Observation.objects.exists() and not Hourly.objects.exists() and not Series.objects.exists()
    unit_side.send("DELETE", f"Things({key})", status=200)
    unit_side.send("DELETE", f"Things({key})", status=404)


def test_what_cannot_be_taken_is_refused_with_its_place_and_nothing_is_made(
    stations: Any, unit_side: Service
) -> None:
    stream = stations["open"]["streams"][0]
    deep = station("Halb", "10", "internal")
    del deep["Datastreams"][1]["Sensor"]
    bad: list[tuple[str, Any, str]] = [
        ("Things", deep, "Datastreams[1].Sensor"), ("Things", b"{", "body"), ("Things", [], "body"),
        ("Things", {"name": "x"}, "description"), ("Things", {"name": 5, "description": "x"}, "name"),
        ("Things", {"name": "x" * 301, "description": "x"}, "name"),
        ("Things", {"name": "x", "description": "x", "foo": 1}, "foo"),
        ("Things", {"name": "x", "description": "x", "properties": {"unit": "99"}}, "properties.unit"),
        ("Things", {"name": "x", "description": "x", "Locations": [{"@iot.id": 10**9}]}, "Location"),
        ("Datastreams", {**deep["Datastreams"][0]}, "Thing"),
        ("Observations", {"result": 1}, "Datastream"), ("Things", {"name": "a\x00", "description": ""}, "name"),
    ]  # fmt: skip
    for value, where in (
        ({"result": 1, "phenomenonTime": "2026-11-20T10:00:00"}, "phenomenonTime"),
        ({"result": 1, "phenomenonTime": "20261-01-01T00:00:00Z"}, "phenomenonTime"),
        ({"phenomenonTime": "2026-11-20T10:00:00Z"}, "result"),
        ({"result": 1, "FeatureOfInterest": {"@iot.id": 10**9}}, "FeatureOfInterest"),
        (b'{"result": NaN}', "body"), ({"result": 1, "parameters": []}, "parameters"),
        ({"result": 1, "validTime": "2026-11-20T10:00:00Z/2026-11-19T10:00:00Z"}, "validTime"),
    ):  # fmt: skip
        bad.append((f"Datastreams({stream})/Observations", value, where))
    before = Thing.objects.count()
    for path, body, where in bad:
        response = unit_side.send("POST", path, body, status=400)
        assert where in response.json()["message"], (body, response.json())
    unit_side.send("PATCH", f"Datastreams({stream})", {"Thing": {"name": "x"}}, status=400)
    unit_side.send("POST", f"Things({stations['open']['thing']})", {}, status=405)
    unit_side.send("TRACE", "Things", status=405)
    assert (Thing.objects.count(), Observation.objects.count()) == (before, 0)
    Thing.objects.get(pk=stations["open"]["thing"]).locations.clear()
    body = {"result": 1, "phenomenonTime": "2026-11-20T10:00:00Z"}
    unit_side.send("POST", f"Datastreams({stream})/Observations", body, status=400)
    assert Actor.anonymous().account_id is None


def test_a_statement_that_takes_too_long_is_ended(stations: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_SECONDS", 0.001)
    monkeypatch.setattr(limits, "STEPS", 1)
    monkeypatch.setattr(reading, "answer", lambda *_: _endless())
    assert "too long" in Service().get("Things", 400)["message"]


def _endless() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000) "
            "SELECT count(*) FROM n"
        )


def test_years_at_the_ends_of_the_calendar(stations: Any) -> None:
    one = stations["open"]
    sender = Service(one["token"])
    for moment in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1969-07-20T20:17:40Z"):
        key = observe(sender, one["streams"][0], 1, moment)
        assert sender.get(f"Observations({key})")["phenomenonTime"] == moment
    found = sender.get("Observations", filter="second(phenomenonTime) eq 40 and year(phenomenonTime) eq 1969")
    assert len(found["value"]) == 1
