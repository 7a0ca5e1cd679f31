"""How large a list of projects may be."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from leitstand.core.tables.reading import Limits

_MOST_ROWS = 20_000
_MOST_CELLS = 1_500_000


def limits(tick: Callable[[], None] = lambda: None) -> Limits:
    """Return the limits of the import; the size of the file is the instance's setting.

    ``tick`` is called every 1,000 rows while the file is read.
    """
    size = settings.CONFIG.max_upload
    return Limits(bytes=size, rows=_MOST_ROWS, columns=200, cells=_MOST_CELLS, tick=tick)
