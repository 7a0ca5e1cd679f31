"""Measured values: how many are stored per second of processor time, and how fast they come back.

The peer is a row trigger of our own in the same database and run, that updates the extent of the
Datastream for every row, as the reference server does. Commits are durable, rollups, keys against
duplicates and access rules are on. Processor time is that of our process and, on PostgreSQL, of
the server's process that serves it.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

STREAMS = 1000
MINUTE, HOUR = 60_000_000, 3_600_000_000
POINT = {"type": "Point", "coordinates": [10, 48]}
BEGIN = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z
LIMITS = {
    "data arrays, round robin over 1,000 series": 60_000,
    "data arrays, batches of one series": 100_000,
    "single values, 32 senders (wall)": 6_000,
}
MOST_MS = {"latest value of 1,000 series": 20, "hourly mean of a year": 10, "page of 1,000 values": 15}


class Meter:
    """Seconds of processor time of this process and of the database's process."""

    def __init__(self) -> None:
        from django.db import connection

        self.backend = 0
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self.backend = int(cursor.fetchone()[0])

    def now(self) -> float:
        """Seconds so far."""
        used = time.process_time()
        if self.backend:
            fields = Path(f"/proc/{self.backend}/stat").read_text().rpartition(")")[2].split()
            used += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return used


def entities() -> list[int]:
    """1,000 Datastreams of 100 Things; their ids."""
    from leitstand.core.base.actor import Actor
    from leitstand.core.org.actions import create_unit
    from leitstand.sensing.actions import entities as actions
    from leitstand.sensing.domain.bodies import draft
    from leitstand.sensing.domain.schema import KINDS
    from leitstand.sensing.models import Datastream
    from leitstand.sensing.policy import Caller

    system = Actor.system("bench")
    create_unit(actor=system, code="0", kind="city", name="Stadt", parent=None, active_from=None)
    caller = Caller(system)
    common = {"description": "x", "encodingType": "application/geo+json"}
    sensor = actions.create(caller, draft(KINDS["Sensor"], {**common, "name": "S", "metadata": "x"}))
    what = actions.create(
        caller, draft(KINDS["ObservedProperty"], {"name": "T", "definition": "x", "description": "x"})
    )
    for number in range(STREAMS // 10):
        actions.create(caller, draft(KINDS["Thing"], {
            "name": f"Messstelle {number}", "description": "x", "properties": {"confidentiality": "public"},
            "Locations": [{**common, "name": "Ort", "location": POINT}],
            "Datastreams": [
                {"name": f"Reihe {place}", "description": "x", "observationType": "x",
                 "unitOfMeasurement": {}, "Sensor": {"@iot.id": sensor},
                 "ObservedProperty": {"@iot.id": what}}
                for place in range(10)
            ],
        }))  # fmt: skip
    return list(Datastream.objects.order_by("pk").values_list("pk", flat=True))


def body(streams: list[int], first: int, rows: int) -> bytes:
    """A request of ``CreateObservations``: rows by the minute for each Datastream."""
    from leitstand.sensing.domain.times import instant

    moments = [instant(BEGIN + (first + number) * MINUTE) for number in range(rows)]
    blocks = [
        {"Datastream": {"@iot.id": stream}, "components": ["phenomenonTime", "result"],
         "dataArray": [[at, 15 + (number * 7 + stream) % 80 / 10] for number, at in enumerate(moments)]}
        for stream in streams
    ]  # fmt: skip
    return json.dumps(blocks).encode()


def send(request: bytes) -> int:
    """What the view does with a request, without HTTP; the number of values."""
    import orjson

    from leitstand.core.base.actor import Actor
    from leitstand.sensing.actions import sending
    from leitstand.sensing.domain import bodies
    from leitstand.sensing.policy import Caller

    sent = sending.send_blocks(Caller(Actor.system("bench")), bodies.blocks(orjson.loads(request)))
    orjson.dumps([f"http://x/sta/v1.1/Observations({one.id})" for one in sent])
    return sum(one.id is not None for one in sent)


def peer_tables(cursor: Any, postgres: bool) -> None:
    """The reference's way: an index, a trigger per row."""
    cursor.execute("CREATE TABLE peer_stream (id bigint PRIMARY KEY, first bigint, last bigint)")
    key = "id bigserial PRIMARY KEY" if postgres else "id integer PRIMARY KEY"
    cursor.execute(
        f"CREATE TABLE peer_value ({key}, stream bigint NOT NULL, start bigint NOT NULL, "
        "feature bigint NOT NULL, number double precision)"
    )
    cursor.execute("CREATE INDEX peer_when ON peer_value (stream, start)")
    change = (
        "UPDATE peer_stream SET first = {least}(first, NEW.start), last = {most}(last, NEW.start) "
        "WHERE id = NEW.stream;"
    )
    if postgres:
        text = change.format(least="LEAST", most="GREATEST")
        cursor.execute(
            f"CREATE FUNCTION peer_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {text} "
            "RETURN NEW; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER peer AFTER INSERT ON peer_value FOR EACH ROW EXECUTE FUNCTION peer_note()"
        )
    else:
        text = change.format(least="MIN", most="MAX")
        cursor.execute(f"CREATE TRIGGER peer AFTER INSERT ON peer_value BEGIN {text} END")


def peer(streams: list[int], first: int, rows: int) -> int:
    """Write the same values into the peer's table, row by row in one transaction, as the reference does."""
    from django.db import connection, transaction

    lines = [
        (stream, BEGIN + (first + number) * MINUTE, 1, 15 + (number * 7 + stream) % 80 / 10)
        for number in range(rows)
        for stream in streams
    ]
    statement = (
        "INSERT INTO peer_value (stream, start, feature, number) VALUES (%s, %s, %s, %s) RETURNING id"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        for line in lines:
            cursor.execute(statement, line)
            cursor.fetchone()
    return len(lines)


def rate(meter: Meter, works: list[Callable[[], int]]) -> int:
    """Values per second of processor time."""
    begun, count = meter.now(), 0
    for work in works:
        count += work()
    return round(count / max(meter.now() - begun, 0.01))


def singles(streams: list[int], seconds: float) -> int:
    """Values per second of wall time that 32 senders get acknowledged one by one."""
    from leitstand.sensing.actions import gathering
    from leitstand.sensing.actions.writing import Reading
    from leitstand.sensing.domain.bodies import Value

    gathering.start()
    until, counts = time.perf_counter() + seconds, [0] * 32

    def sender(number: int) -> None:
        while time.perf_counter() < until:
            start = BEGIN - (counts[number] + 1) * HOUR
            gathering.write([Reading(streams[number], 1, start, Value(start, None, 1.0, None))])
            counts[number] += 1

    threads = [threading.Thread(target=sender, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gathering.stop()
    return round(sum(counts) / seconds)


def fastest(work: Callable[[], Any], times: int = 7) -> float:
    """Median milliseconds."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        found.append((time.perf_counter() - begun) * 1000)
    return round(sorted(found)[times // 2], 1)


def reads(streams: list[int]) -> dict[str, float]:
    """Milliseconds of usual questions."""
    import orjson

    from leitstand.core.base.actor import Actor
    from leitstand.sensing.domain import options, paths
    from leitstand.sensing.models import Hourly, Series
    from leitstand.sensing.policy import Caller
    from leitstand.sensing.queries import reading

    caller, place = Caller(Actor.anonymous()), reading.Place("http://x", "http://x/y")
    path = paths.parse(f"Datastreams({streams[0]})/Observations")
    asked = options.parse("$top=1000&$orderby=phenomenonTime desc", path.kind)
    year = Hourly.objects.filter(datastream_id=streams[0]).order_by("start")
    return {
        "latest value of 1,000 series": fastest(
            lambda: list(Series.objects.values_list("datastream_id", "latest_start", "latest_number"))
        ),
        "hourly mean of a year": fastest(lambda: [t / n for t, n in year.values_list("total", "count")]),
        "page of 1,000 values": fastest(lambda: orjson.dumps(reading.answer(caller, path, asked, place))),
    }


def inside() -> None:
    """Measure in this process's instance; prints JSON."""
    import django

    django.setup()
    from django.db import connection

    from leitstand.sensing.models import Observation

    streams, meter = entities(), Meter()
    with connection.cursor() as cursor:
        peer_tables(cursor, connection.vendor == "postgresql")
        cursor.execute(f"INSERT INTO peer_stream SELECT id, {BEGIN}, {BEGIN} FROM sensing_datastream")
    rounds = int(os.environ.get("LEITSTAND_BENCH_ROUNDS", "6"))
    before = size(connection)
    robin = [body(streams, number * 20, 20) for number in range(rounds)]
    found: dict[str, Any] = {
        "data arrays, round robin over 1,000 series": rate(meter, [lambda r=r: send(r) for r in robin]),
    }  # fmt: skip
    batches = [body([streams[number]], 10_000, 5000) for number in range(rounds * 4)]
    found["data arrays, batches of one series"] = rate(meter, [lambda r=r: send(r) for r in batches])
    found["bytes per value"] = round((size(connection) - before) / max(Observation.objects.count(), 1))
    found["trigger, round robin"] = rate(meter, [lambda: peer(streams, 0, 10)])
    found["trigger, batches of one series"] = rate(
        meter, [lambda n=n: peer([streams[n]], 10_000, 5000) for n in range(2)]
    )
    found["single values, 32 senders (wall)"] = singles(streams, 5)
    found |= reads(streams)
    found["values"] = Observation.objects.count()
    print(json.dumps(found))


def size(connection: Any) -> int:
    """Bytes of all tables and indexes of values."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND "
                "relname ~ '^sensing_(observation|hourly|daily|series)'"
            )
            return int(cursor.fetchone()[0])
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        return int(cursor.fetchone()[0])


def main() -> int:
    """Print the table, write bench.json; 1 if a limit is missed."""
    parser = argparse.ArgumentParser(
        prog="bench sensing", description=__doc__,
        epilog="Environment: LEITSTAND_BENCH_ROUNDS (6: requests of 20,000 values, and four times as many of "
        "5,000), LEITSTAND_BENCH_DATABASE_URL (PostgreSQL on this machine, too). Writes bench.json.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    if parser.parse_args().inside:
        inside()
        return 0
    from benchmarks.server import instance

    found = {}
    for store, url in (("SQLite", ""), ("PostgreSQL", os.environ.get("LEITSTAND_BENCH_DATABASE_URL", ""))):
        if store == "SQLite" or url:
            with instance(url) as one:
                found[store] = json.loads(one.run("-m", "benchmarks.sensing", "--inside").stdout)
    missed = report(found)
    everything = {"benchmark": "sensing", "stores": found, "missed": missed}
    Path("bench.json").write_text(json.dumps(everything, indent=1))
    return 1 if missed else 0


def report(found: dict[str, dict[str, Any]]) -> list[str]:
    """Print what was measured; returns what missed its limit."""
    missed = []
    print(f"{'what':46} {'limit':>10} " + " ".join(f"{store:>12}" for store in found))
    for name in next(iter(found.values())):
        limit = f">= {LIMITS[name]}" if name in LIMITS else ""
        limit = f"<= {MOST_MS[name]} ms" if name in MOST_MS else limit
        print(f"{name:46} {limit:>10} " + " ".join(f"{row[name]:>12}" for row in found.values()))
        for store, row in found.items():
            if row[name] < LIMITS.get(name, 0) or row[name] > MOST_MS.get(name, float("inf")):
                missed.append(f"{store}: {name}")
    for store, row in found.items():
        for kind, ours in (("round robin", "data arrays, round robin over 1,000 series"),
                           ("batches of one series", "data arrays, batches of one series")):  # fmt: skip
            times = row[ours] / max(row[f"trigger, {kind}"], 1)
            print(f"{store}: {kind}: {times:.1f} times the trigger")
    print("missed: " + ("; ".join(missed) or "nothing"))
    return missed


if __name__ == "__main__":
    raise SystemExit(main())
