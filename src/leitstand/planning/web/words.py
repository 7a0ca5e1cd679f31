"""A stored plan in words: why a project is late, what could not be planned, what the posts are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.planning.queries.results import ProjectPlan, Result
from leitstand.planning.web.pages import number


def day(value: Any) -> str:
    """A day in German form."""
    return f"{value:%d.%m.%Y}"


def weeks(count: int) -> str:
    """Weeks of lateness."""
    return ngettext("%(n)d week", "%(n)d weeks", count) % {"n": count}


def posts(half: float) -> str:
    """Full-time equivalents from half posts."""
    return number(half / 2, 1)


def _task(result: Result, key: str) -> str:
    found = result.raw["tasks"].get(key)
    if not found:
        return ""
    return str(found[1] or _title(result, found[0]))


def _title(result: Result, project: str) -> str:
    known = {one.id: one.title for one in result.projects} | dict(result.left)
    return known.get(project, project)


def _named(result: Result, key: str, inside: str) -> str:
    """A task by its name; one of another project with the project's title."""
    found = result.raw["tasks"].get(key)
    if not found:
        return ""
    title = _title(result, found[0])
    label = found[1] or title
    return label if found[0] == inside or label == title else f"{label} ({title})"


def _quarter(result: Result, place: int) -> str:
    names = result.raw["periods"]
    if not 0 <= place < len(names):
        return ""
    year, _dash, quarter = names[place].partition("-")
    return _("Q%(number)s %(year)s") % {"number": quarter, "year": year}


def reasons(result: Result, one: ProjectPlan) -> list[str]:
    """Why the project is late, from its end back to what held it, in sentences."""
    why: Mapping[str, Any] | None = result.raw["why"].get(one.id)
    if why is None:
        return []
    said = [text for link in why["chain"] if (text := _reason(result, one.id, link))]
    return [*dict.fromkeys(said)]


def _reason(result: Result, project: str, link: Sequence[Any]) -> str:
    kind, task, start, other, role, period, need, have, *_slot = link
    label, begin = _named(result, task, project), day(result.day(start))
    if not label:
        return ""
    values = {
        "task": label, "day": begin, "other": _named(result, other, project),
        "role": result.raw["roles"].get(role, role), "quarter": _quarter(result, period),
        "missing": number((need - have) / 10, 1),
    }  # fmt: skip
    texts = {
        "predecessor": _("“%(task)s” can begin only on %(day)s, because “%(other)s” comes before it."),
        "waiting": _("“%(task)s” can begin only on %(day)s, because the waiting time "
            "“%(other)s” comes before it."),
        "release": _("“%(task)s” is not to begin before %(day)s."),
        "fixed": _("“%(task)s” is fixed on %(day)s."),
        "start": _("“%(task)s” begins on %(day)s; nothing else holds it up."),
    }  # fmt: skip
    if kind == "role":
        text = (
            _("“%(task)s” begins only on %(day)s: in %(quarter)s the role %(role)s "
              "lacks %(missing)s FTE; “%(other)s” takes most of it.")
            if values["other"] else
            _("“%(task)s” begins only on %(day)s: in %(quarter)s the role %(role)s "
              "lacks %(missing)s FTE.")
        )  # fmt: skip
        return text % values
    return texts[kind] % values if kind in texts else ""


_FAULTS = {
    "cycle": lambda: _("These depend on each other in a circle and cannot be planned."),
    "never_enough": lambda: _(
        "The role %(role)s never has as much staff as this needs "
        "(%(need)s FTE, there are %(have)s)."
    ),
    "impossible_date": lambda: _("The date cannot be kept even with more staff."),
    "hangs_on_left_out": lambda: _("This depends on something that cannot be planned."),
    "bad_duration": lambda: _("The duration cannot be right."),
    "bad_demand": lambda: _("The effort cannot be right."),
    "unknown_role": lambda: _("It needs a role that does not exist."),
}


def _unstaffed() -> str:
    return _("There is never enough staff for this: it cannot be done without more posts.")


def faults(result: Result) -> list[tuple[str, str, str]]:
    """What the planner could not plan or could not keep: (project id, title, sentence)."""
    found: dict[tuple[str, str], tuple[str, str, str]] = {}
    for code, tasks, projects, role, need, have, _left_out in result.raw["faults"]:
        text = _FAULTS.get(code)
        if text is None:
            continue
        if code == "never_enough" and not role:
            text = _unstaffed
        values = {
            "role": result.raw["roles"].get(role, role),
            "need": number(need / 10, 1),
            "have": number(have / 10, 1),
        }
        keys = projects or [result.raw["tasks"].get(key, [""])[0] for key in tasks]
        for key in filter(None, keys):
            found.setdefault((key, code), (key, _title(result, key), text() % values))
    return sorted(found.values(), key=lambda row: (row[2], row[1]))
