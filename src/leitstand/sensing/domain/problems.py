"""The one error of this package: what is wrong and where."""

from __future__ import annotations


class RequestError(Exception):
    """A request that cannot be read; ``where`` is an option, member or path, ``at`` a position.

    Positions count from 1. ``status`` is the HTTP status that fits.
    """

    def __init__(self, text: str, *, where: str = "", at: int = 0, status: int = 400) -> None:
        super().__init__(text)
        self.text, self.where, self.at, self.status = text, where, at, status

    def __str__(self) -> str:
        place = " at ".join([*([self.where] if self.where else []), *self._position()])
        return f"{place}: {self.text}" if place else self.text

    def _position(self) -> list[str]:
        return [f"position {self.at}"] if self.at else []

    def inside(self, where: str) -> RequestError:
        """Return the same error with its place known better."""
        return RequestError(self.text, where=self.where or where, at=self.at, status=self.status)
