"""Writing what was read from a council information system: set-based, a portion at a time.

An object whose content is the same as last time is left alone. Nothing is ever deleted: what the
server marks as deleted is marked as withdrawn and comes back if the server publishes it again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, Model, OuterRef, Subquery
from django.utils.translation import gettext as _

from leitstand.core.base import clock
from leitstand.core.base.bulk import Insert, Update
from leitstand.reporting import models
from leitstand.reporting.domain import oparl
from leitstand.reporting.domain.oparl import Item
from leitstand.reporting.models.council import Mirrored

PORTION = 400
Values = Mapping[str, Any]


@dataclass(frozen=True)
class _Kind:
    """How one kind of object is stored."""

    name: str
    model: type[Mirrored]
    values: Callable[[Any], Values]


def _organization(item: oparl.Organization) -> Values:
    return {
        "name": item.name or _("(without a name)"), "short_name": item.short_name,
        "type_text": item.type_text, "start": item.start, "end": item.end,
    }  # fmt: skip


def _meeting(item: oparl.Meeting) -> Values:
    return {
        "name": item.name or _("(without a name)"), "start": item.start, "end": item.end,
        "place": item.place, "cancelled": item.cancelled, "files": [list(f) for f in item.files],
        "organization_ref": item.organization,
    }  # fmt: skip


def _agenda_item(item: oparl.AgendaItem) -> Values:
    return {
        "meeting_ref": item.meeting, "consultation_ref": item.consultation, "number": item.number,
        "position": item.position, "name": item.name, "public": item.public,
        "result": item.result, "resolution": item.resolution,
    }  # fmt: skip


def _paper(item: oparl.Paper) -> Values:
    return {
        "name": item.name or _("(without a name)"), "reference": item.reference, "date": item.date,
        "kind": oparl.kind_of_paper(item.type_text), "type_text": item.type_text,
        "organization_ref": item.organization, "originator_ref": item.originator,
        "files": [list(f) for f in item.files],
    }  # fmt: skip


def _consultation(item: oparl.Consultation) -> Values:
    return {
        "paper_ref": item.paper, "meeting_ref": item.meeting, "agenda_item_ref": item.agenda_item,
        "organization_ref": item.organization, "authoritative": item.authoritative,
        "role": item.role,
    }  # fmt: skip


_KINDS: dict[type[Item], _Kind] = {
    oparl.Organization: _Kind("organizations", models.Organization, _organization),
    oparl.Meeting: _Kind("meetings", models.CouncilMeeting, _meeting),
    oparl.AgendaItem: _Kind("agenda_items", models.AgendaItem, _agenda_item),
    oparl.Paper: _Kind("papers", models.Paper, _paper),
    oparl.Consultation: _Kind("consultations", models.Consultation, _consultation),
}
_LINKS: tuple[tuple[type[Mirrored], str], ...] = (
    (models.CouncilMeeting, "organization"), (models.AgendaItem, "meeting"),
    (models.Paper, "organization"), (models.Paper, "originator"), (models.Consultation, "paper"),
    (models.Consultation, "meeting"), (models.Consultation, "agenda_item"),
    (models.Consultation, "organization"),
)  # fmt: skip


class Writer:
    """Writes objects of one source and counts what became of them: ``papers.new`` and so on."""

    def __init__(self, source: models.OparlSource | None) -> None:
        self.source = source
        self.counts: Counter[str] = Counter()

    def write(self, items: Sequence[Item]) -> None:
        """Write some objects; of several with one address the last counts."""
        by_kind: dict[type[Item], dict[str, Item]] = {}
        for item in items:
            by_kind.setdefault(type(item), {})[item.address] = item
        for cls, found in by_kind.items():
            rows = list(found.values())
            for start in range(0, len(rows), PORTION):
                self._portion(_KINDS[cls], rows[start : start + PORTION])

    def _portion(self, kind: _Kind, items: Sequence[Item]) -> None:
        digests = {item.address: digest(item) for item in items}
        with transaction.atomic():
            _alone(kind.name)
            rows = kind.model._default_manager.filter(address__in=list(digests))
            known = dict(rows.values_list("address", "content_mark"))
            gone = [i.address for i in items if i.deleted and i.address in known]
            living = [i for i in items if not i.deleted]
            new = [i for i in living if i.address not in known]
            other = [i for i in living if known.get(i.address, "") not in ("", digests[i.address])]
            other += [i for i in living if known.get(i.address) == ""]
            self._insert(kind, new, digests)
            self._update(kind, other, digests)
            withdrawn = self._withdraw(kind, gone)
        for what, number in (
            ("new", len(new)), ("changed", len(other)), ("withdrawn", withdrawn),
            ("same", len(living) - len(new) - len(other)),
        ):  # fmt: skip
            self.counts[f"{kind.name}.{what}"] += number

    def _insert(self, kind: _Kind, items: Iterable[Item], digests: Mapping[str, str]) -> None:
        rows: list[Model] = []
        for item in items:
            row: Any = kind.model(source=self.source, address=item.address)
            _fill(row, kind.values(item), item, digests[item.address])
            rows.append(row)
        if rows:
            Insert(kind.model, rows).execute()

    def _update(self, kind: _Kind, items: Sequence[Item], digests: Mapping[str, str]) -> None:
        if not items:
            return
        by_address = {item.address: item for item in items}
        rows: list[Any] = list(kind.model._default_manager.filter(address__in=list(by_address)))
        for row in rows:
            item = by_address[row.address]
            _fill(row, kind.values(item), item, digests[item.address])
            row.version += 1
            row.withdrawn_on = None
            row.source_id = self.source.pk if self.source else row.source_id
        Update(kind.model, rows).execute()

    def _withdraw(self, kind: _Kind, addresses: Sequence[str]) -> int:
        rows = kind.model._default_manager.filter(address__in=addresses, withdrawn_on=None)
        return rows.update(withdrawn_on=clock.today(), content_mark="") if addresses else 0

    def resolve(self) -> None:
        """Tie objects to those that they name, as far as these are there; set by set."""
        for model, name in _LINKS:
            target = model._meta.get_field(name).related_model
            assert isinstance(target, type)  # noqa: S101 - a foreign key of ours
            there = target._default_manager.filter(address=OuterRef(f"{name}_ref"))
            open_ones = model._default_manager.filter(**{f"{name}__isnull": True})
            open_ones = open_ones.exclude(**{f"{name}_ref": ""}).filter(Exists(there))
            with transaction.atomic():
                found = open_ones.update(**{name: Subquery(there.values("pk")[:1])})
            self.counts["links"] += found


def digest(item: Item) -> str:
    """What tells one state of an object from another."""
    return hashlib.blake2b(repr(item).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _fill(row: Any, values: Values, item: Item, mark: str) -> None:
    """Put the values in; a link that now names another object is opened again."""
    for name, value in values.items():
        if name.endswith("_ref") and getattr(row, name) != value:
            link = f"{name.removesuffix('_ref')}_id"
            if hasattr(row, link):
                setattr(row, link, None)
        setattr(row, name, value)
    row.modified, row.content_mark = item.modified, mark


def _alone(what: str) -> None:
    """Wait until no other transaction writes such objects; SQLite has one writer in any case."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"reporting.{what}"]
            )
