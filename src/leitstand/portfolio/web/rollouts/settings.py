"""Title, dates, project and level of a rollout; delete it; keep its steps as a template."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.base.errors import Conflict, Invalid, NotAllowed
from leitstand.core.policy.grants import grants
from leitstand.core.ui import components as ui
from leitstand.portfolio import policy, policy_rollouts
from leitstand.portfolio.actions.rollouts import setup
from leitstand.portfolio.actions.rollouts import templates as template_actions
from leitstand.portfolio.actions.strategy import require as require_strategy
from leitstand.portfolio.models import Rollout, RolloutTemplate
from leitstand.portfolio.queries.rollouts import parts as queries
from leitstand.portfolio.tables import rollouts as tables
from leitstand.portfolio.web import conflict
from leitstand.portfolio.web.filtering import reader
from leitstand.portfolio.web.forms import TableForm, merged
from leitstand.portfolio.web.rollouts.frame import place
from leitstand.portfolio.web.rollouts.overview import offers
from leitstand.portfolio.web.rollouts.parts import duration_text, removal


@login_required
def settings(request: HttpRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """Change the rollout; a conflict shows both versions."""
    at = place(request, rollout_id, change=True)
    back = at.url("rollout")

    def form_of(data: Any, row: Rollout) -> TableForm:
        return TableForm(
            tuple(tables.ROLLOUTS), Rollout, data, row=row, offers=offers(at.actor, row)
        )

    form = form_of(merged(request.POST) if request.method == "POST" else None, at.rollout)
    if request.method == "POST" and form.is_valid():
        values = form.values(form.changed_names())
        try:
            setup.change_rollout(rollout_id, actor=at.actor, version=form.version, values=values)
        except Conflict:
            fresh = form_of(None, policy_rollouts.get_visible(at.actor, rollout_id))
            found = conflict.context(form, fresh, object_title=at.rollout.title, cancel_url=back)
            return conflict.page(request, found) if found else redirect(back)
        except Invalid as error:
            form.take(error)
        except NotAllowed as error:
            form.add_error(None, error.text)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    actions = [ui.Action(_("Delete"), at.url("rollout_delete"), "tertiary", "delete")]
    if grants(at.actor, policy.STRATEGY):
        actions.insert(0, ui.Action(_("Keep the steps as a template"), at.url("rollout_keep")))
    context = {
        **at.context(_("Settings"), "rollout_settings"), "form": form, "cancel_url": back,
        "actions": actions,
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portfolio/rollouts/settings.html", context, status=status)


@login_required
def delete(request: HttpRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """Delete the rollout with a reason."""
    at = place(request, rollout_id, change=True)
    form = forms.Form(request.POST if request.method == "POST" else None)
    form.fields["reason"] = forms.CharField(label=_("Reason"), max_length=300)
    problem = ""
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "")
        number = int(version) if version.isascii() and version.isdigit() else 0
        try:
            setup.delete_rollout(
                rollout_id, actor=at.actor, version=number, reason=form.cleaned_data["reason"]
            )
        except (Conflict, Invalid) as error:
            problem = error.text
        else:
            text = _("“%(title)s” has been deleted.") % {"title": at.rollout.title}
            messages.success(request, text)
            return redirect(reverse("portfolio:rollouts"))
    lines = [
        _("Delete “%(name)s”?") % {"name": at.rollout.title},
        _("Units, states, days, waves and obstacles go with it. The trail stays."),
    ]
    return removal(at, _("Delete rollout"), lines, at.rollout, at.url("rollout_settings"),
                   problem=problem, current="rollout_settings", form=form)  # fmt: skip


# --- templates ------------------------------------------------------------------------------------


@login_required
def keep(request: HttpRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """Keep the rollout's steps as a new template."""
    at = place(request, rollout_id)
    require_strategy(at.actor)
    form = TableForm(
        tuple(tables.TEMPLATES), RolloutTemplate, request.POST if request.method == "POST" else None
    )
    back = at.url("rollout_settings") if at.may_change else at.url("rollout")
    if request.method == "POST" and form.is_valid():
        try:
            template_actions.template_of_rollout(rollout_id, actor=at.actor, **form.values())
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(reverse("portfolio:rollout_templates"))
    context = {
        **at.context(_("Keep the steps as a template"), "rollout_settings"),
        "form": form, "cancel_url": back, "submit_label": _("Save"), "preline": at.rollout.title,
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "ui/form_page.html", context, status=status)


def _crumbs(title: str = "") -> list[ui.Link]:
    home = reverse("portfolio:rollout_templates")
    found = [ui.Link(_("Rollouts"), reverse("portfolio:rollouts")),
             ui.Link(_("Templates"), home if title else "")]  # fmt: skip
    return [*found, ui.Link(title)] if title else found


def templates(request: HttpRequest) -> HttpResponse:
    """All templates with their steps."""
    actor = reader(request)
    may = grants(actor, policy.STRATEGY).city_level >= 0
    columns = (
        ui.Column("title", _("Step")), ui.Column("kind", _("Kind")), ui.Column("days", _("Duration")),
    )  # fmt: skip
    groups = [
        ui.Group(
            row.name,
            [
                ui.Row((ui.Cell(step.title, note=step.note), step.get_kind_display(),
                        ui.Cell(duration_text(step), note=_("by size") if step.by_size else "")))
                for step in row.steps.all()
            ],
            url=reverse("portfolio:rollout_template", args=[row.pk]) if may else "",
        )
        for row in queries.templates()
    ]  # fmt: skip
    context = {
        "title": _("Rollout templates"),
        "crumbs": _crumbs(),
        "table": ui.DataTable(
            _("Rollout templates"), columns, groups=groups, id="templates",
            empty_title=_("No templates yet"),
            empty_text=_("Keep the steps of a rollout as a template: under its settings."),
        ),
    }  # fmt: skip
    return render(request, "portfolio/rollouts/templates.html", context)


@login_required
def template(request: HttpRequest, template_id: uuid.UUID) -> HttpResponse:
    """Name and description of a template; its steps come from the rollout that it was kept of."""
    actor = reader(request)
    require_strategy(actor)
    row = queries.template(template_id)
    back = reverse("portfolio:rollout_templates")
    form = TableForm(
        tuple(tables.TEMPLATES), RolloutTemplate,
        merged(request.POST) if request.method == "POST" else None, row=row,
    )  # fmt: skip
    if request.method == "POST" and "remove" in request.POST:
        version = request.POST.get("version", "")
        number = int(version) if version.isascii() and version.isdigit() else 0
        template_actions.delete_template(template_id, actor=actor, version=number)
        messages.success(request, _("“%(title)s” has been deleted.") % {"title": row.name})
        return redirect(back)
    if request.method == "POST" and form.is_valid():
        values = form.values(form.changed_names())
        try:
            template_actions.change_template(
                template_id, actor=actor, version=form.version, values=values
            )
        except Conflict:
            fresh = TableForm(
                tuple(tables.TEMPLATES), RolloutTemplate, row=queries.template(template_id)
            )
            found = conflict.context(form, fresh, object_title=row.name, cancel_url=back)
            return conflict.page(request, found) if found else redirect(back)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    context = {
        "title": row.name, "crumbs": _crumbs(row.name), "form": form, "cancel_url": back, "row": row,
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portfolio/rollouts/template.html", context, status=status)
