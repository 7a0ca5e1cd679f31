"""Periods of what the portfolio holds about people, and what it keeps for good."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from leitstand.core.privacy.registry import (
    KeptRecord,
    NameKeeper,
    RetentionKind,
    kept_records,
    name_keepers,
    retention_kinds,
)


def register() -> None:
    """Fill the registries; called once when Django is ready."""
    from leitstand.portfolio.actions import names

    name_keepers.add("portfolio", NameKeeper("portfolio", names.forget_names))
    for code, label, reason, months, due, remove, at_least, tables, *step in _kinds():
        labels = frozenset(f"portfolio.{table}" for table in tables)
        retention_kinds.add(
            code, RetentionKind(code, label, reason, months, due, remove, at_least, labels, *step)
        )
    kept_records.add(
        "portfolio.projects",
        KeptRecord(
            "portfolio.projects", _("Who leads a project, sponsors it or belongs to it"),
            _("Projects with their parts, baselines and decisions are records of the city; they go "
              "when they are deleted with a reason. People who left lose their names in them."),
            frozenset({"portfolio.projectperson"}),
        ),
    )  # fmt: skip
    kept_records.add(
        "portfolio.groups",
        KeptRecord(
            "portfolio.groups", _("Who led a working group"),
            _("The group holds its minutes, which are records; who left loses her name."),
            frozenset({"portfolio.workinggroup"}),
        ),
    )  # fmt: skip


def _kinds() -> tuple[tuple[Any, ...], ...]:
    from leitstand.portfolio.actions import retention as r
    from leitstand.portfolio.actions.rounds import substituting

    return (
        ("substitutions", _("Substitutes for status rounds that have ended"),
         _("Needed to look into answers that were given by a substitute; the report keeps the name."),
         12, substituting.old, substituting.forget, 1, ("substitution",)),
        ("round-requests", _("Ended status rounds: whom they asked"),
         _("Needed to look into answers; afterwards the reports alone count."),
         12, r.old_requests, r.forget_requests, 1, ("statusrequest", "roundlink")),
        ("rounds", _("Status rounds with their reports"),
         _("They show how public money was spent: as long as the accounts (ten years)."),
         120, r.old_rounds, r.remove_rounds, 24, ("statusreport",), 1),
        ("meetings", _("Meetings without released minutes"),
         _("Called off or never written about: nothing lasting was agreed."),
         24, r.old_meetings, r.remove_meetings, 3, ()),
        ("minutes", _("Meetings with released minutes"),
         _("Minutes are records; ten years is what file plans usually ask for."),
         120, r.old_minutes, r.remove_meetings, 24, ()),
        ("members", _("Members of working groups that have ended"),
         _("Needed as long as minutes are looked into; attendance stands in these."),
         24, r.old_members, r.remove_members, 3, ("groupmember",)),
        ("tasks", _("Tasks that are done"),
         _("Needed to see what came of a meeting, for two budget years."),
         24, r.old_tasks, r.remove_tasks, 3, ("actionitem",)),
        ("needs", _("Needs that were decided on"),
         _("Departments come back to an answer for about a council term."),
         60, r.old_needs, r.remove_needs, 12, ("need", "advicecase", "casemessage")),
        ("imports", _("Imports with their file and rows"),
         _("Needed to confirm or mend an import; failed ones go after a day."),
         1, r.old_imports, r.remove_imports, 1, ("importrun",)),
        ("indicator-entries", _("Who entered a value of an indicator"),
         _("Needed to ask back; the value itself stays."),
         24, r.old_entries, r.forget_entries, 1, ("indicatorvalue",)),
    )  # fmt: skip
