"""Identifiers: time-ordered UUIDs (RFC 9562, version 7) and the URNs built on them."""

from __future__ import annotations

import os
import threading
import time
import uuid

_lock = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """Return a UUID version 7 whose 74 free bits are random; increasing within a process."""
    global _last
    with _lock:
        milliseconds = max(time.time_ns() // 1_000_000, _last)
        sequence = int.from_bytes(os.urandom(2), "big") & 0x0FFF
        _last = milliseconds + (1 if sequence == 0x0FFF else 0)
    tail = int.from_bytes(os.urandom(8), "big") & 0x3FFF_FFFF_FFFF_FFFF
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | sequence << 64 | 0b10 << 62 | tail)


def urn(identifier: uuid.UUID) -> str:
    """Return the URN under which the object is known in the net."""
    return f"urn:uuid:{identifier}"
