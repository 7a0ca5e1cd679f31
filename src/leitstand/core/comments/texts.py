"""What a comment's text says: names after an @, and safe HTML of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from leitstand.core.base.errors import Invalid
from leitstand.core.org.models import Person

LONGEST = 4000
MOST_MENTIONS = 10
_MOST_WORDS = 5
_AT = re.compile(r"(?<![\w@.])@([^\W\d_][^\s@,;:!?()]*(?:[ ][^\W\d_][^\s@,;:!?()]*){0,4})")
_MAIL = re.compile(r"(?<![\w@.])@([\w.+-]+@[\w-]+(?:\.[\w-]+)+)")
_LINK = re.compile(r"https?://[^\s<>\"']+")
_TRAIL = ".,;:!?)]}'\""


def people_in(text: str) -> list[Person]:
    """The people whose names (or e-mail addresses) follow an @ in the text, each once.

    An @ that no name follows stays text. Raises ``Invalid`` for a name that several people bear,
    and for more than ``MOST_MENTIONS`` people.
    """
    found: dict[object, Person] = {}
    mails = [mail.rstrip(".").casefold() for mail in _MAIL.findall(text)]
    runs = [[word.rstrip(".") for word in run.split(" ")] for run in _AT.findall(text)]
    wanted = {word for run in runs for word in run[1:_MOST_WORDS]}
    by_name: dict[str, list[Person]] = defaultdict(list)
    for person in Person.objects.filter(active=True, family_name__in=_families(wanted, runs)):
        by_name[str(person).casefold()].append(person)
    if mails:
        for person in Person.objects.filter(active=True).exclude(email=""):
            if person.email.casefold() in mails:
                found[person.pk] = person
    for run in runs:
        meant = _longest(run, by_name)
        if meant is not None:
            found[meant.pk] = meant
    if len(found) > MOST_MENTIONS:
        text = _("A comment mentions at most %(n)d people.") % {"n": MOST_MENTIONS}
        raise Invalid(text, field="text")
    return list(found.values())


def _families(wanted: set[str], runs: Sequence[Sequence[str]]) -> set[str]:
    """Family names of one, two or three words that may stand in the text."""
    families = set(wanted)
    for run in runs:
        for start in range(1, len(run)):
            for end in range(start + 2, min(start + 3, len(run)) + 1):
                families.add(" ".join(run[start:end]))
    return families


def _longest(run: Sequence[str], by_name: dict[str, list[Person]]) -> Person | None:
    for length in range(min(len(run), _MOST_WORDS), 1, -1):
        people = by_name.get(" ".join(run[:length]).casefold(), [])
        if len(people) > 1:
            addresses = ", ".join(f"@{person.email}" for person in people if person.email)
            text = _("Several people are called %(name)s. Write the address instead: %(addresses)s")
            values = {"name": people[0], "addresses": addresses or "–"}
            raise Invalid(text % values, field="text")
        if people:
            return people[0]
    return None


def as_html(text: str, mentioned: Iterable[Person]) -> SafeString:
    """The text as HTML: escaped, line breaks kept, links to the web, mentions marked."""
    marks = [f"@{person}" for person in mentioned] + [
        f"@{person.email}" for person in mentioned if person.email
    ]
    names = "|".join(re.escape(mark) for mark in sorted(marks, key=len, reverse=True))
    pattern = re.compile(f"({_LINK.pattern}{'|' + names if names else ''}|\n)", re.IGNORECASE)
    pieces = [(_piece(part),) for part in pattern.split(text.replace("\r\n", "\n")) if part]
    return format_html_join("", "{}", pieces)


def _piece(part: str) -> SafeString:
    if part == "\n":
        return SafeString("<br>")
    if _LINK.fullmatch(part):
        address = part.rstrip(_TRAIL)
        return format_html(
            '<a class="kern-link" href="{}" rel="nofollow noopener noreferrer">{}</a>{}',
            address, address, part[len(address):],
        )  # fmt: skip
    if (part.startswith("@") and " " in part) or re.fullmatch(r"@[^\s@]+@[^\s@]+", part):
        return format_html('<strong class="cm-mention">{}</strong>', part)
    return format_html("{}", part)
