"""``leitstand audit``: seal and verify the trail, export the head of the chain."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leitstand.core.audit.sealer import Verification


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("action", choices=("verify", "seal", "head"))
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def run(args: argparse.Namespace) -> int:
    """Verify, seal or print the head; ``verify`` returns 1 if anything was found."""
    from leitstand.core.audit import sealer

    if args.action == "seal":
        print(f"{sealer.seal()} events sealed")
        return 0
    result = sealer.verify()
    if args.action == "verify":
        _note(len(result.findings))
    if args.action == "head":
        print(result.head)
        return 0 if result.ok else 1
    if args.json:
        print(json.dumps({"ok": result.ok, **dataclasses.asdict(result)}))
    else:
        _print(result)
    return 0 if result.ok else 1


def _note(findings: int) -> None:
    """Keep for ``doctor`` when the trail was verified; a read-only database is no finding."""
    from django.db import DatabaseError

    from leitstand.core.base import actions

    with contextlib.suppress(DatabaseError):
        actions.remember(actions.AUDIT_FINDINGS, str(findings))
        actions.remember_now(actions.AUDIT_VERIFIED)


def _print(result: Verification) -> None:
    print(f"{result.seals} seals over {result.sealed_events} events, {result.shredded} shredded")
    if result.unsealed_events:
        print(
            f"unsealed tail: {result.unsealed_events} events from number {result.unsealed_first} on"
        )
    for finding in result.findings:
        print(f"FINDING {finding}", file=sys.stderr)
    print("ok" if result.ok else f"{len(result.findings)} findings")
