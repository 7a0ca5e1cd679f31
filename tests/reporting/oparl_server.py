"""A council information system on this machine, with faults on demand."""

from __future__ import annotations

import json
import lzma
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

TYPE = "https://schema.oparl.org/1.1/"
REFERENCE = os.environ.get("LEITSTAND_REFERENCE_DATA", "")
KARLSRUHE = Path(REFERENCE) / "portfolio" / "karlsruhe" if REFERENCE else Path("/nonexistent")
ORIGIN = "https://rat.example/oparl"


def karlsruhe(name: str) -> list[dict[str, Any]]:
    """Real objects of the reference data."""
    packed = (KARLSRUHE / f"{name}.json.xz").read_bytes()
    found: list[dict[str, Any]] = json.loads(lzma.decompress(packed))
    return found


def thing(kind: str, number: int | str, /, **values: Any) -> dict[str, Any]:
    """An invented object."""
    return {"id": f"{ORIGIN}/{kind.lower()}/{number}", "type": TYPE + kind, **values}


@dataclass
class Council:
    """What the server has; ``faults`` maps a path to what happens there instead."""

    lists: dict[str, list[Any]] = field(default_factory=dict)
    page_size: int = 2
    faults: dict[str, Callable[[Any], None]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, handler: Any) -> None:
        """Answer a request."""
        self.asked.append(handler.path)
        parts = urlsplit(handler.path)
        fault = self.faults.get(handler.path) or self.faults.get(parts.path)
        if fault:
            fault(handler)
        elif parts.path == "/system":
            send(handler, {"type": TYPE + "System", "id": self.url, "body": f"{self.url}/bodies"})
        elif parts.path == "/bodies":
            names = ("organization", "meeting", "paper")
            lists = {name: f"{self.url}/{name}" for name in names if name in self.lists}
            body = {"type": TYPE + "Body", "id": f"{self.url}/body", "name": "Musterstadt", **lists}
            send(handler, {"data": [body], "links": {}})
        else:
            self._list(handler, parts.path.strip("/"), parse_qs(parts.query))

    def _list(self, handler: Any, name: str, query: dict[str, list[str]]) -> None:
        since = query.get("modified_since", [""])[0]
        rows = [row for row in self.lists.get(name, ())
                if not since or not isinstance(row, dict) or row.get("modified", since) >= since]  # fmt: skip
        page = int(query.get("page", ["1"])[0])
        first = (page - 1) * self.page_size
        links = {}
        if first + self.page_size < len(rows):
            links["next"] = f"{self.url}/{name}?page={page + 1}"
        send(handler, {"data": rows[first : first + self.page_size], "links": links,
                       "pagination": {"totalElements": len(rows)}})  # fmt: skip


def send(handler: Any, content: Any, status: int = 200, kind: str = "application/json") -> None:
    """Answer with JSON, or with bytes as they are."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def html(handler: Any) -> None:
    """A web page instead of data."""
    send(handler, b"<!DOCTYPE html><title>Wartung</title>", kind="text/html")


def half(handler: Any) -> None:
    """JSON that ends in the middle, as a complete answer."""
    send(handler, b'{"data": [{"id": "https://rat.example/oparl/pap')


def torn(handler: Any) -> None:
    """The connection ends before the announced length."""
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"data": [')


def hangs(handler: Any) -> None:
    """No answer."""
    time.sleep(1.5)


def drips(handler: Any) -> None:
    """A byte now and then, without end."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(60):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


def redirect(to: str) -> Callable[[Any], None]:
    """Another address."""

    def answer(handler: Any) -> None:
        handler.send_response(302)
        handler.send_header("Location", to)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def status(number: int) -> Callable[[Any], None]:
    """An error."""
    return lambda handler: send(handler, b"", status=number)


@contextmanager
def running(council: Council) -> Iterator[Council]:
    """The council's server, while the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                council.answer(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    council.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield council
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def small_council() -> Council:
    """Two committees, a meeting with two points, three papers with a consultation each."""
    gr, main = thing("Organization", 1, name="Gemeinderat"), thing("Organization", 2, name="Hauptausschuss")
    points = [
        thing("AgendaItem", n, number=f"4.{n}", order=n, name=f"Punkt {n}", public=True,
              result="mehrheitlich beschlossen", consultation=f"{ORIGIN}/consultation/{n}")
        for n in (1, 2)
    ]  # fmt: skip
    meeting = thing("Meeting", 1, name="Gemeinderat", start="2026-10-20T15:30:00+02:00",
                    organization=[gr["id"]], agendaItem=points)  # fmt: skip
    papers = [
        thing("Paper", n, name=f"Vorlage {n}", reference=f"2026/000{n}", date="2026-09-01",
              paperType="Antrag" if n == 1 else "Beschlussvorlage", underDirectionOf=[main["id"]],
              modified="2026-09-02T10:00:00+02:00",
              consultation=[thing("Consultation", n, meeting=meeting["id"], role="Entscheidung",
                                  agendaItem=f"{ORIGIN}/agendaitem/{n}", organization=[gr["id"]],
                                  authoritative=True)])
        for n in (1, 2, 3)
    ]  # fmt: skip
    return Council({"organization": [gr, main], "meeting": [meeting], "paper": papers})
