"""Telling several people of one cause, each in the language of her account."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils import translation

from leitstand.core.accounts.models import Account
from leitstand.core.notify.actions.sending import send
from leitstand.core.notify.notices import About, Notice

Words = Callable[[], tuple[str, str]]


@dataclass(frozen=True)
class Telling:
    """One cause and who is told of it; ``words`` gives subject and text in the language in force.

    They must hold nothing confidential, for they go by e-mail.
    """

    cause: str
    people: Sequence[uuid.UUID]
    words: Words
    url: str
    about: About | None = None


def tell(
    kind: str,
    cause: str,
    people: Iterable[uuid.UUID | None],
    words: Words,
    url: str,
    *,
    but: uuid.UUID | None = None,
    about: About | None = None,
) -> int:
    """Tell ``people``, once per ``cause`` and person; ``but`` is who caused it herself.

    Returns how many notices are new.
    """
    wanted = sorted({person for person in people if person and person != but})
    return tell_all(kind, [Telling(cause, wanted, words, url, about)])


def tell_all(kind: str, tellings: Sequence[Telling]) -> int:
    """Tell of many causes with a number of queries that does not grow with them."""
    wanted = {person for one in tellings for person in one.people}
    if not wanted:
        return 0
    accounts = Account.objects.filter(person_id__in=wanted).values_list("person_id", "language")
    languages = dict(accounts)
    return send(*(notice for one in tellings for notice in _notices(kind, one, languages)))


def key(cause: str, person: uuid.UUID) -> str:
    """The key of the notice that tells a person of a cause."""
    return f"{cause}:{person}"


def _notices(
    kind: str, one: Telling, languages: dict[uuid.UUID, str]
) -> Iterable[Notice]:
    said: dict[str, tuple[str, str]] = {}
    for person in one.people:
        language = languages.get(person, "de")
        if language not in said:
            with translation.override(language):
                said[language] = one.words()
        subject, text = said[language]
        yield Notice(
            key=key(one.cause, person), kind=kind, subject=subject, text=text, url=one.url,
            person_id=person, about=one.about,
        )  # fmt: skip
