"""Where personal data lies and for how long: kernel and features register it here."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leitstand.core.accounts.models import Account
from leitstand.core.base.registry import Registry
from leitstand.core.org.models import Person


@dataclass(frozen=True)
class Subject:
    """Whom the data is about: a person, her account, or both; ``addresses`` in lower case."""

    person: Person | None
    account: Account | None

    @property
    def addresses(self) -> frozenset[str]:
        """Her e-mail addresses."""
        found = (
            self.person.email if self.person else "",
            self.account.email if self.account else "",
        )
        return frozenset(address.lower() for address in found if address)

    @property
    def name(self) -> str:
        """Her name, for titles."""
        return str(self.person or self.account or "")


@dataclass(frozen=True)
class Sheet:
    """One table of the answer; rows hold plain values."""

    code: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]] = field(default_factory=tuple)


@dataclass(frozen=True)
class PersonalDataSource:
    """A place where personal data lies that no reference to the person leads to."""

    code: str
    label: Any
    collect: Callable[[Subject], Iterable[Sheet]]


@dataclass(frozen=True)
class RetentionKind:
    """A kind of data and how long it is kept.

    ``due(before)`` returns the keys of what is older, ``remove(keys)`` deletes it or takes the
    personal part out, returning how many; both may be called again at any time. ``tables`` are the
    labels of the models whose references to people go with it, ``step`` how many go in one
    transaction.
    """

    code: str
    label: Any
    reason: Any
    months: int
    due: Callable[[datetime], Any]
    remove: Callable[[Sequence[Any]], int]
    at_least: int = 1
    tables: frozenset[str] = frozenset()
    step: int = 100


@dataclass(frozen=True)
class KeptRecord:
    """What names people and has no period of its own, and why it is kept; ``tables`` as above."""

    code: str
    label: Any
    reason: Any
    tables: frozenset[str]


@dataclass(frozen=True)
class NameKeeper:
    """What keeps names as they were when somebody acted, beside the reference to her or without.

    ``forget(leavers, instead)`` writes ``instead`` where their names stand; called in the
    transaction that takes the names from the people or accounts themselves, before it does.
    """

    code: str
    forget: Callable[[Sequence[Subject], str], None]


name_keepers: Registry[NameKeeper] = Registry("keeper of names")
sources: Registry[PersonalDataSource] = Registry("source of personal data")
retention_kinds: Registry[RetentionKind] = Registry("kind of retention")
kept_records: Registry[KeptRecord] = Registry("record that is kept")
NOT_PERSONAL: set[str] = set()
"""Labels of models whose reference to a person or an account says nothing about her."""
Key = int | uuid.UUID | str
