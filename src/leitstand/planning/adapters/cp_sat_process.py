"""The process that runs OR-Tools CP-SAT: question on stdin, a line of JSON per finding.

Started by ``cp_sat.py`` with the interpreter's isolated mode; imports nothing of Leitstand. Model:
Baptiste, Le Pape, Nuijten (2001); supply that changes is the largest one with blocks of the rest.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

BEGUN = time.monotonic()


def main() -> int:
    """Read, solve, tell."""
    from ortools.sat.python import cp_model  # the extra [optimise]

    os.nice(10)  # the own search, which always has a plan, goes first
    data: dict[str, Any] = json.load(sys.stdin)
    model = cp_model.CpModel()
    starts = _starts(model, data)
    for role in data["roles"]:
        _capacity(model, data, role, starts)
    _measure(model, data, starts)
    for number, at in enumerate(data["hint"]):
        if str(number) not in data["fixed"]:
            model.add_hint(starts[number], at)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = data["workers"]
    solver.parameters.max_time_in_seconds = max(
        0.05, data["seconds"] - (time.monotonic() - BEGUN) - 0.1
    )

    class Tell(cp_model.CpSolverSolutionCallback):
        """Every better plan at once."""

        def on_solution_callback(self) -> None:
            """A better plan."""
            _say(starts=[self.value(at) for at in starts])

    def bound(value: float) -> None:
        _say(bound=_up(value))

    solver.best_bound_callback = bound
    status = solver.solve(model, Tell())
    done: dict[str, Any] = {"state": "done", "proved": status == cp_model.OPTIMAL}
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        done["starts"] = [solver.value(at) for at in starts]
        done["bound"] = _up(solver.best_objective_bound)
    _say(**done)
    return 0


def _up(value: float) -> int:
    return -int(-(value - 1e-6) // 1)


def _say(**words: Any) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def _starts(model: Any, data: dict[str, Any]) -> list[Any]:
    """Start variables between longest path and horizon, and the links."""
    fixed = {int(number): at for number, at in data["fixed"].items()}
    starts = []
    for number, length in enumerate(data["duration"]):
        if number in fixed:
            starts.append(model.new_constant(fixed[number]))
            continue
        last = data["horizon"] - length
        if data["measure"] == "length":
            last -= data["after"][number]
        starts.append(model.new_int_var(data["earliest"][number], last, ""))
    for first, second, lag in data["links"]:
        model.add(starts[second] >= starts[first] + data["duration"][first] + lag)
    return starts


def _capacity(model: Any, data: dict[str, Any], role: dict[str, Any], starts: list[Any]) -> None:
    """One cumulative per role; where there is less, a block takes the difference."""
    if not role["users"]:
        return
    most = max(have for _first, _last, have in role["stretches"])
    intervals, demands = [], []
    for number, amount in role["users"]:
        length = data["duration"][number]
        intervals.append(model.new_fixed_size_interval_var(starts[number], length, ""))
        demands.append(amount)
    for first, last, have in role["stretches"]:
        if have < most:
            intervals.append(model.new_fixed_size_interval_var(first, last - first, ""))
            demands.append(most - have)
    model.add_cumulative(intervals, demands, most)


def _measure(model: Any, data: dict[str, Any], starts: list[Any]) -> None:
    """Length or weighted lateness."""
    length = data["duration"]
    if data["measure"] == "length":
        end = model.new_int_var(data["bound"], data["horizon"], "")
        for number, at in enumerate(starts):
            model.add(end >= at + length[number])
        model.minimize(end)
        return
    terms = []
    for date in data["dates"]:
        late = model.new_int_var(0, max(0, data["horizon"] - date["due"]), "")
        for number in date["tasks"]:
            model.add(late >= starts[number] + length[number] - date["due"])
        terms.append(date["weight"] * late)
    if data["bound"]:
        model.add(sum(terms) >= data["bound"])
    model.minimize(sum(terms))


if __name__ == "__main__":
    raise SystemExit(main())
