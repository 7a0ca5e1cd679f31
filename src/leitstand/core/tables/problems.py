"""What can go wrong with a file or a cell, in words that say how to mend it.

Texts are lazy: they are translated when they are shown, not when they are raised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import format_lazy

if TYPE_CHECKING:
    from leitstand.core.tables.columns import Text


class Refused(Exception):
    """A file was not accepted as a whole: nothing of it may be used.

    `code` is stable (`file_type`, `file_damaged`, `file_protected`, `file_hostile`,
    `file_encoding`, `file_empty`, `file_too_large`, `too_many_rows`,
    `too_many_columns`, `too_many_cells`, `cell_too_long`), `text` says what is wrong,
    `where` in which place ("" if the whole file), `remedy` how to mend it.
    """

    def __init__(
        self, text: Text, where: Text = "", remedy: Text = "", *, code: str = "refused"
    ) -> None:
        super().__init__(text, where, remedy)
        self.code = code
        self.text = text
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        parts = (
            str(self.text),
            f"({self.where})" if str(self.where) else "",
            str(self.remedy),
        )
        return " ".join(part for part in parts if part)


class ValueProblem(ValueError):
    """A cell's content is not what its column takes. `text` says what is accepted."""

    def __init__(self, text: Text, *, code: str = "value") -> None:
        super().__init__(text)
        self.code = code
        self.text = text

    def __str__(self) -> str:
        return str(self.text)


def fill(template: Text, **values: object) -> Text:
    """A lazy text with its `{name}` places filled when it is shown."""
    return format_lazy(template, **values)
