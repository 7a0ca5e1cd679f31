"""The only writers of units and people: one function per business event."""

from leitstand.core.org.actions.imports import ImportResult, RowProblem, import_people, import_units
from leitstand.core.org.actions.people import change_person, create_person
from leitstand.core.org.actions.structure import dissolve_unit, merge_units, move_unit
from leitstand.core.org.actions.units import CHANGE, create_unit, rename_unit

__all__ = [
    "CHANGE",
    "ImportResult",
    "RowProblem",
    "change_person",
    "create_person",
    "create_unit",
    "dissolve_unit",
    "import_people",
    "import_units",
    "merge_units",
    "move_unit",
    "rename_unit",
]
