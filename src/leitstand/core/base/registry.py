"""Named registries: the only way in which features meet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Things by name, in the order of registration; duplicates and unknown names raise."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._items: dict[str, T] = {}

    def add(self, name: str, item: T) -> T:
        """Register ``item``; raises ``ValueError`` if the name is taken by another one."""
        if name in self._items and self._items[name] != item:
            raise ValueError(f"{self._what} {name!r} is registered twice")
        self._items[name] = item
        return item

    def __getitem__(self, name: str) -> T:
        try:
            return self._items[name]
        except KeyError:
            raise LookupError(f"unknown {self._what} {name!r}") from None

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[T]:
        return iter(self._items.values())

    def names(self) -> list[str]:
        """Return all names in the order of registration."""
        return list(self._items)

    def items(self) -> list[tuple[str, T]]:
        """Return name and thing in the order of registration."""
        return list(self._items.items())
