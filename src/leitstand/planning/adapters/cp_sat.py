"""OR-Tools CP-SAT as improver, in a process of its own: it can be missing, killed, too slow.

The process gets the problem as JSON on stdin and writes a line of JSON per better plan or bound.
What it says is checked by the domain before anybody sees it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from leitstand.planning.domain.compact import capacity_at
from leitstand.planning.domain.improver import Found, Run
from leitstand.planning.domain.model import LAW

WORKERS = 2
_PROGRAMME = Path(__file__).with_name("cp_sat_process.py")


def available() -> bool:
    """Whether the extra ``[optimise]`` is installed."""
    return importlib.util.find_spec("ortools") is not None


@dataclass(frozen=True)
class CpSat:
    """The solver with a number of workers; ``command`` is replaced in tests of its failures.

    ``bare`` leaves out hint, bound and horizon of the own plan: the yardstick of the benchmark.
    """

    workers: int = WORKERS
    command: Sequence[str] = ()
    bare: bool = False

    def start(self, run: Run) -> _Process:
        """Begin; a solver that is not there is a state."""
        if not self.command and not available():
            return _Process(None)
        command = list(self.command) or [sys.executable, "-I", str(_PROGRAMME)]
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                text=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
            )  # fmt: skip
        except OSError:
            return _Process(None)
        return _Process(process, json.dumps(payload(run, self.workers, self.bare)))


class _Process:
    """The running process and the best it has said."""

    def __init__(self, process: subprocess.Popen[str] | None, question: str = "") -> None:
        self._process = process
        self._best = Found("missing" if process is None else "running")
        self._ended = threading.Event()
        if process is None:
            self._ended.set()
        else:
            threading.Thread(target=self._talk, args=(process, question), daemon=True).start()

    def _talk(self, process: subprocess.Popen[str], question: str) -> None:
        try:
            if process.stdin is not None:
                _send(process.stdin, question)
            for line in process.stdout or ():
                self._best = _heard(self._best, line)
        finally:
            if process.stdout is not None:
                process.stdout.close()
            process.wait()
            if self._best.state == "running":
                self._best = replace(self._best, state="killed")
            self._ended.set()

    def peek(self) -> Found:
        """What it has said by now."""
        return self._best

    def finish(self, until: float) -> Found:
        """Wait for the end, at most until then."""
        self._ended.wait(max(0.0, until - time.perf_counter()))
        found = self._best
        if found.state == "running":
            self.cancel()
            found = replace(found, state="out_of_time")
        return found

    def cancel(self) -> None:
        """End the process."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
        self._ended.wait(5)


def _send(pipe: IO[str], question: str) -> None:
    """Hand the question over; a process that has died already is noticed at its end."""
    with contextlib.suppress(OSError):
        pipe.write(question)
    with contextlib.suppress(OSError):
        pipe.close()


def _heard(best: Found, line: str) -> Found:
    """One line of the process; what is no such line changes nothing."""
    try:
        said = json.loads(line)
        return replace(
            best,
            state=str(said.get("state", best.state)),
            starts=tuple(int(at) for at in said["starts"]) if "starts" in said else best.starts,
            bound=int(said["bound"]) if "bound" in said else best.bound,
            proved=bool(said.get("proved", best.proved)),
        )
    except (ValueError, TypeError, AttributeError):
        return best


def payload(run: Run, workers: int, bare: bool) -> dict[str, Any]:
    """The question as numbers."""
    problem, net = run.problem, run.net
    place = {task.id: number for number, task in enumerate(problem.tasks)}
    value = run.value(run.start)
    horizon = 2 * value if bare else value
    if run.measure != "length":
        horizon = _end(run)
    return {
        "measure": run.measure,
        "horizon": horizon,
        "seconds": max(0.0, run.until - time.perf_counter()),
        "workers": workers,
        "bound": 0 if bare else run.bound.value,
        "hint": [] if bare else list(run.start[: len(problem.tasks)]),
        "duration": net.duration[: len(problem.tasks)],
        "earliest": net.earliest[: len(problem.tasks)],
        "after": [net.tail[number] - net.duration[number] for number in range(len(problem.tasks))],
        "fixed": {str(number): at for number, at in net.fixed.items()},
        "links": [[place[x.predecessor], place[x.successor], x.lag] for x in problem.links],
        "dates": _dates(run),
        "roles": [_role(run, role.id, horizon) for role in problem.roles],
    }


def _end(run: Run) -> int:
    """A horizon that holds the own plan and leaves room behind it."""
    ends = [at + length for at, length in zip(run.start, run.net.duration, strict=True)]
    return max(ends) + max(ends) // 4 + 1


def _dates(run: Run) -> list[dict[str, Any]]:
    """Everything that can be late: a date, its weight, the tasks it holds."""
    found: list[dict[str, Any]] = []
    for number, project in enumerate(run.problem.projects):
        if project.due is not None:
            tasks = [n for n, p in enumerate(run.net.project) if p == number]
            weight = project.weight * (LAW if project.by_law else 1)
            found.append({"due": project.due, "weight": weight, "tasks": tasks})
    found += [{"due": due, "weight": weight, "tasks": [n]} for n, due, weight in run.net.own_due]
    return found


def _role(run: Run, role: str, horizon: int) -> dict[str, Any]:
    """Capacity as stretches ``[first, last, tenths]``, and who needs how much of it."""
    problem = run.problem
    level = [0] * horizon
    marks = [*(period.start for period in problem.periods), horizon]
    for number in range(len(problem.periods)):
        have = capacity_at(problem, run.grant, role, number)
        first = marks[number] if number else 0
        for slot in range(first, min(marks[number + 1], horizon)):
            level[slot] = have
    for number, at in run.net.fixed.items():
        task = problem.tasks[number]
        for slot in range(at, min(at + task.duration, horizon)):
            level[slot] = max(0, level[slot] - task.demand.get(role, 0))
    stretches: list[list[int]] = []
    for slot, have in enumerate(level):
        if stretches and stretches[-1][2] == have:
            stretches[-1][1] = slot + 1
        else:
            stretches.append([slot, slot + 1, have])
    users = [
        [number, task.demand[role]]
        for number, task in enumerate(problem.tasks)
        if task.demand.get(role) and task.duration and number not in run.net.fixed
    ]
    return {"stretches": stretches, "users": users}
