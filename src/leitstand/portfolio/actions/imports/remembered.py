"""Which column means what: checked, and remembered by the header of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from leitstand.core.base.errors import Invalid
from leitstand.core.tables.mapping import PERIOD, digest, normalised
from leitstand.portfolio.models import ImportMapping
from leitstand.portfolio.tables import PROJECTS
from leitstand.portfolio.tables.money import column_of

_ADDED = frozenset(("fehler", "error"))


def check_mapping(mapping: Mapping[str, str], width: int, has_unit: bool) -> dict[str, str]:
    """Return the mapping without empty targets; raises ``Invalid`` if it cannot work.

    ``mapping`` is column index of the file as text, from 0 → field name. The error's field is
    the index of the column that is wrong, or ``""``.
    """
    chosen = {index: name for index, name in mapping.items() if name}
    first: dict[str, str] = {}
    for index, name in chosen.items():
        column = column_of(name)
        fits = name == PERIOD or (column is not None and column.importable)
        if not fits or not index.isdigit() or int(index) >= width:
            raise Invalid(_("Unknown column assignment."), field=index)
        if first.setdefault(name, index) != index:
            label = column.label if column is not None else _("Period")
            text = _("Two columns are assigned to “%(field)s”.") % {"field": label}
            raise Invalid(text, field=index)
    names = set(first)
    both = PERIOD in names and names & set(PROJECTS.period or ())
    if both:
        text = _("The period is already filled by another column: choose either or.")
        raise Invalid(text, field=first[PERIOD])
    if not names & {"title", "number"}:
        raise Invalid(_("Say which column holds the title of the project."))
    if not names & {"lead_unit", "number"} and not has_unit:
        raise Invalid(
            _("Say which column holds the lead unit, or choose one unit for all rows below.")
        )
    return chosen


def remember(titles: Sequence[str], mapping: Mapping[str, str], name: str) -> None:
    """Remember what the columns of this header mean; called inside an action."""
    ImportMapping.objects.update_or_create(
        header_digest=digest(_own(titles)), defaults={"mapping": mapping, "name": name[:200]}
    )


def recall(titles: Sequence[str]) -> dict[str, str] | None:
    """Return what the columns meant last time; a memory that no longer fits is forgotten."""
    found = ImportMapping.objects.filter(header_digest=digest(_own(titles))).first()
    if found is None:
        return None
    try:
        return check_mapping(found.mapping, len(titles), has_unit=True)
    except Invalid:
        found.delete()
        return None


def _own(titles: Sequence[str]) -> Sequence[str]:
    """Return the titles without the column that the file of errors adds at its end."""
    return titles[:-1] if titles and normalised(titles[-1]) in _ADDED else titles
