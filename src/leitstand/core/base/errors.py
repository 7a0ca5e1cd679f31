"""Errors that people may see: each says what is wrong, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """Base of all expected errors; ``text`` is shown as it stands, ``code`` is for programs."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400

    def __init__(self, text: Any = "", *, field: str | None = None) -> None:
        super().__init__(text)
        self._text = text
        self.field = field

    @property
    def text(self) -> str:
        """The message in the reader's language."""
        return str(self._text)


class NotAllowed(DomainError):
    """The actor lacks a permission; the text names the reason, never the hidden thing."""

    code = "not_allowed"
    status = 403


class NotFound(DomainError):
    """The object does not exist or the actor may not know that it does."""

    code = "not_found"
    status = 404

    def __init__(self, text: Any = "") -> None:
        super().__init__(text or _("This object does not exist or is not open to you."))


class Invalid(DomainError):
    """Input that breaks a rule; ``errors`` maps field names ("" = the whole) to texts."""

    code = "invalid"
    status = 422

    def __init__(self, errors: Mapping[str, Sequence[Any]] | Any, *, field: str = "") -> None:
        self._errors = errors if isinstance(errors, Mapping) else {field: [errors]}
        first = next(iter(next(iter(self._errors.values()), [""])), "")
        super().__init__(first, field=next(iter(self._errors), None))

    @property
    def errors(self) -> dict[str, list[str]]:
        """Messages by field in the reader's language."""
        return {name: [str(text) for text in texts] for name, texts in self._errors.items()}


class Conflict(DomainError):
    """Somebody else saved first; carries both versions so that nobody's text is lost."""

    code = "conflict"
    status = 409

    def __init__(
        self, text: Any, *, theirs: Mapping[str, Any], mine: Mapping[str, Any], version: int
    ) -> None:
        super().__init__(text)
        self.theirs = dict(theirs)
        self.mine = dict(mine)
        self.version = version


class Refused(DomainError):
    """A file or request that will not be taken; nothing of it was stored."""

    code = "refused"
    status = 422

    def __init__(self, text: Any, *, where: Any = "", remedy: Any = "") -> None:
        super().__init__(text)
        self._where, self._remedy = where, remedy

    @property
    def where(self) -> str:
        """The place in the file or form."""
        return str(self._where)

    @property
    def remedy(self) -> str:
        """What the person can do."""
        return str(self._remedy)


class Unavailable(DomainError):
    """The store is busy or gone; the same request may succeed later."""

    code = "unavailable"
    status = 503
