"""Names in a file → units, people, programmes, fields and goals; missing ones are proposed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from leitstand.core.org.models import OrgUnit
from leitstand.core.org.queries import PersonFinder, UnitFinder
from leitstand.core.tables.likeness import closest
from leitstand.core.tables.problems import ValueProblem
from leitstand.core.tables.values import split_known
from leitstand.portfolio.models import FieldOfAction, Goal, Programme

Ref = dict[str, str]
"""``{"id": uuid}`` of an existing object or ``{"new": name}`` of one to be created."""

_BRACKETS = re.compile(r"\([^)]*\)")
_TITLES = re.compile(r"^(?:(?:herrn?|frau|dr|prof|dipl-ing)\b\.?\s*)+", re.IGNORECASE)
_BETWEEN_PEOPLE = re.compile(r"\s*(?:[;/&\n]|\bund\b|\band\b)\s*", re.IGNORECASE)
_NOBODY = frozenset(("n.n.", "nn", "n. n.", "vakant", "unbesetzt", "vacant", "nicht benannt"))
_NAME_LENGTH = 100
_MOST_HINTS = 300


def fold(text: str) -> str:
    """Return the text as names are compared: case and blanks do not matter."""
    return " ".join(text.casefold().split())


def is_nobody(text: str) -> bool:
    """Whether a cell says that there is no such person yet ("N.N.", "vakant")."""
    return fold(text) in _NOBODY


def _natural(name: str) -> str:
    """Return "Anna Berg" for "Berg, Dr. Anna", "Frau Berg, Anna" or "Anna Berg, Amt 10"."""
    family, _comma, given = name.partition(",")
    family, given = _TITLES.sub("", family.strip()), _TITLES.sub("", given.strip())
    no_name = len(given.split()) > 2 or any(letter.isdigit() for letter in given)
    return family if no_name else f"{given} {family}".strip()


@dataclass
class _Index:
    """Objects of one model by folded name and code."""

    model: type[Model]
    found: dict[str, uuid.UUID] = field(default_factory=dict)
    names: dict[uuid.UUID, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = self.model._default_manager.values_list("pk", "name", "code")
        for key, name, code in rows:
            self.names[key] = name
            for text in (name, code):
                self.found.setdefault(fold(text), key)

    def get(self, text: str) -> uuid.UUID | None:
        """Return the id of the object of this name or code."""
        return self.found.get(fold(text))


class References:
    """Resolves names once per import; the same new name is always spelled the same."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        self.units = UnitFinder()
        self.people = PersonFinder()
        self.indexes = {
            "programme": _Index(Programme),
            "fields_of_action": _Index(FieldOfAction),
            "goals": _Index(Goal),
        }
        self._asked = 0
        self._chosen = {fold(name): key for name, key in options.get("units", {}).items()}
        self._new: dict[str, dict[str, str]] = {}
        self.unknown_units: set[str] = set()
        self.labels: dict[str, str] = {}

    def unit(self, text: str) -> Ref:
        """Return the unit; raises ``ValueProblem`` with a proposal if it is unknown."""
        found = self.units(text) or self._assigned(text)
        if found:
            return self._labelled(found.id, found.name)
        if self.units.ambiguous(text):
            raise ValueProblem(
                _("There are several units called “%(name)s”. Use the unit's code.")
                % {"name": text}
            )
        if self.options.get("missing_units") == "create":
            return self._propose("units", text)
        self.unknown_units.add(text[:200])
        raise ValueProblem(self._unknown_unit(text))

    def _assigned(self, text: str) -> OrgUnit | None:
        """The unit that the person has chosen for a name that the city does not know."""
        return self.units.of_id(self._chosen.get(fold(text), ""))

    def _unknown_unit(self, text: str) -> str:
        other = self._closest(text, self.units.spellings())
        if other:
            return _("Unknown unit “%(name)s”. Did you mean “%(other)s”?") % {
                "name": text,
                "other": other,
            }
        return _("Unknown unit “%(name)s”.") % {"name": text}

    def _closest(self, text: str, known: Mapping[str, str]) -> str:
        """The known name most like a text, else ""; looked for a limited number of times."""
        self._asked += 1
        return closest(text, known) if self._asked <= _MOST_HINTS else ""

    def with_hint(self, field_name: str, text: str) -> str:
        """A name that is left out, with the one that may be meant."""
        if field_name in {"lead", "sponsor"}:
            known = self.people.spellings()
        elif field_name in self.indexes:
            known = {name: name for name in self.indexes[field_name].names.values()}
        else:
            known = self.units.spellings()
        other = self._closest(text, known)
        if not other:
            return text
        return _("%(name)s (did you mean “%(other)s”?)") % {"name": text[:120], "other": other}

    def unit_list(self, names: Iterable[str]) -> list[Ref]:
        """Return units for a list that may be parted at commas."""
        parts = split_known(
            tuple(names), lambda text: (self.units(text) or self._assigned(text)) is not None
        )
        return [self.unit(part) for part in parts]

    def person(self, text: str) -> Ref | None:
        """Return the person, one to be created, or ``None`` if unknown people are left out.

        Of several names in one cell the first counts. Raises ``ValueProblem`` if several people
        go by the name.
        """
        found = self.people(text)
        if found:
            return self._labelled(found.id, str(found))
        text = next(filter(None, _BETWEEN_PEOPLE.split(text)), "")
        bare = _natural(" ".join(_BRACKETS.sub(" ", text).split()))
        for name in (text, bare):
            found = self.people(name)
            if found:
                return self._labelled(found.id, str(found))
            if self.people.ambiguous(name):
                problem = _("There are several people called “%(name)s”. Use the e-mail address.")
                raise ValueProblem(problem % {"name": name})
        if self.options.get("missing_people") == "create" and " " in bare and "@" not in bare:
            if len(bare) > _NAME_LENGTH:
                raise ValueProblem(_("This is too long for a person's name."))
            return self._propose("people", bare)
        return None

    def _labelled(self, identifier: uuid.UUID, name: str) -> Ref:
        self.labels[str(identifier)] = name
        return {"id": str(identifier)}

    def named(self, kind: str, text: str) -> Ref | None:
        """Return a programme, field of action or goal by name or code."""
        index = self.indexes[kind]
        found = index.get(text)
        if found:
            return self._labelled(found, index.names[found])
        if self.options.get("missing_strategy") == "create":
            return self._propose(kind, text)
        return None

    def named_list(self, kind: str, names: Iterable[str]) -> list[Ref] | None:
        """Return several, parted at commas where the whole is unknown; ``None`` if all are."""
        index = self.indexes[kind]
        parts = split_known(tuple(names), lambda text: index.get(text) is not None)
        refs = [self.named(kind, part) for part in parts]
        return [ref for ref in refs if ref] or None

    def _propose(self, kind: str, text: str) -> Ref:
        name = " ".join(text.split())[:200]
        name = self._new.setdefault(kind, {}).setdefault(fold(name), name)
        return {"new": name}

    def label(self, ref: Ref) -> str:
        """Return the name shown for a reference."""
        return ref["new"] if "new" in ref else self.labels.get(ref["id"], ref["id"])
