"""What is refused at the door: files that are no tables, before anything of them is stored."""

from __future__ import annotations

from typing import Any

from leitstand.core.base import errors
from leitstand.core.tables import reading
from leitstand.core.tables.problems import Refused
from leitstand.portfolio.actions.imports.limits import limits


def refuse_other_files(file: Any) -> None:
    """Look at an open binary file or an upload; it is at its start afterwards.

    Raise the kernel's ``Refused`` for other types, encrypted, damaged or too large files."""
    try:
        reading.recognise(file, limits())
    except Refused as problem:
        raise errors.Refused(problem.text, where=problem.where, remedy=problem.remedy) from None
    finally:
        file.seek(0)
