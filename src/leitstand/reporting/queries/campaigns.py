"""Read models of campaigns, and the paper made of one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid
from leitstand.core.base.papers import (
    Block,
    Cell,
    Column,
    Facts,
    Kind,
    Mark,
    Note,
    Paragraph,
    Table,
    Words,
)
from leitstand.core.base.report_sections import ReportFrame
from leitstand.reporting import policy_campaigns as policy
from leitstand.reporting.domain.content import Section
from leitstand.reporting.models import Campaign, CampaignFigure
from leitstand.reporting.queries import cells
from leitstand.reporting.queries.building import present_moment

SOURCE = "campaign:"


def campaigns(actor: Actor) -> QuerySet[Campaign]:
    """The visible campaigns, the newest first, with the number of their figures and channels.

    There is no sum of contacts on purpose.
    """
    counted = policy.visible(actor).select_related("unit")
    return counted.annotate(
        number=Count("figures"), channels=Count("figures__channel", distinct=True),
    ).order_by("-start", "title", "pk")  # fmt: skip


def figures(campaign: Campaign) -> list[CampaignFigure]:
    """Its figures by channel and period."""
    return list(campaign.figures.order_by("channel", "start", "end", "method"))


def warning() -> str:
    """What must stand wherever figures of channels stand."""
    return _(
        "Gross contacts count how often something was seen or heard, not by how many people. Whoever "
        "meets the campaign on several channels is counted several times, and every channel counts "
        "in its own way. Figures of different channels are therefore neither added nor compared as "
        "numbers of people."
    )


def named(actor: Actor, title: str) -> str:
    """The source of the campaign with this title; raises ``Invalid`` with those that exist."""
    rows = {one.title.casefold(): one for one in policy.visible(actor)}
    if title.casefold() not in rows:
        names = ", ".join(sorted(one.title for one in rows.values())) or "–"
        text = _("There is no campaign “%(title)s”. These exist: %(names)s.")
        raise Invalid(text % {"title": title, "names": names}, field="source")
    return f"{SOURCE}{rows[title.casefold()].pk}"


def build(frame: ReportFrame, source: str) -> tuple[Section, ...]:
    """The campaign and its figures up to the day, all of one moment. Raises ``Invalid``.

    Figures whose period begins after ``since`` are marked as new.
    """
    with present_moment(frame.day):
        campaign = _campaign(frame, source)
        rows = list(
            campaign.figures.filter(start__lte=frame.day).order_by("channel", "start", "method")
        )
    return (
        Section("campaign", _("Campaign"), tuple(_about(campaign))),
        Section("figures", _("Contacts by channel"), tuple(_figures(frame, rows))),
    )


def _campaign(frame: ReportFrame, source: str) -> Campaign:
    try:
        key = uuid.UUID(source.removeprefix(SOURCE))
    except ValueError:
        key = uuid.UUID(int=0)
    row = policy.visible(frame.actor).select_related("unit").filter(pk=key).first()
    if row is None or not frame.admits(row.confidentiality, row.unit_id):
        text = _("This campaign does not exist, is not open to you or is too confidential for the paper.")
        raise Invalid(text, field="source")
    return row


def _about(campaign: Campaign) -> list[Block]:
    end = f"{campaign.end:%d.%m.%Y}" if campaign.end else _("open-ended")
    pairs = (
        (_("Campaign"), campaign.title),
        (_("Period"), f"{campaign.start:%d.%m.%Y} – {end}"),
        (_("Responsible unit"), campaign.unit.name),
    )
    blocks: list[Block] = [Facts(pairs)]
    if campaign.purpose:
        blocks.append(Paragraph(campaign.purpose))
    return [*blocks, Words("assessment", _("What the campaign has achieved"))]


def _figures(frame: ReportFrame, rows: Sequence[CampaignFigure]) -> list[Block]:
    blocks: list[Block] = [Note(_("How to read the figures"), warning())]
    if not rows:
        return [*blocks, Paragraph(_("No figures have been entered yet."))]
    notes = any(row.note for row in rows)
    columns = [
        Column(_("Channel"), weight=1.5), Column(_("Period"), weight=1.45),
        Column(_("Gross contacts"), Kind.NUMBER, 1.2), Column(_("Method of counting"), weight=2),
        Column(_("Source of the figure"), weight=1.5),
    ]  # fmt: skip
    if notes:
        columns.append(Column(_("Remark"), weight=1.4))
    lines = tuple(_line(frame, row, notes) for row in rows)
    text = _("Channels: %(channels)s. There is no sum over channels on purpose.")
    note = text % {"channels": len({row.channel for row in rows})}
    blocks.append(Table(_("Gross contacts by channel and period"), tuple(columns), lines, note))
    return [*blocks, Words("figures", _("Remarks on the figures"))]


def _line(frame: ReportFrame, row: CampaignFigure, notes: bool) -> tuple[Cell, ...]:
    new = frame.since is not None and row.start > frame.since
    period = f"{row.start:%d.%m.%Y}\N{NO-BREAK SPACE}– {row.end:%d.%m.%Y}"
    found = [
        Cell(row.channel, mark=Mark.NEW if new else Mark.NONE), Cell(period),
        cells.number(row.gross_contacts), Cell(row.method), Cell(row.source),
    ]  # fmt: skip
    return (*found, Cell(row.note or "–")) if notes else tuple(found)
