"""All rollouts, and a new one in one go."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed
from leitstand.core.history import past
from leitstand.core.org.models import UnitKind
from leitstand.core.policy import grants as policy_grants
from leitstand.core.policy.grants import grants
from leitstand.core.ui import components as ui
from leitstand.portfolio import policy
from leitstand.portfolio.actions.rollouts import members, setup
from leitstand.portfolio.models import Project, Rollout, RolloutTemplate
from leitstand.portfolio.queries.choices import Offer, loader, units_that
from leitstand.portfolio.queries.rollouts.boards import Board, visible_boards
from leitstand.portfolio.tables import rollouts as tables
from leitstand.portfolio.web.filtering import reader
from leitstand.portfolio.web.forms import TableForm
from leitstand.portfolio.web.rollouts import wording
from leitstand.portfolio.web.rollouts.frame import address, share_text


def may_create(actor: Actor) -> bool:
    """Whether the actor may create a rollout anywhere: by role, or for a project she leads."""
    return bool(grants(actor, policy.CHANGE)) or policy.changeable(actor).exists()


def overview(request: HttpRequest) -> HttpResponse:
    """Every visible rollout: how far it is and when it will be finished."""
    actor = reader(request)
    found = visible_boards(actor)
    templates = ui.Action(_("Templates"), reverse("portfolio:rollout_templates"))
    actions = [] if past.is_past() else [templates]
    if may_create(actor):
        new = ui.Action(_("New rollout"), reverse("portfolio:rollout_new"), "primary", "add")
        actions.insert(0, new)
    context = {
        "title": _("Rollouts"),
        "table": _table(found, actions),
        "actions": actions,
        "crumbs": [ui.Link(_("Start page"), "/"), ui.Link(_("Rollouts"))],
    }
    return render(request, "portfolio/rollouts/overview.html", context)


def _table(found: list[Board], actions: list[ui.Action]) -> ui.DataTable:
    columns = (
        ui.Column("title", _("Rollout")),
        ui.Column("live", _("Gone live")),
        ui.Column("running", _("in progress"), numeric=True),
        ui.Column("late", _("late"), numeric=True),
        ui.Column("blocked", _("Held up"), numeric=True),
        ui.Column("due", _("To be finished by"), nowrap=True),
        ui.Column("forecast", _("At this pace")),
    )
    return ui.DataTable(
        _("Rollouts"), columns, [_line(board) for board in found], id="rollouts",
        empty_title=_("No rollouts yet"),
        empty_text=_("Choose a template and add all offices of a level in one step."),
        empty_actions=actions[:1],
    )  # fmt: skip


def _line(board: Board) -> ui.Row:
    rollout, open_ones = board.rollout, [m for m in board.affected if m.state != "done"]
    return ui.Row((
        ui.Cell(rollout.title, url=address("rollout", rollout.pk), note=rollout.lead_unit.name),
        share_text(len(board.finished), len(board.affected)),
        sum(m.state == "running" for m in open_ones),
        sum(m.is_late(board.today) for m in open_ones),
        sum(bool(m.obstacles) for m in open_ones),
        ui.Cell(rollout.due, note=rollout.get_due_kind_display() if rollout.due_kind else ""),
        wording.short(board),
    ))  # fmt: skip


# --- new ------------------------------------------------------------------------------------------

NEW = ("title", "lead_unit", "project", "start", "due", "due_kind", "due_basis", "confidentiality")


def projects(actor: Actor, keep: Any = None) -> Offer:
    """The projects that the actor may change, by number."""
    rows = list(policy.changeable(actor).order_by("number").values_list("pk", "number", "title"))
    if keep is not None and keep.pk not in {row[0] for row in rows}:
        rows.insert(0, (keep.pk, keep.number, keep.title))
    return Offer([(str(pk), f"{number} {title}") for pk, number, title in rows], loader(Project))


def offers(actor: Actor, row: Rollout | None = None) -> dict[str, Offer]:
    """What the form of a rollout offers: no project that the actor may not change."""
    keep = row.lead_unit if row else None
    grant, led = grants(actor, policy.CHANGE), bool(policy.changeable(actor).exists())
    return {
        "lead_unit": units_that(keep, lambda unit: led or grant.level_in(unit) >= 0),
        "project": projects(actor, row.project if row else None),
    }


def _form(actor: Actor, data: Any) -> TableForm:
    form = TableForm(
        tables.ROLLOUTS.pick(NEW), Rollout, data, offers=offers(actor), initial={"title": ""}
    )
    listed = [(str(t.pk), t.name) for t in RolloutTemplate.objects.all()]
    form.fields["template"] = forms.ChoiceField(
        label=_("Template"), choices=[*listed, ("", _("no template"))], required=False,
        initial=listed[0][0] if listed else "",
        help_text=_("Its steps are copied; you can change them afterwards."),
    )  # fmt: skip
    form.fields["kinds"] = forms.MultipleChoiceField(
        label=_("Add all units of these kinds"), choices=UnitKind.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Single units can be added and taken out afterwards."),
    )  # fmt: skip
    form.order_fields(["title", "template", "kinds", *NEW[1:]])
    form.widths = {**form.widths, "lead_unit": "half", "template": "half"}
    return form


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Title, template, units: one form."""
    actor = reader(request)
    if not may_create(actor):
        policy_grants.require(actor, policy.CHANGE)
    form = _form(actor, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            rollout, number = _create(form, actor)
        except Invalid as error:
            form.take(error)
        except NotAllowed as error:
            form.add_error("lead_unit", error.text)
        else:
            text = ngettext("%(number)d unit takes part.", "%(number)d units take part.", number)
            messages.success(request, _("Saved.") + " " + text % {"number": number})
            return redirect(address("rollout", rollout.pk))
    context = {
        "title": _("New rollout"), "form": form, "submit_label": _("Create rollout"),
        "cancel_url": reverse("portfolio:rollouts"),
        "crumbs": [ui.Link(_("Rollouts"), reverse("portfolio:rollouts")), ui.Link(_("New rollout"))],
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "ui/form_page.html", context, status=status)


def _create(form: TableForm, actor: Actor) -> tuple[Rollout, int]:
    chosen = form.cleaned_data["template"]
    with transaction.atomic():
        rollout = setup.create_rollout(
            actor=actor, values=form.values(), template_id=uuid.UUID(chosen) if chosen else None
        )
        kinds = form.cleaned_data["kinds"]
        added = members.add_level(rollout.pk, actor=actor, kinds=kinds) if kinds else []
    return rollout, len(added)
