"""Papers for committees: time and memory of whole commands on an instance of 100 projects.

Each figure is one fresh process of `leitstand report create`, start included. Limits: PDF within
3 s and 300 MB, all four formats within 8 s.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

LIMITS = {"pdf": (3.0, 300), "pdf,docx,xlsx,html": (8.0, 300)}
_FILL = (
    "from leitstand.core.cli.start import start_django; start_django()\n"
    "from django.core.management import call_command; call_command('migrate', verbosity=0)\n"
    "from benchmarks.data import Size, fill; fill(Size({projects}, {projects} * 10, {projects} * 50))\n"
)


def child(words: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    """Run Python with these words; returns seconds and the most megabytes it held."""
    began = time.perf_counter()
    pid = os.posix_spawn(sys.executable, [sys.executable, *words], environment)
    _pid, status, usage = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"{' '.join(words)[:80]} failed")
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def figures(folder: Path, projects: int) -> list[dict[str, Any]]:
    """Fill an instance, then measure short and long form in each set of formats, best of three."""
    environment = {
        **{name: text for name, text in os.environ.items() if not name.startswith("LEITSTAND_")},
        "LEITSTAND_DATA": str(folder / "data"), "LEITSTAND_SECRET_KEY": "bench" * 10,
        "LEITSTAND_LOG_LEVEL": "WARNING", "DJANGO_SETTINGS_MODULE": "leitstand.settings",
    }  # fmt: skip
    (folder / "data" / "tmp").mkdir(parents=True)
    child(["-c", _FILL.format(projects=projects)], environment)
    rows = []
    for formats, (seconds, megabytes) in LIMITS.items():
        for form in ((), ("--long",)):
            words = ["-m", "leitstand", "report", "create", "--level", "internal", "--format", formats,
                     "--out", str(folder / "out"), *form]  # fmt: skip
            runs = [child(words, environment) for _turn in range(3)]
            took, held = min(run[0] for run in runs), max(run[1] for run in runs)
            rows.append({
                "formats": formats, "form": "long" if form else "short", "seconds": round(took, 2),
                "megabytes": round(held), "limit_seconds": seconds, "limit_megabytes": megabytes,
                "ok": bool(took <= seconds and held <= megabytes),
            })  # fmt: skip
    return rows


def main() -> int:
    """Print the table, write bench.json; 1 if a limit of the short form is broken."""
    parser = argparse.ArgumentParser(
        prog="bench papers", description=__doc__,
        epilog="Environment: LEITSTAND_BENCH_PROJECTS (100). Writes bench.json.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.parse_args()
    projects = int(os.environ.get("LEITSTAND_BENCH_PROJECTS", "100"))
    with tempfile.TemporaryDirectory() as folder:
        rows = figures(Path(folder), projects)
    print(f"{'formats':20} {'form':6} {'seconds':>8} {'limit':>6} {'MB':>5} {'limit':>6}")
    for row in rows:
        mark = "" if row["ok"] else "TOO MUCH"
        print(f"{row['formats']:20} {row['form']:6} {row['seconds']:8} {row['limit_seconds']:6} "
              f"{row['megabytes']:5} {row['limit_megabytes']:6} {mark}")  # fmt: skip
    Path("bench.json").write_text(json.dumps({"benchmark": "papers", "rows": rows}, indent=1))
    return 0 if all(row["ok"] for row in rows if row["form"] == "short") else 1


if __name__ == "__main__":
    raise SystemExit(main())
