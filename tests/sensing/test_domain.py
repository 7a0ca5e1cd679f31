"""Paths, options and expressions: what the standard writes is read, everything else names its place."""

from __future__ import annotations

import contextlib
import random

import pytest

from leitstand.sensing.domain import expressions, options, paths, times
from leitstand.sensing.domain.problems import RequestError
from leitstand.sensing.domain.schema import KINDS
from leitstand.sensing.domain.tree import Binary, Call, Exists, Literal, Not, Path

FILTERS = (
    "result lt 10.00",
    "Datastream/id eq '3' and result gt -2",
    "Datastreams/Observations/FeatureOfInterest/@iot.id eq 1",
    "not (name eq 'it''s') or properties/a/b[0] ge 3",
    "substringof('Sensor', description) and indexof(description,'Sensor') eq 1",
    "startswith(tolower(trim(concat(name,'x'))),'a')",
    "phenomenonTime gt 2012-10-18T07:37:47.114Z and phenomenonTime le now() sub duration'P1D'",
    "during(phenomenonTime,2010-06-01T00:00:00Z/2010-07-01T00:00:00Z)",
    "year(resultTime) eq 2026 and date(resultTime) eq 2026-11-20",
    "geo.distance(Locations/location, geography'POINT (30 10)') lt 0.01",
    "st_within(location, geography'POLYGON ((30 10, 10 20, 20 40, 40 40, 30 10))')",
    "result in (1, 2,3)",
    "Datastreams/any(d:d/name eq 'x' and d/Observations/any(o:o/result gt 1))",
    "round(result add 1 mul 2) mod 2 eq 0",
    "validTime eq null",
)
BROKEN = (
    ("", 1), ("result gt", 10), ("result gt 3)", 12), ("foo(1) eq 1", 1),
    ("name eq 'x", 9), ("result eq 2026-13-40T00:00:00Z", 11), ("(" * 50 + "1", 31),
    ("result gt duration'P1Y'", 11), ("a/ eq 1", 7), ("a[x] eq 1", 3), ("length(1,2) eq 1", 1),
    ("x eq ö§", 7), ("result eq " + "9" * 400, 11),
)  # fmt: skip


def test_expressions_of_the_standard_are_read() -> None:
    for text in FILTERS:
        expressions.parse(text)
    tree = expressions.parse("a eq 1 or b eq 2 and not c eq 3 add 4 mul 5")
    assert isinstance(tree, Binary) and tree.operator == "or"
    both = tree.right
    assert isinstance(both, Binary) and both.operator == "and" and isinstance(both.right, Not)
    compared = both.right.operand
    assert isinstance(compared, Binary) and isinstance(compared.right, Binary)
    assert compared.right.operator == "add" and compared.right.right == Binary(
        "mul", Literal("number", 4, 37), Literal("number", 5, 43), 39
    )
    found = expressions.parse("Datastreams/any(d:d/name eq 'x')")
    assert isinstance(found, Exists) and found.variable == "d"
    assert expressions.parse("it.a[2]/@iot.id") == Path(("it.a", 2, "@iot.id"), 1)
    keys = expressions.parse_order("length(name) desc, Datastream/id,result asc")
    assert [down for _, down in keys] == [True, False, False] and isinstance(keys[0][0], Call)


def test_a_broken_expression_names_its_place() -> None:
    for text, at in BROKEN:
        with pytest.raises(RequestError) as caught:
            expressions.parse(text)
        assert caught.value.at == at, (text, str(caught.value))
    for text in ("a eq 1 and " * 300 + "a eq 1", "x" * 9000, "not " * 401 + "a"):
        with pytest.raises(RequestError):
            expressions.parse(text)


def test_nonsense_is_refused_and_never_fails() -> None:
    lot = random.Random(11)
    parts = [*"()[],/:'ä ", "not ", " eq ", "name", "any(", "1", "-2e9", "null", "geography'", "2026-01-01"]
    for _ in range(2000):
        text = "".join(lot.choices(parts, k=lot.randint(1, 14)))
        for read in (expressions.parse, paths.parse, lambda t: options.parse(t, KINDS["Thing"])):
            with contextlib.suppress(RequestError):
                read(text)


def test_paths() -> None:
    path = paths.parse("/Things(1)/Datastreams(22)/Observations/$ref")
    assert [step.key for step in path.steps] == [1, 22, None] and path.ref and path.is_set
    path = paths.parse("Datastreams(1)/unitOfMeasurement/name/$value")
    assert (path.prop, path.inner, path.value) == ("unitOfMeasurement", ("name",), True)
    assert not paths.parse("Observations(1)/Datastream/Thing").is_set
    assert paths.parse("").steps == ()
    for text, status in (
        ("Foo", 404), ("Things(1)/Foo", 404), ("Things/Datastreams", 404), ("Things('a')", 404),
        ("Things(-1)", 404), ("Things(99999999999999999999)", 404), ("Observations(1)/Datastream(2)", 400),
        ("Things/name", 404), ("$ref", 404), ("Things(1)/$value", 404), ("Things(1)/name/$ref", 404),
        ("/".join(["Things(1)/Datastreams(1)/Thing"] * 6), 400),
    ):  # fmt: skip
        with pytest.raises(RequestError) as caught:
            paths.parse(text)
        assert caught.value.status == status, text


def test_options() -> None:
    found = options.parse(
        "$count=true&$top=1&$skip=2&$orderby=phenomenonTime%20asc&$filter=result%20gt%20'3'"
        "&$select=result,@iot.id", KINDS["Observation"],
    )  # fmt: skip
    assert (found.count, found.top, found.skip, found.size) == (True, 1, 2, 1)
    assert found.select == ("result", "@iot.id")
    nested = options.parse(
        "$expand=Datastreams($filter=name eq 'a,b;c)';$top=3;$expand=Observations($orderby=result desc"
        ";$count=true),Sensor),Locations,Datastreams/ObservedProperty", KINDS["Thing"],
    )  # fmt: skip
    streams = nested.expand[0].options
    assert [one.relation for one in nested.expand] == ["Datastreams", "Locations"]
    assert [one.relation for one in streams.expand] == ["Observations", "Sensor", "ObservedProperty"]
    assert streams.top == 3 and streams.expand[0].options.count
    for query in (
        "$top=-1", "$top=a", "$skip=1.5", "$count=yes", "$foo=1", "$top=1&$top=2", "$select=",
        "$select=foo", "$expand=Foo", "$expand=Datastreams(", "$resultFormat=x", "foo=1",
        "$expand=Datastreams/Thing/Datastreams/Thing", "$filter=name eq", "$orderby=name up",
    ):  # fmt: skip
        with pytest.raises(RequestError) as caught:
            options.parse(query, KINDS["Thing"])
        assert caught.value.where.startswith(("$", "foo")), query


def test_moments() -> None:
    assert times.instant(times.parse_instant("2026-11-20T10:00:00.5+01:00")) == "2026-11-20T09:00:00.500Z"
    assert times.parse_moment("1970-01-01T00:00:00Z/1970-01-01T01:00:00Z") == (0, times.HOUR)
    assert times.parse_duration("-P1DT2H") == -26 * times.HOUR
    for text in ("2026-11-20T10:00:00", "gestern", 5, "2026-02-30T00:00:00Z", "10000-01-01T00:00:00Z"):
        with pytest.raises(RequestError):
            times.parse_instant(text)
    with pytest.raises(RequestError):
        times.parse_period("2026-11-20T10:00:00Z/2026-11-19T10:00:00Z")
    for text in ("P", "PT", "P1Y", "1D"):
        with pytest.raises(RequestError):
            times.parse_duration(text)
