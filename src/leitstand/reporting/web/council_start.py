"""Sections of the start page: reports that are due, papers that the reader follows."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.models import Level
from leitstand.core.ui import components as ui
from leitstand.reporting import policy_council
from leitstand.reporting.models import PaperKind
from leitstand.reporting.queries import council_due
from leitstand.reporting.queries import tracking as read
from leitstand.reporting.web.council_words import state_badge
from leitstand.reporting.web.papers import address

_SHORT, _MOST = 6, 8


def due(actor: Actor) -> dict[str, Any] | None:
    """Reports to the council that are due, and papers that have to be handed in."""
    until = council_due.soon()
    lines = [_due(one) for one in council_due.reports_for(actor, until)]
    lines += [_submission(one) for one in council_due.submissions_for(actor, until)]
    lines.sort(key=lambda line: line["day"])
    title = _("Reports and papers for the council")
    if not lines:
        return None
    return {
        "title": title, "id": "council-reports", "lines": lines[:_MOST],
        "all_url": f"{reverse('reporting:trackings')}?open=yes", "all_text": _("All open resolutions"),
    }  # fmt: skip


def _due(one: council_due.DueReport) -> dict[str, Any]:
    paper = one.tracking.paper
    words = [paper.reference, _("Next report by %(day)s") % {"day": f"{one.due:%d.%m.%Y}"}]
    if one.hand_in and one.meeting:
        values = {"day": f"{one.hand_in:%d.%m.%Y}", "meeting": one.meeting.name}
        words.append(_("to be handed in by %(day)s for “%(meeting)s”") % values)
    return {
        "paper": paper, "url": address(paper.pk), "badge": state_badge(one.tracking.state),
        "note": " · ".join(word for word in words if word), "late": one.is_late, "day": one.day,
    }  # fmt: skip


def _submission(one: council_due.Submission) -> dict[str, Any]:
    paper = one.paper
    values = {"day": f"{one.day:%d.%m.%Y}", "meeting": one.meeting.name}
    text = _("to be handed in by %(day)s for “%(meeting)s”") % values
    return {
        "paper": paper, "url": address(paper.pk), "badge": ui.Badge(PaperKind(paper.kind).label, "neutral"),
        "note": " · ".join(word for word in (paper.reference, text) if word), "late": False,
        "day": one.day,
    }  # fmt: skip


def own(actor: Actor) -> dict[str, Any] | None:
    """The same for councillors, who come for nothing else: it stands first."""
    return _papers(actor) if policy_council.level(actor) <= Level.PUBLIC else None


def followed(actor: Actor) -> dict[str, Any] | None:
    """What becomes of the papers that the reader follows."""
    return _papers(actor) if policy_council.level(actor) > Level.PUBLIC else None


def _papers(actor: Actor) -> dict[str, Any] | None:
    lines = read.lines(actor, read.trackings(actor, followed=True)[:_SHORT])
    title = _("My papers in the council")
    found = [_followed(line) for line in lines]
    if not found:
        return None
    return {
        "title": title, "id": "council-followed", "lines": found,
        "all_url": reverse("reporting:papers"), "all_text": _("All papers"),
    }  # fmt: skip


def _followed(line: read.Line) -> dict[str, Any]:
    paper, due = line.tracking.paper, line.tracking.next_report
    report = _("Next report by %(day)s") % {"day": f"{due:%d.%m.%Y}"} if due else ""
    return {
        "paper": paper, "url": address(paper.pk), "badge": state_badge(line.tracking.state),
        "note": " · ".join(word for word in (paper.reference, report) if word), "late": line.late,
    }  # fmt: skip
