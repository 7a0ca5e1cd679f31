"""How the changes of an event read for people; features add a format per kind of object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from leitstand.core.base.registry import Registry


class Line(NamedTuple):
    """One changed field in words; an empty ``before`` means that there was nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class ChangeFormat:
    """Words for the events about one kind of object.

    ``lines`` takes the event's changes (field → ``[old, new]``) and leaves out what is the same
    before and after. ``title`` turns the recorded title into the one to show.
    """

    label: Any
    lines: Callable[[Mapping[str, Any]], list[Line]]
    title: Callable[[str], str] = str


change_formats: Registry[ChangeFormat] = Registry("format of changes")
