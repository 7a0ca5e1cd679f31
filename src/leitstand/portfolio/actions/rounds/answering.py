"""A report is given: by the link of the e-mail, in Leitstand, or on behalf of somebody."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q, Subquery
from django.utils.translation import gettext as _

from leitstand.core.base import clock, events, versions
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed, NotFound
from leitstand.core.base.texts import refuse_unstorable
from leitstand.core.notify.actions.outbox import take_back
from leitstand.portfolio.actions.projects import event
from leitstand.portfolio.actions.rounds.ended import RoundEnded
from leitstand.portfolio.actions.rounds.sending import link_keys
from leitstand.portfolio.domain.lights import DIMENSIONS, Dimension, Proposal, worst
from leitstand.portfolio.domain.trends import trend
from leitstand.portfolio.models import (
    Light,
    Project,
    RoundLink,
    StatusLight,
    StatusReport,
    StatusRequest,
    StatusRound,
)
from leitstand.portfolio.queries import lights as proposed_lights
from leitstand.portfolio.queries.round_twins import is_near
from leitstand.portfolio.queries.rounds import latest_reports

LONGEST = 4000


@dataclass(frozen=True)
class Answer:
    """What somebody says of a project; ``lights`` maps dimensions to (light, reason).

    ``unchanged`` keeps the lights of the last report, or takes the proposed ones if there is none.
    """

    unchanged: bool = False
    lights: Mapping[Dimension, tuple[str, str]] = field(default_factory=dict)
    summary: str = ""
    outlook: str = ""
    progress: int | None = None


def give_report(
    request_id: uuid.UUID, *, actor: Actor, way: str, version: int, answer: Answer
) -> StatusReport:
    """Store the report of a request; see ``give_reports``."""
    return give_reports(request_id, actor=actor, way=way, version=version, answer=answer)[0]


@transaction.atomic
def give_reports(
    request_id: uuid.UUID, *, actor: Actor, way: str, version: int, answer: Answer
) -> list[StatusReport]:
    """Store the report of a request; whoever calls has checked that ``actor`` may.

    It counts for other open rounds that ask the same person for the same project at about the
    same time (``queries.round_twins``) and wait for her, too: a report in each, the own first.

    Raises ``RoundEnded``, ``Conflict`` if somebody else has answered since ``version``, ``Invalid``
    with the field for a light that deviates without a reason.
    """
    row, *others = _locked(request_id)
    rounds = StatusRound.objects.in_bulk({one.round_id for one in (row, *others)})
    asked = rounds[row.round_id]
    if asked.state != StatusRound.State.OPEN:
        raise RoundEnded(_("This round has ended; your answer was not taken any more."))
    versions.check_version(row, version, _("Somebody else has answered in the meantime."))
    project = versions.locked(Project, row.project_id)
    also = [
        one for one in others if row.answered_at is None and is_near(asked, rounds[one.round_id])
    ]
    together = {asked.pk, *(one.round_id for one in also)}
    reports = []
    for one in (row, *also):
        reports.append(_store(rounds[one.round_id], one, project, actor, way, answer, together))
        _spare(rounds[one.round_id], one)
    return reports


def _locked(request_id: uuid.UUID) -> list[StatusRequest]:
    """The request, then those of other open rounds that wait for the same person's word on the same
    project; locked in the order in which a round that closes locks them."""
    own = StatusRequest.objects.filter(pk=request_id)
    same = Q(
        project=Subquery(own.values("project")), person=Subquery(own.values("person")),
        answered_at=None, round__state=StatusRound.State.OPEN,
    )  # fmt: skip
    rows = StatusRequest.objects.select_for_update(of=("self",)).filter(Q(pk=request_id) | same)
    found = {one.pk: one for one in rows.order_by("pk")}
    if request_id not in found:
        raise NotFound
    return [found.pop(request_id), *found.values()]


def _store(
    asked: StatusRound, row: StatusRequest, project: Project, actor: Actor, way: str,
    answer: Answer, rounds: Collection[uuid.UUID],
) -> StatusReport:  # fmt: skip
    """Store one report; trends compare with what was said in none of ``rounds``."""
    on = clock.today()
    day = max(on, asked.as_of)  # a round may ask for a day to come
    before = latest_reports([project.pk], day).get(project.pk)
    earlier = latest_reports([project.pk], asked.as_of, but=rounds).get(project.pk)
    proposals = proposed_lights.proposals([project.pk], on)[project.pk]
    old = {light.dimension: light for light in before.lights.all()} if before else {}
    then = {light.dimension: light.light for light in earlier.lights.all()} if earlier else {}
    chosen = _chosen(answer, proposals, old)
    progress = project.progress if answer.progress is None else answer.progress
    _check(answer, chosen, proposals, progress)
    report = StatusReport(
        project=project, round=asked, as_of=asked.as_of, way=way, person_id=actor.person_id,
        unchanged=answer.unchanged, light=worst(light for light, _reason in chosen.values()),
        summary=answer.summary.strip() or (before.summary if answer.unchanged and before else ""),
        outlook=answer.outlook.strip() or (before.outlook if answer.unchanged and before else ""),
        progress=progress,
    )  # fmt: skip
    report.save(force_insert=True)
    StatusLight.objects.bulk_create(
        _light(report, dimension, proposals[dimension], chosen[dimension], then)
        for dimension in DIMENSIONS
    )
    row.answered_at = clock.now()
    row.version += 1
    row.save()
    shown = project.light, project.progress
    _carry_over(project, report)
    _record(asked, project, report, actor, way, shown)
    return report


def _spare(asked: StatusRound, row: StatusRequest) -> None:
    """Whoever has answered everything in the round gets none of its e-mails that still wait."""
    mine = StatusRequest.objects.filter(round=asked, person=row.person_id, answered_at=None)
    if row.person_id is not None and not mine.exists():
        links = RoundLink.objects.filter(round=asked, answers_for=row.person_id)
        take_back(link_keys(asked, list(links.values_list("pk", flat=True))))


def _chosen(
    answer: Answer, proposals: Mapping[Dimension, Proposal], old: Mapping[str, StatusLight]
) -> dict[Dimension, tuple[str, str]]:
    """Dimension → (light, reason for deviating)."""
    found: dict[Dimension, tuple[str, str]] = {}
    for dimension in DIMENSIONS:
        proposed = proposals[dimension].light
        if not answer.unchanged:
            light, reason = answer.lights.get(dimension, (proposed, ""))
        elif dimension in old:
            light = old[dimension].light
            reason = old[dimension].deviation or _("Confirmed as unchanged.")
        else:
            light, reason = proposed, ""
        found[dimension] = (light, reason.strip() if light != proposed else "")
    return found


def _check(
    answer: Answer,
    chosen: Mapping[Dimension, tuple[str, str]],
    proposals: Mapping[Dimension, Proposal],
    progress: int,
) -> None:
    texts = [answer.summary, answer.outlook, *(reason for _light, reason in chosen.values())]
    refuse_unstorable({str(place): text for place, text in enumerate(texts)})
    errors: dict[str, list[Any]] = {}
    for dimension, (light, reason) in chosen.items():
        if light not in Light.values:
            errors[dimension.value] = [_("Choose one of the lights.")]
        elif light != proposals[dimension].light and not reason:
            errors[dimension.value] = [_("Say in one sentence why you set it differently.")]
    if not 0 <= progress <= 100:
        errors["progress"] = [_("The progress lies between 0 and 100 percent.")]
    if max(map(len, texts)) > LONGEST:
        errors[""] = [_("A text is longer than 4,000 characters.")]
    if errors:
        raise Invalid(errors)


def _light(
    report: StatusReport,
    dimension: Dimension,
    proposal: Proposal,
    chosen: tuple[str, str],
    then: Mapping[str, str],
) -> StatusLight:
    """A light with its trend against ``then``, the lights of the round before."""
    light, reason = chosen
    reasons = [
        {"rule": r.rule, "text_id": r.text_id, "values": dict(r.values), "light": r.light}
        for r in proposal.reasons
    ]
    return StatusLight(
        report=report, dimension=dimension, proposed=proposal.light, reasons=reasons, light=light,
        deviation=reason, trend=trend(then.get(dimension, ""), light),
    )  # fmt: skip


def _carry_over(project: Project, report: StatusReport) -> None:
    """The project shows the light, the sentence and the progress of its newest report: what is
    said of an earlier day than the last one changes nothing."""
    if project.status_reports.filter(as_of__gt=report.as_of).exists():
        return
    project.light, project.light_note = report.light, report.summary
    project.progress = report.progress
    project.version += 1
    project.save(update_fields=["light", "light_note", "progress", "version", "updated_at"])


def _record(
    asked: StatusRound, project: Project, report: StatusReport, actor: Actor, way: str,
    shown: tuple[str, int],
) -> None:  # fmt: skip
    light, progress = shown
    changes = {"light": [light, report.light], "progress": [progress, report.progress]}
    reason = _("Status round “%(round)s”, %(way)s") % {
        "round": asked.title, "way": StatusReport.Way(way).label,
    }  # fmt: skip
    events.record(event("portfolio.report.given", project, actor, changes, reason))


def refuse_foreign(allowed: bool) -> None:
    """Raise ``NotAllowed`` for somebody who does not speak for the project any more."""
    if not allowed:
        raise NotAllowed(
            _("You do not answer for this project any more. Ask the digital unit who does.")
        )
