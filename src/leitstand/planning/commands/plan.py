"""``leitstand plan``: the planner on files, without database; one JSON object on stdout."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leitstand.planning.domain.improver import Improver
    from leitstand.planning.domain.model import Answer, Problem

QUESTIONS = ("schedule", "extra-staff", "partial", "late", "risk")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    for kind, text in (
        ("rcpsp", "a PSPLIB single-mode file: the shortest plan"),
        ("multi", "an MPLIB1 file: the shortest plan of all its projects"),
        ("municipal", "a municipal portfolio: dates, staff, risk"),
    ):
        sub = kinds.add_parser(kind, help=text, description=text)
        sub.add_argument("file", type=Path, metavar="FILE")
        sub.add_argument("--seconds", type=_seconds, default=1.0, help="time of the search")
        sub.add_argument("--json", action="store_true", help="one JSON object on stdout")
        sub.add_argument("--seed", type=int, default=1, help="fixes what is drawn by lot")
        sub.add_argument("--no-solver", action="store_true",
                         help="the own scheduler alone, even if OR-Tools is installed")  # fmt: skip
        if kind == "municipal":
            sub.add_argument("--question", choices=QUESTIONS, default="schedule")
            sub.add_argument("--samples", type=int, default=1000, help="risk: number of runs")


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 3600:
        raise argparse.ArgumentTypeError("0 to 3600 seconds")
    return value


def run(args: argparse.Namespace) -> int:
    """Read, plan, print; 1 if the file is not what it should be or the checker refuses."""
    from leitstand.core.cli.failure import Failure
    from leitstand.planning.domain import readers

    try:
        problem = getattr(readers, args.kind)(args.file.read_text(encoding="utf-8"))
    except OSError as trouble:
        raise Failure(f"{args.file}: {trouble.strerror}") from None
    except (ValueError, UnicodeDecodeError) as trouble:
        raise Failure(f"{args.file}: {trouble}") from None
    answer, more = _answered(args, problem)
    told = _told(problem, answer) | more
    _print(told, args.json)
    for fault in answer.faults:
        print(
            f"leitstand: {fault.code}: {', '.join(fault.tasks + fault.projects)}", file=sys.stderr
        )
    return 0 if told["checker"]["ok"] else 1


def _answered(args: argparse.Namespace, problem: Problem) -> tuple[Answer, dict[str, Any]]:
    """The plan and what the question adds to it."""
    from leitstand.planning.domain import questions

    options: dict[str, Any] = {"improver": _improver(args), "seed": args.seed}
    if args.kind != "municipal":
        return questions.length(problem, args.seconds, **options), {}
    if args.question in {"extra-staff", "partial"}:
        answer = questions.extra_staff(problem, args.seconds, **options)
        return answer, _curve(problem, answer) if args.question == "partial" else {}
    answer = questions.schedule(problem, args.seconds, **options)
    if args.question == "late":
        return answer, _late(problem, answer)
    if args.question == "risk":
        return answer, _risk(problem, answer, args.samples, args.seed)
    return answer, {}


def _improver(args: argparse.Namespace) -> Improver | None:
    from leitstand.planning.adapters.cp_sat import CpSat

    return None if args.no_solver else CpSat()


def _curve(problem: Problem, answer: Answer) -> dict[str, Any]:
    from leitstand.planning.domain.questions import partial

    keys = ("share", "half_post_years", "cost", "late_projects", "lateness", "benefit")
    points = partial(problem, answer.plan.grant, known=answer.plan)
    return {"curve": [{key: getattr(point, key) for key in keys} for point in points]}


def _late(problem: Problem, answer: Answer) -> dict[str, Any]:
    from leitstand.planning.domain.why import why_late

    late = [entry.project for entry in answer.lateness if entry.late]
    return {"late": [asdict(why_late(problem, answer.plan, project)) for project in late]}


def _risk(problem: Problem, answer: Answer, samples: int, seed: int) -> dict[str, Any]:
    from leitstand.planning.domain.outside_view import BORROWED
    from leitstand.planning.domain.risk import risk

    found = risk(problem, answer.plan, BORROWED, samples=samples, seed=seed)
    return {"risk": asdict(found)}


def _told(problem: Problem, answer: Answer) -> dict[str, Any]:
    """The contract's object."""
    late = [entry.late for entry in answer.lateness if entry.late]
    return {
        "objective": answer.objective,
        "lower_bound": answer.bound.value,
        "bound_source": answer.bound.source,
        "seconds": round(answer.seconds, 3),
        "checker": {
            "ok": not answer.violations,
            "violations": [asdict(violation) for violation in answer.violations],
        },
        "solver": answer.solver,
        "lateness": {"sum": sum(late), "projects": len(late)},
        "faults": [asdict(fault) for fault in answer.faults if fault.code != "no_date"],
        "starts": dict(answer.plan.starts),
        "extra": _extra(problem, answer.plan.grant),
    }


def _extra(problem: Problem, grant: Mapping[str, tuple[int, ...]]) -> dict[str, list[int]]:
    """Half posts per role and year; the same with which the checker counts."""
    none = (0,) * problem.years
    return {role.id: list(grant.get(role.id, none)) for role in problem.roles}


def _print(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
        return
    print(f"objective {told['objective']}, at least {told['lower_bound']} ({told['bound_source']})")
    print(f"late: {told['lateness']['projects']} projects, {told['lateness']['sum']} slots in all")
    for role, years in told["extra"].items():
        if any(years):
            print(f"half posts {role}: {', '.join(map(str, years))}")
    for point in told.get("curve", ()):
        print(f"{point['share']:.0%}: {point['late_projects']} late, {point['lateness']} slots")
    print(f"{told['seconds']} s, solver: {told['solver']}")
