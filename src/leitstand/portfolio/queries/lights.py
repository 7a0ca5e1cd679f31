"""Proposed lights of projects, the rules that hold, and what a changed rule would do."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from leitstand.core.base.actor import Actor
from leitstand.portfolio import policy
from leitstand.portfolio.domain import lights
from leitstand.portfolio.domain.lights import Dimension, ProjectFacts, Proposal, Rule
from leitstand.portfolio.models import Project, StatusRound, StatusRule
from leitstand.portfolio.queries.facts import Some, facts_of
from leitstand.portfolio.queries.facts_of_rounds import known_in
from leitstand.portfolio.queries.light_words import words

__all__ = ["Changed", "Preview", "current_rules", "preview", "proposals", "rule_rows", "words"]


def current_rules() -> tuple[Rule, ...]:
    """The rules that hold now: the city's where it has changed them, else as shipped; 1 query."""
    own = {row.kind: row for row in StatusRule.objects.all()}
    return tuple(as_rule(own[rule.kind]) if rule.kind in own else rule for rule in lights.DEFAULTS)


def as_rule(row: StatusRule) -> Rule:
    """The pure rule of a stored one."""
    return Rule(row.kind, Dimension(row.dimension), row.yellow, row.red, row.active)


def default_rule(kind: str) -> Rule:
    """The rule as shipped; raises ``LookupError`` for an unknown kind."""
    return next(rule for rule in lights.DEFAULTS if rule.kind == kind)


def rule_rows() -> list[StatusRule]:
    """A row for every kind, unsaved with version 0 where the city has changed nothing; 1 query."""
    own = {row.kind: row for row in StatusRule.objects.all()}
    return [own.get(rule.kind) or unsaved(rule) for rule in lights.DEFAULTS]


def rule_row(kind: str) -> StatusRule | None:
    """The row of one kind, unsaved if the city has not changed it, None for an unknown kind."""
    if kind not in lights.KINDS:
        return None
    return StatusRule.objects.filter(kind=kind).first() or unsaved(default_rule(kind))


def unsaved(rule: Rule) -> StatusRule:
    """A row of a rule as shipped."""
    return StatusRule(
        kind=rule.kind, dimension=rule.dimension, yellow=rule.yellow, red=rule.red,
        active=rule.active, version=0,
    )  # fmt: skip


def proposals(projects: Some, on: date) -> dict[uuid.UUID, dict[Dimension, Proposal]]:
    """The proposed lights of the projects as of ``on``, by the rules that hold now."""
    rules = current_rules()
    return {key: lights.propose(facts, rules) for key, facts in facts_of(projects, on).items()}


MOST_ROUNDS = 12
UNKNOWN_BEFORE = frozenset({"no_budget"})
"""Rules that take nothing known for nothing there: left out where budgets are not known."""


# --- preview --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Changed:
    """A light that a changed rule would propose differently."""

    project: uuid.UUID
    number: str
    title: str
    dimension: Dimension
    before: str
    after: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """What changed rules would do to the lights of the visible open projects.

    ``round`` is the closed round that was looked at, if not today; ``frozen`` says that only the
    plan, phase and progress of then are known.
    """

    total: int
    changes: Sequence[Changed]
    on: date
    round: StatusRound | None = None
    frozen: bool = False


def preview(actor: Actor, rule: Rule, on: date) -> Preview:
    """Compare the rules that hold now with the same ones, ``rule`` put in; visible projects."""
    facts = facts_of(policy.visible(actor), on)
    return Preview(_total(facts), _changes(facts, current_rules(), rule, None), on)


def preview_round(actor: Actor, rule: Rule, row: StatusRound) -> Preview:
    """The same over the projects of a closed round, with what was known in it."""
    known = known_in(row, actor)
    rules = current_rules()
    if known.frozen:
        rules = tuple(one for one in rules if one.kind not in UNKNOWN_BEFORE)
    changes = _changes(known.facts, rules, rule, known.names)
    return Preview(_total(known.facts), changes, known.on, row, known.frozen)


def preview_rounds() -> list[StatusRound]:
    """The last closed rounds, which a preview may look at."""
    closed = StatusRound.objects.filter(state=StatusRound.State.CLOSED)
    return list(closed.order_by("-as_of", "-pk")[:MOST_ROUNDS])


def _total(facts: Mapping[uuid.UUID, ProjectFacts]) -> int:
    open_ones = sum(one.phase not in lights.WITHOUT_LIGHT for one in facts.values())
    return open_ones * len(lights.DIMENSIONS)


def _changes(
    facts: Mapping[uuid.UUID, ProjectFacts],
    now: Sequence[Rule],
    rule: Rule,
    names: Mapping[uuid.UUID, tuple[str, str]] | None,
) -> list[Changed]:
    then = tuple(rule if old.kind == rule.kind else old for old in now)
    differing = {key: turned for key, one in facts.items() if (turned := _differ(one, now, then))}
    known = _names(differing) if names is None else names
    changes = [
        Changed(key, *known[key], dimension, before.light, after.light,
                tuple(words(reason) for reason in (after.reasons or before.reasons)))
        for key, turned in differing.items()
        for dimension, before, after in turned
        if key in known
    ]  # fmt: skip
    return sorted(changes, key=lambda change: change.number)


def _differ(
    facts: ProjectFacts, now: Iterable[Rule], then: Iterable[Rule]
) -> list[tuple[Dimension, Proposal, Proposal]]:
    before, after = lights.propose(facts, now), lights.propose(facts, then)
    return [(d, before[d], after[d]) for d in before if before[d].light != after[d].light]


def _names(keys: Collection[uuid.UUID]) -> Mapping[uuid.UUID, tuple[str, str]]:
    rows = Project.objects.filter(pk__in=keys).values_list("id", "number", "title")
    return {key: (number, title) for key, number, title in rows}
