"""Pages of the rules that propose traffic lights, and of a project's proposals."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid, NotFound
from leitstand.core.ui import components as ui
from leitstand.core.ui.datatable import text_of
from leitstand.portfolio import policy
from leitstand.portfolio.actions import status_rules as actions
from leitstand.portfolio.domain.lights import KINDS, Dimension, Proposal, Rule, Unit
from leitstand.portfolio.models import LightDimension, StatusRound, StatusRule
from leitstand.portfolio.queries import lights as queries
from leitstand.portfolio.queries.light_words import rule_help, rule_name, threshold
from leitstand.portfolio.tables.status_rules import STATUS_RULES
from leitstand.portfolio.web import cells, conflict
from leitstand.portfolio.web.filtering import reader
from leitstand.portfolio.web.forms import TableForm, merged
from leitstand.portfolio.web.project import address, crumbs

PREVIEW = "vorschau"
MOST_SHOWN = 200


def _home() -> str:
    return reverse("portfolio:status_rules")


def rules(request: HttpRequest) -> HttpResponse:
    """All rules by dimension; everybody who sees projects may read them."""
    actor = reader(request)
    change = actions.may_change(actor)
    rows = queries.rule_rows()
    groups = [
        ui.Group(label, [_row(row, change=change) for row in rows if row.dimension == value])
        for value, label in LightDimension.choices
    ]
    columns = [
        ui.Column("kind", _("Rule")),
        ui.Column("yellow", _("Yellow")),
        ui.Column("red", _("Red")),
        ui.Column("state", _("State")),
        *([ui.Column("actions", _("Actions"), nowrap=True)] if change else []),
    ]
    table = ui.DataTable(
        STATUS_RULES.label_plural, columns, groups=[group for group in groups if group.rows]
    )
    return render(request, "portfolio/status_rules.html", {"table": table})


def _row(row: StatusRule, *, change: bool) -> ui.Row:
    rule = queries.as_rule(row)
    state = ui.Badge(_("active"), "success") if row.active else ui.Badge(_("switched off"))
    note = _("changed by the city") if row.version else _("as shipped")
    name = rule_name(row.kind)
    edit = reverse("portfolio:status_rule", args=[row.kind])
    ways = [ui.Cell(_("Change"), url=edit)] if change else []
    return ui.Row((
        ui.Cell(name, note=rule_help(row.kind)), threshold(rule, "yellow"), threshold(rule, "red"),
        ui.Cell(badge=state, note=note), *ways,
    ), label=name)  # fmt: skip


def edit(request: HttpRequest, rule_kind: str) -> HttpResponse:
    """Change a rule; "preview" shows what would change and saves nothing."""
    actor = reader(request)
    actions.require(actor)
    kind = rule_kind
    row = _found(kind)
    form = _form(kind, merged(request.POST) if request.method == "POST" else None, row)
    if request.method != "POST" or not form.is_valid():
        return _show(request, form, row)
    try:
        rule = actions.check(kind, **_thresholds(form))
        if PREVIEW in request.POST:
            active = bool(form.cleaned_data["active"])
            tried = Rule(kind, rule.dimension, rule.yellow, rule.red, active)
            return _show(request, form, row, _preview(actor, tried, form))
        actions.save_rule(kind, actor=actor, version=form.version, **form.values())
    except Conflict:
        found = conflict.context(form, _form(kind, None, _found(kind)), cancel_url=_home(),
                                 object_title=rule_name(kind), crumbs=_crumbs(kind))  # fmt: skip
        return conflict.page(request, found) if found else redirect(_home())
    except Invalid as error:
        form.take(error)
        return _show(request, form, row)
    messages.success(request, _("Saved."))
    return redirect(_home())


def reset(request: HttpRequest, rule_kind: str) -> HttpResponse:
    """Let a rule hold as shipped again, after a question."""
    actor = reader(request)
    actions.require(actor)
    kind = rule_kind
    row = _found(kind)
    if request.method == "POST":
        actions.reset_rule(kind, actor=actor)
        messages.success(request, _("The rule holds as shipped again."))
        return redirect(_home())
    shipped = queries.default_rule(kind)
    lines = [
        _("Yellow: %(now)s, as shipped %(shipped)s") % {
            "now": threshold(queries.as_rule(row), "yellow"), "shipped": threshold(shipped, "yellow")},
        _("Red: %(now)s, as shipped %(shipped)s") % {
            "now": threshold(queries.as_rule(row), "red"), "shipped": threshold(shipped, "red")},
    ]  # fmt: skip
    title = _("Reset the rule “%(name)s”") % {"name": rule_name(kind)}
    context = {
        "title": title, "lines": lines, "action": request.path, "confirm_label": _("Reset"),
        "cancel_url": reverse("portfolio:status_rule", args=[kind]), "crumbs": _crumbs(kind),
    }  # fmt: skip
    return render(request, "ui/confirm.html", context)


def _found(kind: str) -> StatusRule:
    row = queries.rule_row(kind)
    if row is None:
        raise NotFound
    return row


def _crumbs(kind: str) -> list[ui.Link]:
    return [ui.Link(STATUS_RULES.label_plural, _home()), ui.Link(rule_name(kind))]


def _form(kind: str, data: Any, row: StatusRule) -> TableForm:
    form = TableForm(tuple(STATUS_RULES), StatusRule, data, row=row)
    units = {
        Unit.DAYS: _("days"), Unit.PERCENT: _("percent"), Unit.POINTS: _("points"),
        Unit.YES: _("1: if so"),
    }  # fmt: skip
    form.fields["preview_round"] = _round_field()
    falling = KINDS[kind].falling
    for name, upwards, downwards in (
        ("yellow", _("Yellow from"), _("Yellow up to")), ("red", _("Red from"), _("Red up to")),
    ):  # fmt: skip
        form.fields[name].label = f"{downwards if falling else upwards} ({units[KINDS[kind].unit]})"
    return form


def _round_field() -> forms.ChoiceField:
    """Over what the preview compares: the projects of today or those of a closed round."""
    rounds = [(str(row.pk), f"{row.title} ({text_of(row.as_of)})") for row in queries.preview_rounds()]
    text = _("For the preview only. A closed round is compared with what was known in it.")
    return forms.ChoiceField(
        choices=[("", _("today")), *rounds], required=False, label=_("Preview over"),
        help_text=text,
    )  # fmt: skip


def _preview(actor: Actor, rule: Rule, form: TableForm) -> queries.Preview:
    chosen = form.cleaned_data.get("preview_round")
    if not chosen:
        return queries.preview(actor, rule, clock.today())
    return queries.preview_round(actor, rule, StatusRound.objects.get(pk=chosen))


def _thresholds(form: TableForm) -> dict[str, Any]:
    values = form.values()
    return {name: values[name] for name in ("dimension", "yellow", "red")}


def _show(
    request: HttpRequest, form: TableForm, row: StatusRule, seen: queries.Preview | None = None
) -> HttpResponse:
    context = {
        "title": rule_name(row.kind), "subline": rule_help(row.kind), "form": form,
        "crumbs": _crumbs(row.kind), "cancel_url": _home(), "preview_name": PREVIEW,
        "reset_url": reverse("portfolio:status_rule_reset", args=[row.kind]) if row.version else "",
    }  # fmt: skip
    if seen is not None:
        context |= {"said": _in_short(seen), "changes": _changes(seen), "basis": _basis(seen)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portfolio/status_rule.html", context, status=status)


def _basis(seen: queries.Preview) -> str:
    """Over what was compared, in words."""
    day = date_format(seen.on, "DATE_FORMAT")
    if seen.round is None:
        text = _("Compared on %(day)s over the open projects that you may see.")
        return text % {"day": day}
    values = {"round": seen.round.title, "day": day}
    if seen.frozen:
        text = _("Compared over the projects of “%(round)s” that you may see, with the plan, phase "
                 "and progress that the round has frozen: of %(day)s nothing else is known. Rules "
                 "about anything else stay out.")  # fmt: skip
        return text % values
    text = _("Compared over the projects of “%(round)s” that you may see, with what was known at "
             "the end of %(day)s.")  # fmt: skip
    return text % values


def _in_short(seen: queries.Preview) -> str:
    number = len(seen.changes)
    text = ngettext(
        "With these values %(number)d of %(total)d lights changes.",
        "With these values %(number)d of %(total)d lights change.",
        number,
    )
    return text % {"number": number, "total": seen.total}


def _page_of(change: queries.Changed, seen: queries.Preview) -> str:
    """Today's proposals, or the reports of a project of a round."""
    name = "lights" if seen.round is None else "reports"
    return reverse(f"portfolio:{name}", args=[change.project])


def _changes(seen: queries.Preview) -> ui.DataTable:
    labels = dict(LightDimension.choices)
    rows = [
        ui.Row((
            ui.Cell(change.title, url=_page_of(change, seen), note=change.number),
            labels[change.dimension], ui.Cell(badge=cells.light_badge(change.before)),
            ui.Cell(badge=cells.light_badge(change.after)), "; ".join(change.reasons),
        ))
        for change in seen.changes[:MOST_SHOWN]
    ]  # fmt: skip
    columns = [
        ui.Column("title", _("Project")),
        ui.Column("dimension", _("Dimension")),
        ui.Column("before", _("So far")),
        ui.Column("after", _("Then")),
        ui.Column("reasons", _("Reasons")),
    ]
    return ui.DataTable(
        _("Lights that would change"), columns, rows, id="preview",
        empty_title=_("No light would change"),
        empty_text=_("Try other values, or save these."),
    )  # fmt: skip


# --- one project ----------------------------------------------------------------------------------


def of_project(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """The proposed lights of a project today, with reasons and with the rules that were asked."""
    project = policy.get_visible(reader(request), project_id)
    today = clock.today()
    proposed = queries.proposals([project.pk], today)[project.pk]
    context = {
        "title": _("Proposed traffic lights"),
        "project": project,
        "day": date_format(today, "DATE_FORMAT"),
        "table": _proposals(proposed),
        "crumbs": crumbs(project, _("Proposed traffic lights")),
        "profile_url": address(project.pk),
    }
    return render(request, "portfolio/lights.html", context)


def _proposals(proposed: dict[Dimension, Proposal]) -> ui.DataTable:
    labels = dict(LightDimension.choices)
    rows = [
        ui.Row((
            labels[dimension], ui.Cell(badge=cells.light_badge(proposal.light)),
            _reasons(proposal), ", ".join(rule_name(kind) for kind in proposal.checked) or "—",
        ))
        for dimension, proposal in proposed.items()
    ]  # fmt: skip
    columns = [
        ui.Column("dimension", _("Dimension")),
        ui.Column("light", _("Proposal")),
        ui.Column("reasons", _("Reasons")),
        ui.Column("checked", _("Checked")),
    ]
    return ui.DataTable(_("Proposed traffic lights"), columns, rows, id="lights")


def _reasons(proposal: Proposal) -> str:
    if proposal.reasons:
        return "; ".join(_sentences(proposal))
    return _("Nothing conspicuous.") if proposal.checked else _("Nothing is known.")


def _sentences(proposal: Proposal) -> Sequence[str]:
    return [queries.words(reason) for reason in proposal.reasons]
