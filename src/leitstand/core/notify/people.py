"""Telling several people of one cause, each in the language of her account."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable

from django.utils import translation

from leitstand.core.accounts.models import Account
from leitstand.core.notify.actions.sending import send
from leitstand.core.notify.notices import Notice

Words = Callable[[], tuple[str, str]]


def tell(
    kind: str,
    cause: str,
    people: Iterable[uuid.UUID | None],
    words: Words,
    url: str,
    *,
    but: uuid.UUID | None = None,
) -> int:
    """Tell ``people``, once per ``cause`` and person; ``but`` is who caused it herself.

    ``words`` gives subject and text in the language in force; they must hold nothing confidential,
    for they go by e-mail. Returns how many notices are new.
    """
    wanted = {person for person in people if person and person != but}
    if not wanted:
        return 0
    accounts = Account.objects.filter(person_id__in=wanted).values_list("person_id", "language")
    languages = dict(accounts)
    said: dict[str, tuple[str, str]] = {}
    notices = []
    for person in sorted(wanted):
        language = languages.get(person, "de")
        if language not in said:
            with translation.override(language):
                said[language] = words()
        subject, text = said[language]
        notices.append(
            Notice(key=f"{cause}:{person}", kind=kind, subject=subject, text=text, url=url,
                   person_id=person)
        )  # fmt: skip
    return send(*notices)
