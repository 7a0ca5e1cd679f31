"""Documents made in one go, without a stored report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.papers import Document
from leitstand.core.base.report_sections import ReportFrame
from leitstand.core.org.models import OrgUnit
from leitstand.reporting.domain.content import composed
from leitstand.reporting.queries import campaigns, inquiries
from leitstand.reporting.queries.building import build
from leitstand.reporting.queries.fitting import fit
from leitstand.reporting.queries.inquiries import Inquiry


def sender() -> str:
    """Who issues papers: the name of the city's root unit."""
    root = OrgUnit.objects.filter(parent=None, active_to=None).order_by("code").first()
    return root.name if root else ""


def usual_title(day: date) -> str:
    """The title of a Sachstandsbericht if nobody gave one."""
    return _("Progress report on digitalisation as of %(day)s") % {"day": f"{day:%d.%m.%Y}"}


def sachstand(
    actor: Actor, *, day: date, level: int, since: date | None = None, long: bool = False,
    selection: str = "", title: str = "",
) -> Document:  # fmt: skip
    """A Sachstandsbericht without editors' words; the short form has at most four pages."""
    frame = ReportFrame(actor, day, level, since=since, long=long, selection=selection)
    editions = build(frame)
    frameless = Document(
        title or usual_title(day), day, (), kicker=_("Progress report"), sender=sender(),
        state=_("Draft, not released"),
    )  # fmt: skip
    chosen = editions[0 if long else fit(frameless, editions, {}).edition]
    return replace(frameless, blocks=composed(chosen, {}))


def inquiry(
    actor: Actor, asked: Inquiry, *, day: date, level: int, compare: date | None = None,
    selection: str = "", title: str = "",
) -> Document:  # fmt: skip
    """The answer to an inquiry without editors' words."""
    frame = ReportFrame(actor, day, level, since=compare, selection=selection)
    blocks = composed(inquiries.build(frame, asked), {})
    usual = asked.question if 0 < len(asked.question) <= 100 else inquiries.titled(frame, asked)
    return Document(
        title or usual, day, blocks, kicker=_("Answer to an inquiry"),
        sender=sender(), state=_("Draft, not released"),
    )  # fmt: skip


def campaign(
    actor: Actor, name: str, *, day: date, level: int, since: date | None = None, title: str = ""
) -> Document:
    """The paper on a campaign without editors' words."""
    frame = ReportFrame(actor, day, level, since=since)
    blocks = composed(campaigns.build(frame, campaigns.named(actor, name)), {})
    return Document(
        title or _("Report on the campaign “%(title)s”") % {"title": name}, day, blocks,
        kicker=_("Campaign report"), sender=sender(), state=_("Draft, not released"),
    )  # fmt: skip
