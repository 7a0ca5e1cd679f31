"""Speed of status rounds and of past days over a big city, measured on the real server.

A city of 1,000 projects, each with 100 versions, and 100 closed rounds. Pages are judged by
`Server-Timing: app`; people who answer at once by what they wait at their end; e-mails by what a
real mail server on the loopback has got, also after the worker was killed twice meanwhile.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import random
import re
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import httpx

from benchmarks.mailbox import Mailbox, mailbox
from benchmarks.portfolio import Figure, databases, setting, show
from benchmarks.server import Instance, Person, instance, percentile, write

EPILOG = """\
Environment: LEITSTAND_BENCH_POSTGRES_URL measures PostgreSQL too (a database of its own is created
there and dropped); sizes: LEITSTAND_BENCH_PROJECTS (1000), _ROUNDS (100), _VERSIONS (100 per
project), _ROWS (50000), _REQUESTS (60 per page), _ANSWERING (300 people), _WINDOW (360 seconds in which
they come; an hour has 3600).
--small tries everything in half a minute. Writes bench.json; exit code 1 if a figure is over its
limit.
"""
SMALL = {"PROJECTS": 60, "MILESTONES": 600, "ROWS": 3000, "UNITS": 40, "USERS": 60, "ROUNDS": 8,
         "VERSIONS": 8, "REQUESTS": 6, "ANSWERING": 20, "WINDOW": 10}  # fmt: skip
PARTS = ("pages", "past", "opening", "answering")
PAUSE = 3.0  # seconds on average between two steps of one person who answers


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="make bench NAME=rounds", description=__doc__, epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--do", nargs="*", help=argparse.SUPPRESS)
    parser.add_argument("--small", action="store_true", help="small sizes, limits do not count")
    parser.add_argument("--without", nargs="*", default=[], choices=PARTS)
    parser.add_argument("--only", nargs="*", default=[], choices=("SQLite", "PostgreSQL"))
    args = parser.parse_args(argv)
    if args.do:
        return do(*args.do)
    if args.small:
        for name, size in SMALL.items():
            os.environ.setdefault(f"LEITSTAND_BENCH_{name}", str(size))
    begun = os.getloadavg()[0]
    if begun > 0.5 * (os.cpu_count() or 1):
        print(f"others are at work here (load {begun:.1f}): times will be too long", file=sys.stderr)
    figures: list[Figure] = []
    for name, url in databases():
        if args.only and name not in args.only:
            continue
        with mailbox() as box, instance(url) as at:
            figures += measure(name, at, box, set(PARTS) - set(args.without))
    show(figures)
    write({
        "name": "rounds", "python": platform.python_version(), "cpus": os.cpu_count(),
        "load_before": round(begun, 1), "small": args.small,
        "figures": [{**f.__dict__, "holds": f.holds} for f in figures],
    })  # fmt: skip
    return 0 if args.small or all(f.holds for f in figures) else 1


def measure(name: str, at: Instance, box: Mailbox, parts: set[str]) -> list[Figure]:
    at.settings["LEITSTAND_SMTP_URL"] = box.url
    print(f"{name}: filling …", file=sys.stderr)
    begun = time.monotonic()
    made = asked_of(at, "fill")
    print(f"  filled in {time.monotonic() - begun:.0f} s: {made['rows']}", file=sys.stderr)
    at.start()
    figures: list[Figure] = []
    if "pages" in parts:
        figures += pages(name, at, made, PAGES, "")
    if "past" in parts:
        for words, day in made["days"].items():
            figures += pages(name, at, made, PAST, f" as of {words}", day)
        figures += pages(name, at, made, COMPARED, "", made["days"]["halfway"])
    if "opening" in parts:
        figures += opening(name, at, box, made)
    if "answering" in parts:
        figures += answering(name, at, box, made)
    for role, held in sorted(at.resident().items()):
        limit = 250.0 if role == "web" else None
        figures.append(Figure(name, f"memory of {role}", held / 2**20, "MiB", limit))
    at.stop()
    return figures


# --- pages ----------------------------------------------------------------------------------------

PAGES = (
    ("start page", "/", 100.0),
    ("list", "/vorhaben/", 100.0),
    ("profile", "/vorhaben/{project}/", 100.0),
    ("board", "/board/", None),
    ("roadmap", "/roadmap/", 250.0),
    ("indicators", "/kennzahlen/", None),
    ("all rounds", "/statusrunden/", None),
    ("result of a closed round", "/statusrunden/{round}/", None),
    ("reports of a project", "/vorhaben/{project}/statusmeldungen/", None),
)
PAST: tuple[tuple[str, str, float | None], ...] = (
    ("list", "/vorhaben/?stand={day}", 120.0),
    ("list, grouped and sorted", "/vorhaben/?group=lead_unit&sort=-end,title&page=2&stand={day}", 120.0),
    ("list, searched", "/vorhaben/?q=akte+einführung&late=yes&stand={day}", 120.0),
    ("profile", "/vorhaben/{project}/?stand={day}", None),
    ("board", "/board/?stand={day}", None),
    ("roadmap", "/roadmap/?stand={day}", 250.0),
    ("indicators", "/kennzahlen/?stand={day}", None),
    ("goals", "/ziele/?stand={day}", None),
    ("priorities", "/prioritaeten/?stand={day}", None),
)
COMPARED = (("what changed in four weeks", "/aenderungen/?von={before}&bis={day}", None),)


def pages(
    name: str, at: Instance, made: dict[str, Any], asked: Sequence[tuple[str, str, float | None]],
    words: str, day: str = "",
) -> list[Figure]:  # fmt: skip
    """Every page asked for by people of three roles in turn, one request at a time."""
    crowd = [Person(at, session) for session in made["sessions"]]
    figures = []
    for what, path, limit in asked:
        projects, days = itertools.cycle(made["projects"][:50]), itertools.cycle(range(7))

        def address(path: str = path, projects: Any = projects, days: Any = days) -> str:
            on = some_days_before(day, next(days)) if day else ""
            before = some_days_before(on, 28) if on else ""
            return path.format(project=next(projects), day=on, before=before, round=made["round"])

        for person in crowd:
            person.get(address())
        times, size, used = [], 0, at.processor_seconds()
        for _turn, person in zip(range(setting("REQUESTS", 60)), itertools.cycle(crowd), strict=False):
            spent, size, _text = person.get(address())
            times.append(spent)
        used = 1000 * (at.processor_seconds() - used) / len(times)
        note = f"p50 {percentile(times, 0.5):.0f} ms, processor {used:.0f} ms, {size // 1024} KB"
        figures.append(
            Figure(name, f"{what}{words}, p95", percentile(times, 0.95), "ms", limit, note)
        )
        print(f"  {what}{words}: {note}, p95 {percentile(times, 0.95):.0f}", file=sys.stderr)
    return figures


def some_days_before(day: str, number: int) -> str:
    """Seven days in turn, so that nothing is served from what was just read."""
    return str(date.fromisoformat(day) - timedelta(days=number))


# --- opening --------------------------------------------------------------------------------------


def opening(name: str, at: Instance, box: Mailbox, made: dict[str, Any]) -> list[Figure]:
    """A round is opened by its button; then another one while the worker is killed twice."""
    people = setting("PROJECTS", 1000)
    coordinator = Person(at, made["sessions"][0])
    quiet, click = open_one(at, box, coordinator, "Ruhige Runde", lambda _got: None)
    figures = [
        Figure(name, "opening: answer to the button", click, "ms", None),
        Figure(name, f"opening: {people} e-mails with the mail server", quiet, "s", 30),
        Figure(name, "opening: people without e-mail", people - len(invited(box)), "", 0),
        closing(name, coordinator, "with no answer", asked_of(at, "round", "Ruhige Runde")["round"]),
    ]
    box.empty()
    killed: list[int] = []

    def kill_twice(got: int) -> None:
        worker = at.pid("worker")
        wanted = (0.2 * people, 0.6 * people)
        if len(killed) < 2 and got >= wanted[len(killed)] and worker and worker not in killed:
            os.kill(worker, signal.SIGKILL)
            killed.append(worker)

    seconds, _click = open_one(at, box, coordinator, "Gestörte Runde", kill_twice)
    got, states = invited(box), asked_of(at, "states", "Gestörte Runde")
    print(f"  states of the e-mails after {len(killed)} kills: {states['number']}", file=sys.stderr)
    lost = set(states["addresses"]) - set(got) - set(states["unclear"])
    note = f"{len(states['unclear'])} unclear, told on the round's page and not sent again"
    figures += [
        Figure(name, "opening, worker killed twice: until all are settled", seconds, "s", None, note),
        Figure(name, "the same: e-mails sent twice", sum(got.values()) - len(got), "", 0),
        Figure(name, "the same: e-mails lost", len(lost) + people - len(states["addresses"]), "", 0),
        Figure(name, "the same: unclear", len(states["unclear"]), "", 2.0 * len(killed)),
    ]
    return figures


def invited(box: Mailbox) -> Counter[str]:
    """Project leads and how many e-mails each has got; the city's other e-mails do not count."""
    return Counter(receiver for receiver in box.receivers() if receiver.startswith("lead"))


def open_one(
    at: Instance, box: Mailbox, coordinator: Person, title: str, meanwhile: Callable[[int], None]
) -> tuple[float, float]:
    """Plan and open a round; (seconds until every e-mail is settled, milliseconds of the click)."""
    box.empty()
    planned = asked_of(at, "plan", title)["round"]
    begun = time.monotonic()
    click = press(coordinator, f"/statusrunden/{planned}/oeffnen/")
    until = begun + 120
    settled = 0.0
    while time.monotonic() < until and not settled:
        got = len(invited(box))
        meanwhile(got)
        if got >= 0.97 * setting("PROJECTS", 1000) and asked_of(at, "settled", title)["settled"]:
            settled = time.monotonic() - begun
        time.sleep(0.02)
    # asking needs a process of its own; the moments stand in the database
    return asked_of(at, "seconds", title)["seconds"] or settled or 240.0, click


def press(person: Person, path: str) -> float:
    """Press a button; milliseconds until the page after it can be asked for."""
    begun = time.monotonic()
    answer = person.http.post(path)
    if answer.status_code != 302:
        raise SystemExit(f"{path} answered {answer.status_code}")
    return (time.monotonic() - begun) * 1000


def closing(name: str, person: Person, words: str, key: str) -> Figure:
    """Close a round by its button."""
    seconds = press(person, f"/statusrunden/{key}/schliessen/") / 1000
    page = person.get(f"/statusrunden/{key}/")[2]
    note = "" if "oeffnen" not in page and "schliessen" not in page else "NOT CLOSED"
    return Figure(name, f"closing, {words}", seconds, "s", 2 if not note else -1, note)


# --- answering ------------------------------------------------------------------------------------


def answering(name: str, at: Instance, box: Mailbox, made: dict[str, Any]) -> list[Figure]:
    """300 people answer by their links for all 1,000 projects, within six minutes.

    Each comes at a moment of the window, opens the e-mail's link and answers: a third confirm all
    at once, a third one by one, a third change a light and a sentence. After each step comes a
    pause and the page again, as in a browser. In a real hour they come ten times as slowly.
    """
    number = setting("ANSWERING", 300)
    coordinator = Person(at, made["sessions"][0])
    asked_of(at, "lead", str(number))
    box.empty()
    planned = asked_of(at, "plan", "Beantwortete Runde")["round"]
    press(coordinator, f"/statusrunden/{planned}/oeffnen/")
    until = time.monotonic() + 120
    while len(box.links()) < number and time.monotonic() < until:
        time.sleep(0.5)
    looks: list[float] = []
    sends: list[float] = []
    errors: list[str] = []

    window = setting("WINDOW", 360)

    def live(place: int, path: str) -> None:
        time.sleep(random.Random(-place).uniform(0, window))
        try:
            _one_answers(at, place, path, looks, sends)
        except Exception as problem:  # noqa: BLE001 - everything counts as an error
            errors.append(repr(problem))

    begun, used = time.monotonic(), at.processor_seconds()
    threads = [
        threading.Thread(target=live, args=entry) for entry in enumerate(box.links().values())
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - begun
    used = 1000 * (at.processor_seconds() - used) / max(1, len(looks) + len(sends))
    for text in sorted(set(errors))[:5]:
        print(f"  {text}", file=sys.stderr)
    missing = asked_of(at, "missing", planned)["missing"]
    note = (f"{len(looks)} pages and {len(sends)} answers in {seconds:.0f} s "
            f"({(len(looks) + len(sends)) / seconds:.0f} a second), processor {used:.0f} ms")  # fmt: skip
    both = looks + sends
    return [
        Figure(name, f"{number} people answer in {window} s, p95 of all", percentile(both, 0.95),
               "ms", 300, note),
        Figure(name, "the same, pages p95", percentile(looks, 0.95), "ms", 300,
               f"p50 {percentile(looks, 0.5):.0f} ms"),
        Figure(name, "the same, answers p95", percentile(sends, 0.95), "ms", 300,
               f"p50 {percentile(sends, 0.5):.0f} ms"),
        Figure(name, "the same, errors", len(errors), "", 0),
        Figure(name, "the same, projects without report", missing, "", 0),
        closing(name, coordinator, "all answered", planned),
    ]  # fmt: skip


def _one_answers(
    at: Instance, place: int, path: str, looks: list[float], sends: list[float]
) -> None:
    lot = random.Random(place)
    with httpx.Client(base_url=at.url, timeout=60, headers={"Accept-Language": "de"}) as browser:

        def step(times: list[float], method: str, where: str, data: Any = None) -> str:
            time.sleep(lot.uniform(0, 2 * PAUSE))
            begun = time.monotonic()
            answer = browser.request(method, where, data=data)
            times.append((time.monotonic() - begun) * 1000)
            wanted = 200 if method == "GET" else 302
            if answer.status_code != wanted:
                raise RuntimeError(f"{method} answered {answer.status_code}")
            return answer.text

        def send(where: str, page: str, data: dict[str, str]) -> str:
            csrf = _CSRF.search(page)
            assert csrf is not None
            step(sends, "POST", where, {**data, "csrfmiddlewaretoken": csrf[1]})
            return step(looks, "GET", path)

        page = step(looks, "GET", path)
        if place % 3 == 0 and _count(page) > 1:
            send(path, page, {})
            return
        while waiting := _UNCHANGED.search(page):
            where, version = waiting[1], waiting[2]
            data = {"version": version, "unchanged": "1"}
            page = send(where, page, data if place % 3 == 1 else _filled(page, where, version))


_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_UNCHANGED = re.compile(
    r'action="(/meldung/[^"]+)"><input[^>]+csrf[^>]+><input[^>]+name="version" value="(\d+)"><button[^>]*'
    r'name="unchanged"'
)


def _count(page: str) -> int:
    return len(_UNCHANGED.findall(page))


def _filled(page: str, where: str, version: str) -> dict[str, str]:
    """The open form of one project with a red light for the cost and a new sentence."""
    prefix = f"r{where.strip('/').rpartition('/')[2].replace('-', '')[-10:]}"
    data = {"version": version, f"{prefix}-progress": "50", f"{prefix}-outlook": "",
            f"{prefix}-summary": "Die Lizenzen werden teurer, die Einführung läuft weiter."}  # fmt: skip
    for name in sorted(set(re.findall(rf'name="{prefix}-light_(\w+)"', page))):
        data[f"{prefix}-light_{name}"] = "red" if name == "cost" else "green"
        data[f"{prefix}-why_{name}"] = "So vereinbart mit der Kämmerei."
    return data


# --- what is done in a process of its own ---------------------------------------------------------


def asked_of(at: Instance, *words: str) -> dict[str, Any]:
    """Do something with Django in the instance and return what it says."""
    said = at.run("-m", "benchmarks.rounds", "--do", *words).stdout.splitlines()[-1]
    found: dict[str, Any] = json.loads(said)
    return found


def do(what: str, *words: str) -> int:
    """Child process: one of the deeds of `inside`, its answer on the last line."""
    import django

    django.setup()
    from benchmarks.inside import DEEDS  # models are loaded by now

    print(json.dumps(DEEDS[what](*words)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
