"""Resource paths: ``Things(1)/Datastreams(2)/Observations/$ref`` (OGC 18-088, 9.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from leitstand.sensing.domain.problems import RequestError
from leitstand.sensing.domain.schema import KINDS, SETS, Kind

MOST_STEPS, LARGEST_ID = 12, 2**63 - 1
_STEP = re.compile(r"([A-Za-z]+)(?:\((.*)\))?")


@dataclass(frozen=True)
class Step:
    """One set or relation of the path; ``key`` is the entity's id in it."""

    name: str
    kind: Kind
    many: bool
    key: int | None = None


@dataclass(frozen=True)
class ResourcePath:
    """Where a request points: entities, then maybe a property, ``$value`` or ``$ref``."""

    steps: tuple[Step, ...] = ()
    prop: str = ""
    inner: tuple[str, ...] = ()
    value: bool = False
    ref: bool = False

    @property
    def kind(self) -> Kind:
        """The kind of entity that the path ends at."""
        return self.steps[-1].kind

    @property
    def is_set(self) -> bool:
        """Whether the path names a set and not one entity."""
        last = self.steps[-1]
        return last.many and last.key is None


def parse(text: str) -> ResourcePath:
    """Return the path; an empty text is the service's root.

    Raises ``RequestError``: 404 for names that do not exist, 400 for what cannot be read.
    """
    parts = [part for part in text.strip("/").split("/") if part]
    if len(parts) > MOST_STEPS:
        raise RequestError(f"the path has more than {MOST_STEPS} parts")
    steps: list[Step] = []
    for place, part in enumerate(parts):
        if part.startswith("$") or (steps and part in _properties(steps[-1])):
            return _ending(tuple(steps), parts[place:])
        steps.append(_step(steps[-1] if steps else None, part))
    return ResourcePath(tuple(steps))


def _properties(last: Step) -> set[str]:
    return {*last.kind.properties, "@iot.id", "@iot.selfLink"}


def _step(before: Step | None, part: str) -> Step:
    match = _STEP.fullmatch(part)
    name = match.group(1) if match else part
    if before is None:
        kind, many = SETS.get(name), True
    else:
        if before.many and before.key is None:
            raise RequestError(f"“{before.name}” needs the id of one entity", where=part, status=404)
        relation = before.kind.relations.get(name)
        kind = KINDS[relation.target] if relation else None
        many = relation.many if relation else False
    if match is None or kind is None:
        raise RequestError("there is nothing of this name", where=part, status=404)
    key = None if match.group(2) is None else _key(match.group(2), part)
    if key is not None and not many:
        raise RequestError("the relation leads to one entity and takes no id", where=part)
    return Step(name, kind, many, key)


def _key(text: str, part: str) -> int:
    if not re.fullmatch(r"\d{1,19}", text, re.ASCII) or int(text) > LARGEST_ID:
        raise RequestError("ids are whole numbers; there is no such entity", where=part, status=404)
    return int(text)


def _ending(steps: tuple[Step, ...], parts: list[str]) -> ResourcePath:
    if parts == ["$ref"] and steps:
        return ResourcePath(steps, ref=True)
    if not steps or parts[0].startswith("$"):
        raise RequestError("there is nothing of this name", where=parts[0], status=404)
    if steps[-1].many and steps[-1].key is None:
        raise RequestError("a property needs the id of one entity", where=parts[0], status=404)
    value = parts[-1] == "$value"
    inner = tuple(parts[1 : -1 if value else None])
    if any(part.startswith("$") for part in inner):
        raise RequestError("there is nothing of this name", where="/".join(inner), status=404)
    return ResourcePath(steps, prop=parts[0], inner=inner, value=value)
