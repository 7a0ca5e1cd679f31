"""Read models of reports: the composed document, places for words, what is written in vain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.models import Level
from leitstand.core.base.papers import Document
from leitstand.core.policy.grants import grants
from leitstand.reporting import policy, policy_council
from leitstand.reporting.domain import content, covers
from leitstand.reporting.domain.content import Editions, Place, Section
from leitstand.reporting.models import CoSignature, Paper, Report, ReportVersion
from leitstand.reporting.queries.documents import sender
from leitstand.reporting.queries.fitting import Fit, fit


@dataclass(frozen=True)
class Reading:
    """A report with one of its versions and the editors' words; four queries."""

    report: Report
    version: ReportVersion | None
    words: dict[str, str]

    @cached_property
    def editions(self) -> Editions:
        """The frozen paper, the fullest edition first."""
        if self.version is None:
            return ((),)
        kept = self.version.content
        shorter = (content.from_json(one) for one in kept.get("shorter", ()))
        return (content.from_json(kept["sections"]), *shorter)

    @cached_property
    def fit(self) -> Fit:
        """Which edition fits on four pages with the words as they are; papers of any length and the
        long form are not measured."""
        if self.report.kind != Report.Kind.SACHSTAND or self.report.long or self.version is None:
            return Fit()
        return fit(self._empty(), self.editions, self.words)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections of the edition that fits."""
        return self.editions[self.fit.edition]

    @cached_property
    def places(self) -> list[Place]:
        """Where editors may write, in the order of the paper; no edition has others."""
        return content.places(self.editions[0])

    @cached_property
    def placed(self) -> dict[str, str]:
        """The texts that have a place in this version: all that readers may see."""
        return {place.slot: text for place in self.places if (text := self.words.get(place.slot))}

    @cached_property
    def homeless(self) -> list[tuple[str, str]]:
        """Texts whose place the figures no longer have; they come back with it."""
        known = {place.slot for place in self.places}
        return [(slot, text) for slot, text in self.words.items() if text and slot not in known]

    def document(self) -> Document:
        """The paper as it stands."""
        return replace(self._empty(), blocks=content.composed(self.sections, self.words))

    def _empty(self) -> Document:
        """Title, cover sheet and foot of the paper."""
        report, cover = self.report, covers.COVERS.get(self.report.cover)
        day = self.version.day if self.version else report.day
        language = str(self.version.content.get("language", "de")) if self.version else "de"
        return Document(
            report.title, day, (), language=language,
            kicker=self._kicker(cover), sender=sender(), state=_state(report),
            cover=covers.filled(
                report.cover, report.cover_fields, report.reference,
                report.template.own_fields if report.template else (),
            ),
        )  # fmt: skip

    def _kicker(self, cover: covers.Cover | None) -> str:
        if self.report.kind != Report.Kind.SACHSTAND:
            return str(Report.Kind(self.report.kind).label)
        return cover.kicker if cover else ""


def _state(report: Report) -> str:
    return {
        Report.State.DRAFT: _("Draft, not released"),
        Report.State.COSIGNING: _("Draft in co-signature, not released"),
        Report.State.WITHDRAWN: _("Withdrawn"),
    }.get(Report.State(report.state), "")


def waiting_for(actor: Actor, most: int = 10) -> list[Report]:
    """Reports that the actor's own units are asked to co-sign, the oldest first."""
    units = grants(actor, policy.SIGN).unit_levels
    asked = CoSignature.objects.filter(
        report=OuterRef("pk"), state=CoSignature.State.ASKED, unit_id__in=list(units)
    )
    found = policy.visible(actor).filter(Exists(asked), state=Report.State.COSIGNING)
    return list(found.order_by("updated_at")[:most]) if units else []


def papers_of(report: Report, actor: Actor) -> list[Paper]:
    """The council papers of the report's reference that the actor sees."""
    if not report.reference:
        return []
    return list(policy_council.visible(actor).filter(reference=report.reference)[:3])


def fits(report: Report, version: ReportVersion) -> bool:
    """Whether readers of the report may see this version: it holds nothing above the report's
    present level, and above "internal" nothing of another unit."""
    level = int(version.content.get("level", Level.STRICT))
    same_unit = version.content.get("unit") == str(report.unit_id)
    return level <= report.confidentiality and (level <= Level.INTERNAL or same_unit)


def reading(report: Report, number: int | None = None) -> Reading:
    """The report with its newest version, or that of the number; none that does not fit."""
    versions = report.versions.all() if number is None else report.versions.filter(number=number)
    version = versions.order_by("-number").first()
    words = dict(report.words.values_list("slot", "text"))
    return Reading(report, version if version and fits(report, version) else None, words)
