"""Names that stand where somebody decided, released or wrote: they go with the person's own."""

from __future__ import annotations

from collections.abc import Sequence

from leitstand.core.history import tracked
from leitstand.core.org.models import Person
from leitstand.core.privacy.registry import Subject
from leitstand.portfolio.models import AdviceCase, CaseMessage, Minutes, MinutesAddendum

_KEPT = (
    (AdviceCase, "decided_by"), (Minutes, "released_by"), (MinutesAddendum, "author_name"),
    (CaseMessage, "author_name"),
)  # fmt: skip


def forget_names(leavers: Sequence[Subject], instead: str) -> None:
    """Write ``instead`` for the names of people who left, in past versions too.

    Where no reference stands beside a name it stays if somebody who is still there bears it.
    """
    people = [leaver.person for leaver in leavers if leaver.person]
    CaseMessage.objects.filter(author__in=people).update(author_name=instead)
    names = {leaver.name for leaver in leavers} - _still_borne(people)
    for model, column in _KEPT:
        model._default_manager.filter(**{f"{column}__in": names}).update(**{column: instead})
        of = tracked.find(str(model._meta.db_table))
        if of is not None:
            of.period._default_manager.filter(**{f"{column}__in": names}).update(**{column: instead})


def _still_borne(people: Sequence[Person]) -> set[str]:
    families = {person.family_name for person in people}
    return {str(other) for other in Person.objects.filter(active=True, family_name__in=families)}
