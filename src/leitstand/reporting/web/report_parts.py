"""Parts of a report's page: badge, buttons, files, tables."""

from __future__ import annotations

import uuid

from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leitstand.core.base.actor import Actor
from leitstand.core.ui import components as ui
from leitstand.reporting import policy
from leitstand.reporting.models import CoSignature, Report, ReportVersion
from leitstand.reporting.output.formats import FORMATS
from leitstand.reporting.queries.fitting import PAGES
from leitstand.reporting.queries.reports import Reading

State = Report.State
_KINDS: dict[str, ui.Kind] = {
    State.DRAFT: "neutral", State.COSIGNING: "info", State.RELEASED: "success",
    State.WITHDRAWN: "warning",
}  # fmt: skip
_SIGNED: dict[str, ui.Kind] = {
    CoSignature.State.ASKED: "info", CoSignature.State.SIGNED: "success",
    CoSignature.State.OBJECTED: "danger",
}  # fmt: skip
_STEPS = {
    "generated": gettext_lazy("figures taken"), "sent": gettext_lazy("sent for co-signature"),
    "cosigned": gettext_lazy("co-signed"), "objected": gettext_lazy("objected"),
    "called_back": gettext_lazy("called back"), "released": gettext_lazy("released"),
    "withdrawn": gettext_lazy("withdrawn"),
}  # fmt: skip
_FILES = {
    "pdf": gettext_lazy("PDF, accessible"), "docx": gettext_lazy("Word (DOCX)"),
    "xlsx": gettext_lazy("Tables as annex (XLSX)"), "html": gettext_lazy("HTML"),
}  # fmt: skip


def address(row: Report, name: str = "report", *more: str) -> str:
    """The address of a report's page."""
    return reverse(f"reporting:{name}", args=[row.pk, *more])


def badge(row: Report) -> ui.Badge:
    """The report's state."""
    return ui.Badge(str(State(row.state).label), _KINDS[row.state])


def subline(report: Report, read: Reading) -> str:
    """Unit, day, version and pages in a line."""
    version = read.version
    facts = [report.unit.name]
    if version:
        facts.append(_("figures as of %(day)s") % {"day": f"{version.day:%d.%m.%Y}"})
        facts.append(_("version %(number)s") % {"number": version.number})
    if read.fit.pages is not None:
        text = ngettext("%(n)d page and annex", "%(n)d pages and annex", read.fit.pages)
        facts.append(text % {"n": read.fit.pages})
    if report.reference:
        facts.append(_("paper %(number)s") % {"number": report.reference})
    return " · ".join(facts)


def actions(report: Report, actor: Actor) -> list[ui.Action]:
    """What this reader may do now, the usual next step first."""
    may = {p: policy.may(actor, p, report) for p in (policy.CHANGE, policy.RELEASE)}
    found: list[ui.Action] = []

    def add(label: str, move: str, kind: str = "secondary") -> None:
        found.append(ui.Action(label, address(report, "report_step", move), kind))  # type: ignore[arg-type]

    if report.state == State.DRAFT and may[policy.CHANGE]:
        found.append(ui.Action(_("Write texts"), address(report, "report_words"), "primary"))
        add(_("Take new figures"), "zahlen")
        add(_("Send for co-signature"), "mitzeichnung")
        found.append(ui.Action(_("Edit"), address(report, "report_edit")))
    if report.state == State.COSIGNING and policy.signable(actor, report).exists():
        add(_("Co-sign"), "mitzeichnen", "primary")
        add(_("Raise an objection"), "widersprechen")
    if report.state == State.COSIGNING and may[policy.CHANGE]:
        add(_("Call back"), "zurueckholen")
    if report.state in (State.DRAFT, State.COSIGNING) and may[policy.RELEASE]:
        add(_("Release"), "freigeben")
    if report.state == State.RELEASED and may[policy.RELEASE]:
        add(_("Withdraw the report"), "zurueckziehen")
    if report.state in (State.RELEASED, State.WITHDRAWN) and may[policy.CHANGE]:
        found.append(_next(report))
    if report.state == State.DRAFT and may[policy.CHANGE]:
        add(_("Delete"), "loeschen", "tertiary")
    return found


def _next(report: Report) -> ui.Action:
    """What makes the next paper of this kind."""
    label, follow = _("Next report"), reverse("reporting:report_new")
    if report.kind == Report.Kind.INQUIRY:
        label, follow = _("Ask again and compare"), reverse("reporting:inquiry_new")
    elif report.kind == Report.Kind.CAMPAIGN:
        campaign = uuid.UUID(report.source.partition(":")[2])
        follow = reverse("reporting:campaign_paper", args=[campaign])
    return ui.Action(label, f"{follow}?nach={report.pk}", "primary")


def too_long(read: Reading) -> str:
    """What to do if even the tersest edition has more than four pages; empty if it fits."""
    if not read.fit.too_long:
        return ""
    text = _("With your texts and the cover sheet the paper has %(n)d pages although all figures "
             "are shortened as far as possible. Shorten the texts to come down to %(most)d.")  # fmt: skip
    return text % {"n": read.fit.pages, "most": PAGES}


def hint(report: Report, actor: Actor, read: Reading) -> str:
    """What comes next, for those who write or sign."""
    if read.version is None:
        return _("Level or unit were changed after the figures were taken. Take new figures first.")
    if report.state == State.COSIGNING:
        waiting = report.cosignatures.filter(state=CoSignature.State.ASKED).select_related("unit")
        names = ", ".join(one.unit.name for one in waiting)
        if names:
            text = _("Waiting for: %(units)s") % {"units": names}
            by = report.cosign_by
            return f"{text} · {_('Answer by')} {by:%d.%m.%Y}" if by else text
        return _("All units have co-signed. The report can be released.")
    if report.state == State.DRAFT and policy.may(actor, policy.CHANGE, report):
        return _(
            "A draft is seen only by those who write reports. Nothing leaves before the release."
        )
    return ""


def files(report: Report, version: ReportVersion | None) -> list[ui.Link]:
    """The formats to download."""
    if version is None:
        return []
    query = f"?fassung={version.number}"
    found = [
        ui.Link(_FILES[code], address(report, "report_file", code) + query) for code in FORMATS
    ]
    return [*found, ui.Link(_("Word, into your own template"), address(report, "report_template"))]


def file_name(report: Report, form: str) -> str:
    """The name under which a file of the report is saved."""
    name = slugify(report.title.replace("ß", "ss"))[:80] or "bericht"
    return f"{name}-{report.day:%Y-%m-%d}.{form}"


def tables(report: Report) -> list[ui.DataTable]:
    """Co-signatures, steps and versions."""
    return [
        table for table in (_signatures(report), _steps(report), _versions(report)) if table.rows
    ]


def _signatures(report: Report) -> ui.DataTable:
    columns = (ui.Column("unit", _("Unit")), ui.Column("state", _("Co-signature")),
               ui.Column("who", _("Who")), ui.Column("note", _("Remark")))  # fmt: skip
    rows = [
        ui.Row((one.unit.name,
                ui.Cell(badge=ui.Badge(str(CoSignature.State(one.state).label), _SIGNED[one.state])),
                str(one.person or "–"), one.note or "–"))
        for one in report.cosignatures.select_related("unit", "person")
    ]  # fmt: skip
    return ui.DataTable(_("Co-signatures"), columns, rows, id="mitzeichnung", caption_visible=True)


def _steps(report: Report) -> ui.DataTable:
    columns = (ui.Column("at", _("When"), nowrap=True), ui.Column("what", _("Step")),
               ui.Column("who", _("Who")), ui.Column("why", _("Reason")),
               ui.Column("version", _("Version"), numeric=True))  # fmt: skip
    rows = [
        ui.Row((f"{timezone.localtime(one.created_at):%d.%m.%Y, %H:%M}",
                str(_STEPS.get(one.kind, one.kind)), str(one.person or "–"), one.reason or "–",
                one.number))
        for one in report.steps.select_related("person")
    ]  # fmt: skip
    return ui.DataTable(_("Steps"), columns, rows, id="schritte", caption_visible=True)


def _versions(report: Report) -> ui.DataTable:
    columns = (ui.Column("number", _("Version")), ui.Column("day", _("Figures as of"), nowrap=True),
               ui.Column("reason", _("Remark")))  # fmt: skip
    rows = [
        ui.Row((ui.Cell(_("Version %(number)s") % {"number": one.number},
                        url=f"{address(report)}?fassung={one.number}"), one.day, one.reason or "–"))
        for one in report.versions.defer("content")
    ]  # fmt: skip
    return ui.DataTable(_("Versions"), columns, rows, id="fassungen", caption_visible=True)
