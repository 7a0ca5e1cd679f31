"""`python -m benchmarks NAME …` runs one benchmark; without a name it lists them."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

NAMES = sorted(
    path.stem
    for path in Path(__file__).parent.glob("[a-z]*.py")
    if path.stem not in ("data", "inside", "mailbox", "past", "server")
)

if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
    print(f"usage: python -m benchmarks NAME, one of: {', '.join(NAMES)}", file=sys.stderr)
    raise SystemExit(2)
name = sys.argv.pop(1)
runpy.run_module(f"benchmarks.{name}", run_name="__main__", alter_sys=True)
