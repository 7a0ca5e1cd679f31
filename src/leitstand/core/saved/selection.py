"""The query string of a view: what is kept of it."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.utils.translation import gettext as _

from leitstand.core.base.errors import Invalid

LONGEST = 2000
PLAIN = "all"
"""The parameter that asks for a page without one's own start view."""
_MOST_PARTS = 200
_NOT_KEPT = frozenset({"page", "seite", "stand", PLAIN})


def tidy(query: str) -> str:
    """The selection without the page's number and the day looked at; may raise ``Invalid``."""
    too_long = Invalid(_("This selection is too long to be saved. Take off some filters."))
    try:
        pairs = parse_qsl(query.lstrip("?"), max_num_fields=_MOST_PARTS)
    except ValueError:
        raise too_long from None
    text = urlencode([(name, value) for name, value in pairs if name not in _NOT_KEPT])
    if len(text) > LONGEST:
        raise too_long
    return text


def parts(query: str) -> list[tuple[str, str]]:
    """What a selection consists of, in an order of its own: to compare two of them."""
    return sorted(pair for pair in parse_qsl(query.lstrip("?")) if pair[0] not in _NOT_KEPT)
