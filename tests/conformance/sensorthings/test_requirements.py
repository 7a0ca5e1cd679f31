"""One check per requirement that the landing page lists, written from OGC 18-088.

What the OGC's test suite does for classes A.1 to A.3 is among them; each check is named by the end
of its requirement's address.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leitstand.core.base.actor import Actor
from leitstand.sensing.domain.conformance import MET, PREFIX
from leitstand.sensing.domain.schema import KINDS
from leitstand.sensing.policy import Caller
from leitstand.sensing.web import service as view
from tests.sensing.conftest import POINT, Service, station

Check = Callable[[Service, int], None]
CHECKS: dict[str, Check] = {}
SETS = {kind.plural for kind in KINDS.values()}


@pytest.fixture
def service(stations: Any, monkeypatch: pytest.MonkeyPatch) -> Service:
    """Somebody who may do everything, and twelve values over twelve days."""
    monkeypatch.setattr(view, "caller_of", lambda request: Caller(Actor.system("conformance")))
    made = Service()
    stream = stations["open"]["streams"][0]
    block = {
        "Datastream": {"@iot.id": stream}, "components": ["phenomenonTime", "result"],
        "dataArray": [[f"2026-10-{day:02}T00:00:00Z", day] for day in range(1, 13)],
    }  # fmt: skip
    made.send("POST", "CreateObservations", [block])
    return made


def check(*names: str) -> Callable[[Check], Check]:
    """Register a check for requirements."""

    def register(function: Check) -> Check:
        for name in names:
            CHECKS[PREFIX + name] = function
        return function

    return register


def test_every_requirement_that_is_claimed_has_a_check() -> None:
    assert set(MET) <= set(CHECKS)


@pytest.mark.parametrize("uri", MET)
def test_requirement(uri: str, service: Service, stations: Any) -> None:
    CHECKS[uri](service, stations["open"]["streams"][0])


def _entity_check(kind_name: str) -> tuple[Check, Check]:
    kind = KINDS[kind_name]

    def properties(service: Service, stream: int) -> None:
        row = service.get(kind.plural)["value"][0]
        required = {name for name, prop in kind.properties.items() if prop.required}
        assert required <= row.keys()
        for prop in kind.properties.values():
            if row.get(prop.name) is not None:
                link = row["@iot.selfLink"].partition("/sta/v1.1/")[2]
                assert service.get(f"{link}/{prop.name}") == {prop.name: row[prop.name]}
                service.get(f"{link}/{prop.name}/$value")

    def relations(service: Service, stream: int) -> None:
        row = service.get(kind.plural)["value"][0]
        for relation in kind.relations.values():
            link = row[f"{relation.name}@iot.navigationLink"].partition("/sta/v1.1/")[2]
            found = service.get(link)
            assert (found["value"] if relation.many else found)
            service.get(f"{kind.plural}", expand=relation.name)

    return properties, relations


for _name, _path in (
    ("Thing", "thing"), ("Location", "location"), ("HistoricalLocation", "historical-location"),
    ("Datastream", "datastream"), ("Sensor", "sensor"), ("ObservedProperty", "observed-property"),
    ("Observation", "observation"), ("FeatureOfInterest", "feature-of-interest"),
):  # fmt: skip
    CHECKS[f"{PREFIX}datamodel/{_path}/properties"], CHECKS[f"{PREFIX}datamodel/{_path}/relations"] = (
        _entity_check(_name)
    )


@check("datamodel/entity-control-information/common-control-information")
def _control(service: Service, stream: int) -> None:
    for plural in SETS:
        row = service.get(plural)["value"][0]
        assert row["@iot.selfLink"].endswith(f"/{plural}({row['@iot.id']})")
        assert isinstance(row["@iot.id"], int)


@check("resource-path/resource-path-to-entities")
def _paths(service: Service, stream: int) -> None:
    assert {one["name"] for one in service.get()["value"]} == SETS
    for plural in SETS:
        service.get(f"{plural}(9223372036854775807)", 404)
    assert service.get(f"Datastreams({stream})/Thing/Locations/$ref")["value"][0].keys() == {"@iot.selfLink"}
    assert service.get(f"Datastreams({stream})/unitOfMeasurement/symbol/$value") == "°C"
    assert service.get(f"Datastreams({stream})/Observations/$ref")["value"]


@check("request-data/status-code", "request-data/query-status-code")
def _status(service: Service, stream: int) -> None:
    for path, status in (("Things", 200), ("Things(0)", 404), ("Nothing", 404), ("Things?$foo=1", 400),
                         ("Things?$filter=name", 400), ("Things?$top=x", 400)):  # fmt: skip
        service.get(path, status)


@check("request-data/order")
def _order(service: Service, stream: int) -> None:
    found = service.get("Observations?$count=true&$top=1&$skip=2&$orderby=phenomenonTime%20asc"
                        "&$filter=result%20gt%20'3'")  # fmt: skip
    assert (found["@iot.count"], [row["result"] for row in found["value"]]) == (9, [6])


@check("request-data/expand")
def _expand(service: Service, stream: int) -> None:
    for kind in KINDS.values():
        for first in kind.relations.values():
            for second in KINDS[first.target].relations:
                row = service.get(kind.plural, expand=f"{first.name}/{second}")["value"][0]
                inner = row[first.name][0] if first.many else row[first.name]
                assert second in inner and f"{first.name}@iot.navigationLink" not in row


@check("request-data/select")
def _select(service: Service, stream: int) -> None:
    for kind in KINDS.values():
        names = [name for name, prop in kind.properties.items() if prop.required]
        for count in range(1, len(names) + 1):
            row = service.get(kind.plural, select=",".join(names[:count]))["value"][0]
            assert set(row) == set(names[:count])


@check("request-data/orderby")
def _orderby(service: Service, stream: int) -> None:
    for kind in KINDS.values():
        for name, prop in kind.properties.items():
            if prop.type.value in ("text", "instant"):
                for way in ("asc", "desc"):
                    service.get(kind.plural, orderby=f"{name} {way},id desc")
    found = service.get("Observations", orderby="result desc")["value"]
    assert [row["result"] for row in found] == list(range(12, 0, -1))


@check("request-data/top", "request-data/pagination")
def _top(service: Service, stream: int) -> None:
    for top in range(1, 14):
        found = service.get("Observations", top=str(top))
        assert len(found["value"]) == min(top, 12) and ("@iot.nextLink" in found) == (top < 12)
    seen, link = [], "Observations?$top=5"
    while link:
        found = service.get(link.rpartition("/sta/v1.1/")[2])
        seen += [row["result"] for row in found["value"]]
        link = found.get("@iot.nextLink", "")
    assert seen == list(range(1, 13))


@check("request-data/skip")
def _skip(service: Service, stream: int) -> None:
    for skip in (0, 1, 2, 3, 4, 12):
        assert len(service.get("Observations", skip=str(skip))["value"]) == 12 - skip


@check("request-data/count")
def _count(service: Service, stream: int) -> None:
    for plural in SETS:
        found = service.get(plural, count="true")
        assert found["@iot.count"] == len(found["value"])
        assert "@iot.count" not in service.get(plural, count="false")


@check("request-data/filter")
def _filter(service: Service, stream: int) -> None:
    for kind in KINDS.values():
        for name, prop in kind.properties.items():
            if prop.type.value == "text":
                value = service.get(kind.plural)["value"][0][name].replace("'", "''")
                for operator in ("eq", "le", "ge"):
                    assert service.get(kind.plural, filter=f"{name} {operator} '{value}'")["value"]
    assert service.get("Things", filter="Datastreams/Observations/result eq 12")["value"]


@check("request-data/built-in-filter-operations")
def _operations(service: Service, stream: int) -> None:
    table = {"lt": 4, "le": 5, "eq": 1, "ne": 11, "ge": 8, "gt": 7}
    for operator, count in table.items():
        assert len(service.get("Observations", filter=f"result {operator} 5")["value"]) == count
    for text, count in (("result add 1 eq 3", 1), ("result sub 1 eq 3", 1), ("result mul 2 eq 6", 1),
                        ("result div 2 eq 3", 1), ("result mod 5 eq 0", 2), ("not (result gt 2)", 2),
                        ("result gt 2 and result lt 5", 2), ("(result lt 2 or result gt 11)", 2)):  # fmt: skip
        assert len(service.get("Observations", filter=text)["value"]) == count, text


BODIES: dict[str, dict[str, Any]] = {
    "Things": {"name": "T", "description": "d"},
    "Locations": {"name": "L", "description": "d", "encodingType": "application/geo+json", "location": POINT},
    "Sensors": {"name": "S", "description": "d", "encodingType": "text/html", "metadata": "x"},
    "ObservedProperties": {"name": "O", "description": "d", "definition": "urn:x"},
    "FeaturesOfInterest": {"name": "F", "description": "d", "encodingType": "application/geo+json",
                           "feature": POINT},
}  # fmt: skip


@check("create-update-delete/create-entity", "create-update-delete/link-to-existing-entities")
def _create(service: Service, stream: int) -> None:
    made = {plural: service.new(plural, body) for plural, body in BODIES.items()}
    for plural, key in made.items():
        row = service.get(f"{plural}({key})")
        assert BODIES[plural].items() <= row.items()
    links = {name: {"@iot.id": made[plural]} for name, plural in
             (("Thing", "Things"), ("Sensor", "Sensors"), ("ObservedProperty", "ObservedProperties"))}  # fmt: skip
    key = service.new("Datastreams", {"name": "D", "description": "d", "observationType": "x",
                                      "unitOfMeasurement": {"name": None, "symbol": None, "definition": None},
                                      **links})  # fmt: skip
    feature = {"@iot.id": made["FeaturesOfInterest"]}
    value = service.new("Observations", {"result": 1, "Datastream": {"@iot.id": key}, "FeatureOfInterest": feature})
    row = service.get(f"Observations({value})", expand="Datastream,FeatureOfInterest")
    assert (row["Datastream"]["@iot.id"], row["FeatureOfInterest"]["@iot.id"]) == (key, feature["@iot.id"])
    assert row["resultTime"] is None and row["phenomenonTime"]
    body = {"result": 2, "Datastream": {"@iot.id": key}}
    service.send("POST", "Observations", body, status=400)  # no feature, no Location
    service.new("Locations", {**BODIES["Locations"], "Things": [{"@iot.id": made["Things"]}]})
    first, second = (service.new("Observations", {**body, "result": number}) for number in (3, 4))
    features = [service.get(f"Observations({one})/FeatureOfInterest")["@iot.id"] for one in (first, second)]
    assert features[0] == features[1] != feature["@iot.id"]


@check("create-update-delete/deep-insert", "create-update-delete/deep-insert-status-code")
def _deep(service: Service, stream: int) -> None:
    body = station("Tief", "10", "public")
    body["Datastreams"][0]["Observations"] = [
        {"result": 7, "phenomenonTime": "2026-11-01T00:00:00Z", "FeatureOfInterest": BODIES["FeaturesOfInterest"]}
    ]
    key = service.new("Things", body)
    found = service.get(f"Things({key})", expand="Locations,Datastreams($expand=Sensor,ObservedProperty,Observations)")
    assert found["Datastreams"][0]["Observations"][0]["result"] == 7 and found["Locations"]
    counts = {plural: service.get(plural, count="true", top="0")["@iot.count"] for plural in SETS}
    for missing in ("Sensor", "ObservedProperty"):
        broken = station("Halb", "10", "public")
        del broken["Datastreams"][1][missing]
        service.send("POST", "Things", broken, status=400)
    service.send("POST", "Observations", {"result": 1}, status=400)
    assert counts == {plural: service.get(plural, count="true", top="0")["@iot.count"] for plural in SETS}


@check("create-update-delete/delete-entity")
def _delete(service: Service, stream: int) -> None:
    service.send("DELETE", "Things(0)", status=404)
    thing = service.get(f"Datastreams({stream})/Thing")["@iot.id"]
    place = service.get(f"Things({thing})/Locations")["value"][0]["@iot.id"]
    feature = service.get("FeaturesOfInterest")["value"][0]["@iot.id"]
    service.send("DELETE", f"FeaturesOfInterest({feature})", status=200)
    assert service.get(f"Datastreams({stream})/Observations", count="true")["@iot.count"] == 0
    service.send("DELETE", f"Locations({place})", status=200)
    assert service.get(f"Things({thing})/HistoricalLocations")["value"] == []
    sensor = service.get(f"Datastreams({stream})/Sensor")["@iot.id"]
    service.send("DELETE", f"Sensors({sensor})", status=200)
    service.get(f"Datastreams({stream})", 404)
    other = service.get(f"Things({thing})/Datastreams")["value"][0]["@iot.id"]
    prop = service.get(f"Datastreams({other})/ObservedProperty")["@iot.id"]
    service.send("DELETE", f"ObservedProperties({prop})", status=200)
    assert service.get(f"Things({thing})/Datastreams")["value"] == []
    service.send("DELETE", f"Things({thing})", status=200)


@check("create-update-delete/historical-location-auto-creation")
def _history(service: Service, stream: int) -> None:
    thing = service.get(f"Datastreams({stream})/Thing")["@iot.id"]
    place = service.new("Locations", BODIES["Locations"])
    service.send("PATCH", f"Things({thing})", {"Locations": [{"@iot.id": place}]}, status=200)
    rows = service.get(f"Things({thing})/HistoricalLocations", expand="Locations", orderby="id desc")["value"]
    assert rows[0]["Locations"][0]["@iot.id"] == place and len(rows) == 2


@check("create-update-delete/historical-location-manual-creation")
def _history_by_hand(service: Service, stream: int) -> None:
    thing = service.get(f"Datastreams({stream})/Thing")["@iot.id"]
    place = service.get(f"Things({thing})/Locations")["value"][0]["@iot.id"]
    key = service.new("HistoricalLocations", {"time": "2020-01-01T00:00:00Z", "Thing": {"@iot.id": thing},
                                              "Locations": [{"@iot.id": place}]})  # fmt: skip
    assert service.get(f"HistoricalLocations({key})/Locations")["value"][0]["@iot.id"] == place


@check("data-array/data-array")
def _array(service: Service, stream: int) -> None:
    found = service.get(f"Datastreams({stream})/Observations", resultFormat="dataArray", count="true")
    array = found["value"][0]
    assert array["dataArray@iot.count"] == len(array["dataArray"]) == found["@iot.count"] == 12
    assert array["components"][0] == "@iot.id" and array["Datastream@iot.navigationLink"].endswith(f"({stream})")


@pytest.mark.skipif("LEITSTAND_REFERENCE_DATA" not in os.environ, reason="no reference data")
def test_the_bodies_that_the_suite_needs_before_it_runs(service: Service) -> None:
    folder = Path(os.environ["LEITSTAND_REFERENCE_DATA"]) / "sensing" / "ogc-payloads"
    body = json.loads((folder / "preconditions.json").read_text("utf-8"))
    key = service.new("Things", body)
    assert service.get(f"Things({key})/Datastreams")["value"]
