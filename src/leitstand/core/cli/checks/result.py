"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Check:
    """One finding: what was looked at, where, what was found, and how to mend it."""

    name: str
    status: Literal["ok", "warn", "fail"]
    text: str
    where: str = ""
    remedy: str = ""


def ok(name: str, text: str, where: str = "") -> Check:
    """Return a finding that needs nothing."""
    return Check(name, "ok", text, where)


def warn(name: str, text: str, where: str, remedy: str) -> Check:
    """Return a finding that somebody should look at; the product works."""
    return Check(name, "warn", text, where, remedy)


def fail(name: str, text: str, where: str, remedy: str) -> Check:
    """Return a finding with which the product or a part of it does not work."""
    return Check(name, "fail", text, where, remedy)
