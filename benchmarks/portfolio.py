"""Speed of the portfolio over a big city, measured on the real server.

Pages are judged by `Server-Timing: app` (time in the application, without the network); people
working at once by what they wait at their end.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from benchmarks.server import ROOT, Instance, Person, instance, percentile, write

EPILOG = """\
Environment: LEITSTAND_BENCH_POSTGRES_URL measures PostgreSQL too (a database of its own is created
there and dropped); sizes: LEITSTAND_BENCH_PROJECTS (1000), _MILESTONES (10000), _ROWS (50000),
_UNITS (500), _USERS (300), _IMPORT_ROWS (10000), _REQUESTS (60 per page), _PEOPLE (50),
_SECONDS (20 with people at once). Writes bench.json; exit code 1 if a figure is over its limit.
"""
_STATES = ("laufend", "geplant", "Idee")
PAUSE = 3.0  # seconds between two actions of one person, on average


@dataclass
class Figure:
    """One measured number and its limit (None: for information)."""

    database: str
    what: str
    value: float
    unit: str
    limit: float | None = None
    note: str = ""

    @property
    def holds(self) -> bool:
        return self.limit is None or self.value <= self.limit


def setting(name: str, default: int) -> int:
    """A size from the environment."""
    return int(os.environ.get(f"LEITSTAND_BENCH_{name}", default))


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="make bench NAME=portfolio", description=__doc__, epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--fill", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--without", nargs="*", default=[], choices=("pages", "import", "people"))
    args = parser.parse_args(argv)
    if args.fill:
        return fill()
    begun = os.getloadavg()[0]
    if begun > 0.5 * (os.cpu_count() or 1):
        print(
            f"others are at work here (load {begun:.1f}): times will be too long", file=sys.stderr
        )
    figures: list[Figure] = [installed()]
    for name, url in databases():
        with instance(url) as at:
            figures += measure(name, at, set(args.without))
    show(figures)
    write({
        "name": "portfolio", "python": platform.python_version(), "cpus": os.cpu_count(),
        "load_before": round(begun, 1),
        "figures": [{**f.__dict__, "holds": f.holds} for f in figures],
    })  # fmt: skip
    return 0 if all(f.holds for f in figures) else 1


def databases() -> Iterator[tuple[str, str]]:
    yield "SQLite", ""
    url = os.environ.get("LEITSTAND_BENCH_POSTGRES_URL", "")
    if url:
        yield "PostgreSQL", url


def fill() -> int:
    """Child process: write the city and sessions for its first people, print what was made."""
    import django

    django.setup()
    from django.test import Client

    from benchmarks import data

    size = data.Size(
        projects=setting("PROJECTS", 1000), milestones=setting("MILESTONES", 10_000),
        rows=setting("ROWS", 50_000), units=setting("UNITS", 500), users=setting("USERS", 300),
    )  # fmt: skip
    city = data.fill(size)
    sessions = []
    for account in (*city.accounts[:50], *city.accounts[60:70], *city.accounts[250:260]):
        client = Client()
        client.force_login(account)
        sessions.append(client.cookies["leitstand_session"].value)
    projects = [str(p.pk) for p in city.projects if p.confidentiality <= 1]
    units = [unit.name for unit in city.units]
    print(json.dumps({"sessions": sessions, "projects": projects, "units": units}))
    return 0


def measure(name: str, at: Instance, without: set[str]) -> list[Figure]:
    print(f"{name}: filling …", file=sys.stderr)
    made = json.loads(at.run("-m", "benchmarks.portfolio", "--fill").stdout.splitlines()[-1])
    at.start()
    figures: list[Figure] = []
    if "pages" not in without:
        figures += pages(name, at, made)
    if "people" not in without:
        figures += people(name, at, made)
    if "import" not in without:
        figures += importing(name, at, made)
    for role, held in sorted(at.resident().items()):
        limit = 250.0 if role == "web" else None
        figures.append(Figure(name, f"memory of {role}", held / 2**20, "MiB", limit))
    at.stop()
    return figures


# --- pages ----------------------------------------------------------------------------------------

PAGES = (
    ("list", "/vorhaben/", 100),
    ("list, grouped and sorted", "/vorhaben/?group=lead_unit&sort=-end,title&page=2", 100),
    ("list, searched", "/vorhaben/?q=akte+einführung&late=yes", 100),
    ("profile", "/vorhaben/{project}/", 100),
    ("start page", "/", 100),
    ("roadmap of all", "/roadmap/", 250),
    ("roadmap as table", "/roadmap/?show=table", None),
    ("board", "/board/", None),
    ("priorities", "/prioritaeten/", None),
    ("indicators", "/kennzahlen/", None),
    ("strategy", "/ziele/", None),
)


def pages(name: str, at: Instance, made: dict[str, Any]) -> list[Figure]:
    """Every page asked for by people of three roles in turn, one request at a time."""
    crowd = [Person(at, made["sessions"][n]) for n in (0, 1, 50, 60)]
    figures = []
    for what, path, limit in PAGES:
        projects = itertools.cycle(made["projects"][:50])
        for person in crowd:
            person.get(path.format(project=next(projects)))
        times, size, used = [], 0, at.processor_seconds()
        for _turn, person in zip(
            range(setting("REQUESTS", 60)), itertools.cycle(crowd), strict=False
        ):
            spent, size, _text = person.get(path.format(project=next(projects)))
            times.append(spent)
        used = 1000 * (at.processor_seconds() - used) / len(times)
        note = f"p50 {percentile(times, 0.5):.0f} ms, processor {used:.0f} ms, {size // 1024} KB"
        figures.append(Figure(name, f"{what}, p95", percentile(times, 0.95), "ms", limit, note))
        print(f"  {what}: {note}", file=sys.stderr)
    return figures


# --- people at once -------------------------------------------------------------------------------


def people(name: str, at: Instance, made: dict[str, Any]) -> list[Figure]:
    """50 people act every three seconds on average; half of them save, half of them read."""
    number, seconds = setting("PEOPLE", 50), setting("SECONDS", 20)
    waits: list[float] = []
    saves: list[float] = []
    errors: list[str] = []
    until = time.monotonic() + seconds

    def live(place: int) -> None:
        lot = random.Random(place)
        person = Person(at, made["sessions"][place % 50])
        own = made["projects"][place % len(made["projects"])]
        time.sleep(lot.uniform(0, PAUSE))
        while time.monotonic() < until:
            begun = time.monotonic()
            try:
                if place % 2:
                    status = person.save(own, lot.randrange(101))
                    saves.append((time.monotonic() - begun) * 1000)
                    if status != 200:
                        errors.append(f"save answered {status}")
                else:
                    person.get(
                        lot.choice(("/vorhaben/", f"/vorhaben/{own}/", "/", "/vorhaben/?q=akte"))
                    )
                    waits.append((time.monotonic() - begun) * 1000)
            except (Exception, SystemExit) as problem:  # noqa: BLE001 - everything counts as an error
                errors.append(repr(problem))
            time.sleep(lot.uniform(0, 2 * PAUSE))

    threads = [threading.Thread(target=live, args=(place,)) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for text in sorted(set(errors))[:5]:
        print(f"  {text}", file=sys.stderr)
    both = f"{len(waits)} pages, {len(saves)} saves (editor and answer), a pause of {PAUSE:.0f} s"
    return [
        Figure(
            name, f"{number} people at once, pages p95", percentile(waits, 0.95), "ms", 500, both
        ),
        Figure(name, f"{number} people at once, saves p95", percentile(saves, 0.95), "ms", 500),
        Figure(name, f"{number} people at once, errors", len(errors), "", 0),
    ]


# --- import ---------------------------------------------------------------------------------------


def importing(name: str, at: Instance, made: dict[str, Any]) -> list[Figure]:
    """Import a workbook by the command while somebody saves every 200 ms."""
    rows = setting("IMPORT_ROWS", 10_000)
    file = at.folder / "import.xlsx"
    workbook(file, rows, made["units"])
    waits: list[float] = []
    errors: list[int] = []
    done = threading.Event()

    def keep_saving() -> None:
        person = Person(at, made["sessions"][0])
        for turn in itertools.count():
            if done.is_set():
                return
            begun = time.monotonic()
            status = person.save(made["projects"][turn % 20], turn % 101)
            waits.append(time.monotonic() - begun)
            if status != 200:
                errors.append(status)
            done.wait(0.2)

    saver = threading.Thread(target=keep_saving)
    saver.start()
    begun = time.monotonic()
    command = [sys.executable, "-m", "leitstand", "import", "projects", str(file)]
    ended = subprocess.run(
        command, env=at.environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - begun
    done.set()
    saver.join()
    if ended.returncode:
        print(ended.stdout[-1500:], ended.stderr[-1500:], file=sys.stderr)
    note = f"command ended with {ended.returncode}"
    return [
        Figure(name, f"import of {rows} rows", seconds, "s", 20, note),
        Figure(name, "import, rows refused or failed", int(ended.returncode != 0), "", 0),
        Figure(name, "longest save meanwhile", max(waits), "s", 1, f"{len(waits)} saves"),
        Figure(name, "failed saves meanwhile", len(errors), "", 0),
    ]


def workbook(file: Path, rows: int, units: Sequence[str]) -> None:
    """A list as a city keeps it, with German headings."""
    from openpyxl import Workbook

    lot = random.Random(3)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Projekte")
    sheet.append(
        [
            "Nr.",
            "Projekttitel",
            "Amt",
            "Status",
            "Beginn",
            "Ende",
            "Fortschritt",
            "Kurzbeschreibung",
        ]
    )
    for n in range(1, rows + 1):
        start = date(2026, 1, 1) + timedelta(days=lot.randrange(700))
        sheet.append([
            f"X-{n}", f"Übernommenes Vorhaben {n}", lot.choice(units), lot.choice(_STATES),
            start, start + timedelta(days=lot.randrange(30, 900)), lot.randrange(100) / 100, "Ein Satz dazu.",
        ])  # fmt: skip
    book.save(file)


# --- size, table ----------------------------------------------------------------------------------


def installed() -> Figure:
    """The product and everything that requirements.txt installs, on disk."""
    total = sum(f.stat().st_size for f in (ROOT / "src").rglob("*") if f.is_file())
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        name = line.partition("==")[0].strip()
        if "==" not in line or not name or name.startswith("#"):
            continue
        try:
            files = distribution(name).files or ()
        except PackageNotFoundError:
            continue
        total += sum(p.stat().st_size for f in files if (p := Path(str(f.locate()))).is_file())
    return Figure("", "installed size", total / 2**20, "MiB", 450)


def show(figures: Sequence[Figure]) -> None:
    """The table."""
    widest = max(len(f"{f.database} {f.what}") for f in figures)
    for f in figures:
        limit = "" if f.limit is None else f"{'≤' if f.holds else 'OVER'} {f.limit:g}"
        name = f"{f.database} {f.what}".strip()
        print(f"{name:<{widest}}  {f.value:>8.1f} {f.unit:<4} {limit:<9} {f.note}")


if __name__ == "__main__":
    raise SystemExit(main())
