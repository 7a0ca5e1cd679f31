"""Reading a council information system: a generated server with the size of a large city's.

Papers with one consultation each, meetings with their agendas, 100 objects to a page. Measured are
the command's time for the first reading, for a second one of everything (which must touch
nothing), and for one that asks for changes only; as a peer in the same run the time that fetching
and decoding alone takes.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from benchmarks.server import Instance, instance

LIMIT_S = 300.0
PAGE = 100
TYPE = "https://schema.oparl.org/1.1/"
HOME = "https://rat.example/oparl"
_KINDS = ("Beschlussvorlage",) * 6 + ("Antrag", "Anfrage", "Informationsvorlage", "Antrag")
_ROLES = ("Entscheidung",) * 5 + ("Kenntnisnahme", "Kenntnisnahme", "Vorberatung", "unbekannt")


def thing(kind: str, number: int, /, **values: Any) -> dict[str, Any]:
    """An object with its address."""
    moment = "2026-10-01T10:00:00+02:00"
    return {"id": f"{HOME}/{kind.lower()}/{number}", "type": TYPE + kind, "created": moment,
            "modified": moment, **values}  # fmt: skip


def generate(papers: int, meetings: int) -> dict[str, list[dict[str, Any]]]:
    """Organizations, meetings with agendas, papers with consultations that hang together."""
    organizations = [thing("Organization", n, name=f"Gremium {n}", shortName=f"G{n}")
                     for n in range(100)]  # fmt: skip
    agendas: dict[int, list[dict[str, Any]]] = {}
    rows = []
    for n in range(papers):
        at = n % meetings
        item = thing("AgendaItem", n, number=str(len(agendas.get(at, ())) + 1), public=True,
                     name=f"Tagesordnungspunkt zur Vorlage {n}", result="mehrheitlich beschlossen",
                     order=len(agendas.get(at, ())) + 1,
                     consultation=f"{HOME}/consultation/{n}")  # fmt: skip
        agendas.setdefault(at, []).append(item)
        consultation = thing(
            "Consultation", n, meeting=f"{HOME}/meeting/{at}", agendaItem=item["id"],
            organization=[organizations[at % 100]["id"]], role=_ROLES[n % len(_ROLES)],
            authoritative=True,
        )  # fmt: skip
        files = [{"id": f"{HOME}/file/{n}-{k}", "type": TYPE + "File", "name": f"Anlage {k}",
                  "accessUrl": f"{HOME}/file/{n}-{k}.pdf", "mimeType": "application/pdf"}
                 for k in range(2)]  # fmt: skip
        rows.append(
            thing("Paper", n, name=f"Vorlage {n}: Maßnahme im Stadtteil {n % 40}",
                  reference=f"{2012 + n % 15}/{n:05d}", paperType=_KINDS[n % len(_KINDS)],
                  date=str(date(2012, 1, 1) + timedelta(days=n % 5400)),
                  underDirectionOf=[organizations[n % 100]["id"]], consultation=[consultation],
                  mainFile=files[0], auxiliaryFile=files[1:])
        )  # fmt: skip
    sessions = [
        thing("Meeting", n, name=f"{n}. Sitzung", organization=[organizations[n % 100]["id"]],
              start=f"{date(2012, 1, 1) + timedelta(days=2 * n)}T16:00:00+01:00",
              agendaItem=agendas.get(n, []))
        for n in range(meetings)
    ]  # fmt: skip
    return {"organization": organizations, "meeting": sessions, "paper": rows}


@contextmanager
def served(lists: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    """The address of a server with these lists; pages are encoded once."""
    pages: dict[str, bytes] = {}
    empty = json.dumps({"data": [], "links": {}}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            changed = "modified_since" in parse_qs(parts.query)
            body = empty if changed else pages.get(self.path, b"")
            self.send_response(200 if body else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    home = f"http://127.0.0.1:{server.server_address[1]}"
    body = {"id": f"{home}/body", "type": TYPE + "Body", "name": "Musterstadt",
            **{name: f"{home}/{name}" for name in lists}}  # fmt: skip
    pages["/body"] = json.dumps(body).encode()
    for name, rows in lists.items():
        for start in range(0, len(rows), PAGE):
            number = start // PAGE
            more = start + PAGE < len(rows)
            links = {"next": f"{home}/{name}?page={number + 1}"} if more else {}
            page = {"data": rows[start : start + PAGE], "links": links,
                    "pagination": {"totalElements": len(rows)}}  # fmt: skip
            pages[f"/{name}?page={number}" if number else f"/{name}"] = json.dumps(page).encode()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"{home}/body"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fetch_all(url: str) -> None:
    """The peer: every page fetched and decoded, nothing else."""
    with httpx.Client() as client:
        body = client.get(url).json()
        for name in ("organization", "meeting", "paper"):
            following = body[name]
            while following:
                page = client.get(following).json()
                following = page["links"].get("next")


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds and result."""
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


def reading(one: Instance, url: str, *words: str) -> dict[str, Any]:
    """One run of the command; its counts."""
    done = one.run("-m", "leitstand", "oparl", "import", url, "--json", *words)
    found: dict[str, Any] = json.loads(done.stdout)
    if found["failures"]:
        raise SystemExit(f"not everything was read: {found['failures'][:3]}")
    return found


def measure(store: str, postgres: str, url: str, papers: int) -> list[dict[str, Any]]:
    """The three readings on one store."""
    rows = []
    with instance(postgres) as one:
        one.settings["LEITSTAND_OUTGOING_NETWORKS"] = "127.0.0.0/8"
        for name, words in (("first", ()), ("everything again", ("--all",)), ("changes only", ())):
            seconds, found = timed(lambda words=words: reading(one, url, *words))  # type: ignore[misc]
            counts = found["counts"]
            touched = sum(n for key, n in counts.items() if not key.endswith(".same"))
            right = counts.get("papers.new") == papers if name == "first" else touched == 0
            rows.append({"store": store, "reading": name, "seconds": round(seconds, 1),
                         "papers_per_second": round(papers / seconds), "touched": touched,
                         "ok": bool(right and seconds <= LIMIT_S)})  # fmt: skip
    return rows


def main() -> int:
    """Print the table, write bench.json; 1 if a limit is missed."""
    parser = argparse.ArgumentParser(
        prog="bench oparl", description=__doc__,
        epilog="Environment: LEITSTAND_BENCH_PAPERS (14000), LEITSTAND_BENCH_MEETINGS (2600), "
        "LEITSTAND_BENCH_DATABASE_URL (PostgreSQL, too). Writes bench.json.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.parse_args()
    papers = int(os.environ.get("LEITSTAND_BENCH_PAPERS", "14000"))
    meetings = int(os.environ.get("LEITSTAND_BENCH_MEETINGS", "2600"))
    postgres = os.environ.get("LEITSTAND_BENCH_DATABASE_URL", "")
    with served(generate(papers, meetings)) as url:
        peer, _found = timed(lambda: fetch_all(url))
        rows = measure("SQLite", "", url, papers)
        if postgres:
            rows += measure("PostgreSQL", postgres, url, papers)
    print(f"{papers} papers, {meetings} meetings; fetching and decoding alone: {peer:.1f} s; "
          f"limit {LIMIT_S:.0f} s")  # fmt: skip
    print(f"{'store':12} {'reading':18} {'seconds':>8} {'papers/s':>9} {'touched':>8}  ok")
    for row in rows:
        print(f"{row['store']:12} {row['reading']:18} {row['seconds']:>8} "
              f"{row['papers_per_second']:>9} {row['touched']:>8}  {'yes' if row['ok'] else 'NO'}")
    found = {"benchmark": "oparl", "papers": papers, "fetching_s": round(peer, 1), "rows": rows}
    Path("bench.json").write_text(json.dumps(found, indent=1))
    return 0 if all(row["ok"] for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
