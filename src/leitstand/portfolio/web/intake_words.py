"""How a need and its case read: badges, plain words for the department, the next step."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leitstand.core.ui import components as ui
from leitstand.portfolio.models import AdviceCase, Need

State = AdviceCase.State
_KINDS: dict[str, ui.Kind] = {
    State.NEW: "info", State.IN_REVIEW: "info", State.QUESTION: "warning",
    State.ANSWERED: "success", State.ACCEPTED: "success", State.DECLINED: "neutral",
    State.MERGED: "neutral",
}  # fmt: skip
_URGENCY: dict[str, ui.Kind] = {"urgent": "danger", "high": "warning"}
_PLAIN: dict[str, Any] = {
    State.NEW: gettext_lazy("Your need has arrived. The digital unit has not begun yet."),
    State.IN_REVIEW: gettext_lazy("The digital unit is working on your need."),
    State.QUESTION: gettext_lazy(
        "The digital unit has a question and waits for the reply of your unit."
    ),
    State.ANSWERED: gettext_lazy("Your need has been answered."),
    State.ACCEPTED: gettext_lazy("Your need has become a project."),
    State.DECLINED: gettext_lazy("Your need has been declined. The reason is below."),
    State.MERGED: gettext_lazy("Your need is dealt with together with another one."),
}
_NEXT: dict[str, Any] = {
    State.NEW: gettext_lazy("take on"),
    State.IN_REVIEW: gettext_lazy("estimate and decide"),
    State.QUESTION: gettext_lazy("wait for the reply"),
}


def state_badge(state: str) -> ui.Badge:
    """The state of a case."""
    return ui.Badge(State(state).label, _KINDS.get(state, "neutral"))


def urgency_badge(urgency: str) -> ui.Badge:
    """How urgent a need is."""
    return ui.Badge(Need.Urgency(urgency).label, _URGENCY.get(urgency, "neutral"))


def plain_state(state: str) -> str:
    """The state in words for the asking unit."""
    return str(_PLAIN[state])


def headline(state: str, *, advising: bool) -> str:
    """Where the case stands: in plain words for the unit, with the next step for advisers."""
    step = next_step(state)
    if not advising or not step:
        return plain_state(state)
    return _("%(state)s; next step: %(step)s") % {"state": State(state).label, "step": step}


def next_step(state: str) -> str:
    """What is to be done next, "" where nothing is."""
    return str(_NEXT.get(state, ""))


def age(days: int) -> str:
    """So many days in words."""
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days} if days else _("today")
