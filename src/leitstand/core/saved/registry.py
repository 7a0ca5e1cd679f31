"""Which pages can be saved as a view; filled by the features."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from leitstand.core.base.actor import Actor
from leitstand.core.base.registry import Registry


@dataclass(frozen=True)
class ViewPage:
    """A page whose query string is a selection; ``permission`` opens the page itself.

    ``problems(query)`` names what of a stored query string is no longer understood,
    ``words(actor, query)`` says in words what it selects.
    """

    label: Any
    url_name: str
    permission: str
    problems: Callable[[str], Sequence[Any]]
    words: Callable[[Actor, str], Sequence[str]]


pages: Registry[ViewPage] = Registry("page of saved views")
