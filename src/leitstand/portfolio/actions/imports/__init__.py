"""Import of projects: upload → staging rows → checked → confirmed → applied.

Nothing is written to projects before the person confirms; then everything is written in one
transaction. Each step is a job that can be killed and run again.
"""

from leitstand.portfolio.actions.imports.admission import refuse_other_files
from leitstand.portfolio.actions.imports.runs import (
    choose_mapping,
    choose_rows,
    confirm,
    discard,
    settle,
    start_import,
)

__all__ = [
    "choose_mapping",
    "choose_rows",
    "confirm",
    "discard",
    "refuse_other_files",
    "settle",
    "start_import",
]
