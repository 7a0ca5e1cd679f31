"""Counters in the Prometheus text format, kept in the process; nothing about persons."""

from __future__ import annotations

import threading
from bisect import bisect_left

from django.http import HttpRequest

_BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
# Clients may invent methods; each would stay a row for ever.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_lock = threading.Lock()
_requests: dict[tuple[str, int], int] = {}
_buckets = [0] * (len(_BOUNDS) + 1)
_seconds = 0.0


def observe(request: HttpRequest, status: int, seconds: float) -> None:
    """Count one answered request; ``seconds`` is its duration."""
    global _seconds
    method = request.method if request.method in _METHODS else "OTHER"
    key = (str(method), status)
    with _lock:
        _requests[key] = _requests.get(key, 0) + 1
        _buckets[bisect_left(_BOUNDS, seconds)] += 1
        _seconds += seconds


def render(gauges: dict[str, float]) -> str:
    """Return the exposition text; ``gauges`` are further values by metric name."""
    lines = ["# TYPE leitstand_requests_total counter"]
    with _lock:
        for (method, status), count in sorted(_requests.items()):
            lines.append(f'leitstand_requests_total{{method="{method}",status="{status}"}} {count}')
        lines.append("# TYPE leitstand_request_seconds histogram")
        total = 0
        for bound, count in zip([*map(str, _BOUNDS), "+Inf"], _buckets, strict=True):
            total += count
            lines.append(f'leitstand_request_seconds_bucket{{le="{bound}"}} {total}')
        lines.append(f"leitstand_request_seconds_sum {_seconds:.3f}")
        lines.append(f"leitstand_request_seconds_count {total}")
    for name, value in sorted(gauges.items()):
        lines += [f"# TYPE {name} gauge", f"{name} {value:g}"]
    return "\n".join(lines) + "\n"
