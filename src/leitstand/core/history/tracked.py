"""Which tables are tracked, and the models of their versions.

``period_of(Project)`` makes the model ``ProjectPeriod``: a column for each of the tracked
table's, without references and uniqueness, because what a past version points to may be gone by
now. Each of its rows was the state of one object from ``valid_from`` up to, not including,
``valid_to``: moments at which the database was told, not days since when something is true.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.db.models.fields import NOT_PROVIDED

from leitstand.core.base import clock

OPEN_END = datetime(9999, 12, 31, tzinfo=UTC)
"""``valid_to`` of the present version; a value instead of NULL lets one index serve all."""
OWN = ("period_id", "valid_from", "valid_to", "removed")
SILENT = frozenset({"updated_at", "version"})
"""Columns that change with every save: alone they make no new version."""


@dataclass(frozen=True)
class Tracked:
    """A tracked model and the model of its versions."""

    model: type[models.Model]
    period: type[models.Model]

    @property
    def table(self) -> str:
        """Name of the tracked table."""
        return str(self.model._meta.db_table)

    @property
    def periods(self) -> str:
        """Name of the table of versions."""
        return str(self.period._meta.db_table)

    @property
    def key(self) -> str:
        """Column of the primary key."""
        return str(self.model._meta.pk.column)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the tracked table, in its order."""
        return tuple(str(field.column) for field in self.model._meta.concrete_fields)

    @property
    def telling(self) -> tuple[str, ...]:
        """Columns whose change makes a new version."""
        return tuple(name for name in self.columns if name != self.key and name not in SILENT)


@dataclass(frozen=True)
class Lasting:
    """A model whose rows are written once: they tell themselves since when they are known.

    ``since`` is the column of that moment or day; ``later`` are such that are filled in
    afterwards and empty on every day before.
    """

    model: type[models.Model]
    since: str
    later: tuple[str, ...] = ()
    frozen: bool = False

    @property
    def table(self) -> str:
        """Name of the table."""
        return str(self.model._meta.db_table)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the table, in its order."""
        return tuple(str(field.column) for field in self.model._meta.concrete_fields)

    @property
    def moments(self) -> tuple[str, ...]:
        """Which of them can be set to when something was told; days are people's statements."""
        fields = (self.model._meta.get_field(name) for name in (self.since, *self.later))
        moments = [field.name for field in fields if isinstance(field, models.DateTimeField)]
        return () if self.frozen else tuple(moments)


_tracked: dict[str, Tracked] = {}
_lasting: dict[str, Lasting] = {}
LEADING = frozenset({"portfolio.Project"})
"""What decides since when the past is known; tables tracked later begin later."""


def everything() -> Iterator[Tracked]:
    """All tracked tables by name."""
    return iter([_tracked[name] for name in sorted(_tracked)])


def find(table: str) -> Tracked | None:
    """The tracked table of this name."""
    return _tracked.get(table)


def written_once() -> Iterator[Lasting]:
    """All tables whose rows are written once, by name."""
    return iter([_lasting[name] for name in sorted(_lasting)])


def known(table: str) -> Tracked | Lasting | None:
    """What is known of a table's past: versions, or since when its rows are there."""
    return _tracked.get(table) or _lasting.get(table)


def keep_once(
    model: type[models.Model],
    *,
    since: str = "created_at",
    later: tuple[str, ...] = (),
    frozen: bool = False,
) -> None:
    """Show rows of ``model`` from their moment ``since`` on; for what is written once and only
    followed (messages, answers, reports), so that it needs no versions. A deleted row is gone from
    the past as well. The database refuses to change ``frozen`` ones."""
    _lasting[str(model._meta.db_table)] = Lasting(model, since, later, frozen)


_telling: ContextVar[datetime | None] = ContextVar("telling", default=None)


def told_now() -> datetime:
    """The moment that counts for what is written now; a default for columns that stay as they are."""
    return _telling.get() or clock.now()


@contextmanager
def telling(moment: datetime) -> Iterator[None]:
    """Let ``told_now`` be ``moment`` in the block."""
    token = _telling.set(moment)
    try:
        yield
    finally:
        _telling.reset(token)


def of(model: type[models.Model]) -> Tracked:
    """What is tracked of a model; ``LookupError`` if it is not."""
    return _tracked[str(model._meta.db_table)]


def period_of(model: type[models.Model], module: str, *, name: str = "") -> type[models.Model]:
    """Make the model of the versions of ``model`` and track it; call it where models are loaded.

    ``module`` is the caller's ``__name__``. Named ``<Model>Period``; a many-to-many table takes
    the name of its relation.
    """
    meta = model._meta
    name = name or "".join(part[:1].upper() + part[1:] for part in f"{meta.object_name}Period".split("_"))
    fields = {field.attname: field for field in meta.concrete_fields}
    columns = {
        "object_id" if field.primary_key else attribute: _copy(field)
        for attribute, field in fields.items()
    }
    references = [
        models.Index(fields=(attribute, "valid_to"))
        for attribute, field in fields.items()
        if field.remote_field is not None and not field.primary_key
    ]
    gone = [
        models.Index(
            fields=("object_id",), condition=models.Q(removed=True), name=f"{meta.db_table}_gone"
        )
    ]
    made = type(
        name,
        (models.Model,),
        {
            "__module__": module,
            "__doc__": f"Versions of {meta.object_name}, written by triggers.",
            "period_id": models.BigAutoField(primary_key=True),
            **columns,
            "valid_from": models.DateTimeField(),
            "valid_to": models.DateTimeField(default=OPEN_END),
            "removed": models.BooleanField(default=False),
            "Meta": type(
                "Meta",
                (),
                {
                    "app_label": meta.app_label,
                    "indexes": [
                        models.Index(fields=("object_id", "valid_to", "valid_from")),
                        models.Index(fields=("valid_to", "valid_from")),
                        models.Index(fields=("valid_from", "valid_to")),
                        *(gone if meta.label in LEADING else ()),
                        *references,
                    ],
                },
            ),
        },
    )
    _tracked[str(meta.db_table)] = Tracked(model, made)
    return made


def _copy(field: models.Field[Any, Any]) -> models.Field[Any, Any]:
    """A plain column that holds the same values: no reference, no rule, no automatic value."""
    column, null = str(field.column), field.null
    target = field
    while target.remote_field is not None:
        target = target.target_field  # type: ignore[attr-defined]
    if isinstance(target, models.AutoField | models.BigAutoField):
        return models.BigIntegerField(db_column=column, null=null)
    if target is not field or field.primary_key:
        return type(target)(db_column=column, null=null, **_shape(target))
    default = {} if field.default is NOT_PROVIDED else {"default": field.default}
    if isinstance(field, models.DateField):  # moments are dates to Django
        return type(field)(db_column=column, null=null, **default)
    return type(field)(db_column=column, null=null, **_shape(field), **default)


def _shape(field: models.Field[Any, Any]) -> dict[str, Any]:
    """What decides the column's type."""
    names = ("max_length", "max_digits", "decimal_places")
    found = {name: getattr(field, name, None) for name in names}
    return {name: value for name, value in found.items() if value is not None}
