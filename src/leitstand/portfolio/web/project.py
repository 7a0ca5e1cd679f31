"""Pages of one project: sketch, profile, edit, delete, history, baselines."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid, NotAllowed
from leitstand.core.base.models import Level
from leitstand.core.comments.queries import thread
from leitstand.core.org.models import Person
from leitstand.core.policy import grants as policy_grants
from leitstand.core.ui.components import Link
from leitstand.portfolio import policy
from leitstand.portfolio.actions.baselines import freeze_baseline
from leitstand.portfolio.actions.projects import change_project, delete_project, sketch_project
from leitstand.portfolio.models import Project
from leitstand.portfolio.queries import baselines, choices, history
from leitstand.portfolio.queries.profile import abilities, load
from leitstand.portfolio.web import around, conflict, profile_tables, profile_view
from leitstand.portfolio.web.forms import merged
from leitstand.portfolio.web.project_forms import (
    BaselineForm,
    ProjectForm,
    ReasonForm,
    SketchForm,
)
from leitstand.portfolio.web.rollouts import start as rollouts


def address(project_id: uuid.UUID) -> str:
    """Address of the profile."""
    return reverse("portfolio:project", args=[project_id])


def crumbs(project: Project | None, *more: str) -> list[Link]:
    """The way to a project's page; ``more`` are the steps below the profile."""
    links = [Link(_("Projects"), _list_url())]
    if project is not None:
        links.append(Link(project.title, address(project.pk) if more else ""))
    return [*links, *(Link(text) for text in more)]


def _list_url() -> str:
    return reverse("portfolio:list")


def status_of(form: Any) -> int:
    """422 for a form that was refused."""
    return 422 if form.is_bound and form.errors else 200


# --- sketch -------------------------------------------------------------------------------


@login_required
def sketch(request: HttpRequest) -> HttpResponse:
    """Begin a project with title, unit and rough period; ``?vorlage=`` copies another one."""
    actor = actor_of(request)
    source = _template_project(request, actor)
    offer = choices.units_for_projects(actor)
    if not offer.options:
        raise NotAllowed(policy_grants.why(actor, policy.CREATE).text)
    initial = _first_values(actor, source, offer)
    form = SketchForm(offer, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            project = sketch_project(
                actor=actor, values=form.values(), copy_of=source.pk if source else None
            )
        except Invalid as error:
            for name, texts in error.errors.items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            text = _("“%(title)s” has been saved as %(number)s.")
            messages.success(request, text % {"title": project.title, "number": project.number})
            return redirect(address(project.pk))
    title = _("Copy as sketch") if source else _("New project")
    context = {"title": title, "form": form, "source": source, "crumbs": crumbs(None, title),
               "cancel_url": address(source.pk) if source else _list_url()}  # fmt: skip
    return render(request, "portfolio/sketch.html", context, status=status_of(form))


def _template_project(request: HttpRequest, actor: Actor) -> Project | None:
    text = request.POST.get("vorlage") or request.GET.get("vorlage")
    if not text:
        return None
    try:
        return policy.get_visible(actor, uuid.UUID(text))
    except ValueError:
        return None


def _first_values(actor: Actor, source: Project | None, offer: choices.Offer) -> dict[str, Any]:
    ids = {pk for pk, _label in offer.options}
    if source is not None:
        found: dict[str, Any] = {
            "title": _("%(title)s (copy)") % {"title": source.title[:280]},
            "need": source.need,
            "lead_unit": str(source.lead_unit_id),
        }
        if str(source.lead_unit_id) in ids:
            return found
        return {**found, "lead_unit": _own_unit(actor, ids)}
    return {"lead_unit": _own_unit(actor, ids)}


def _own_unit(actor: Actor, ids: set[str]) -> str:
    """The actor's own unit if it is offered, else the only one offered."""
    people = Person.objects.filter(pk=actor.person_id) if actor.person_id else Person.objects.none()
    own = str(people.values_list("unit_id", flat=True).first() or "")
    return own if own in ids else next(iter(ids)) if len(ids) == 1 else ""


# --- profile ------------------------------------------------------------------------------


@login_required
def profile(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """The profile; on paper one A4 page."""
    actor = actor_of(request)
    context = profile_view.context(actor, load(actor, project_id))
    context["crumbs"] = crumbs(context["project"])
    context |= around.project(actor, context["project"])
    context["thread"] = thread(actor, "project", context["project"])
    context["rollouts"] = rollouts.of_project(actor, context["project"])
    return render(request, "portfolio/profile.html", context)


@login_required
def history_page(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Every event of the project."""
    actor = actor_of(request)
    project = policy.get_visible(actor, project_id)
    context = {
        "project": project,
        "title": _("History"),
        "history": history.of_project(actor, project, limit=500),
        "crumbs": crumbs(project, _("History")),
    }
    return render(request, "portfolio/history.html", context)


# --- edit ---------------------------------------------------------------------------------


@login_required
def edit(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Change the project's own fields; a conflict shows both versions."""
    actor = actor_of(request)
    project = _changeable(actor, project_id)
    form = _form(actor, project, merged(request.POST) if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            saved = change_project(
                project_id,
                actor=actor,
                version=form.version,
                values=form.values(form.changed_names()),
            )
        except Conflict:
            return _conflict(request, actor, form, project_id)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _saved_text(project, saved))
            return redirect(address(project_id))
    context = {
        "title": _("Edit project"),
        "project": project,
        "form": form,
        "cancel_url": address(project_id),
        "crumbs": crumbs(project, _("Edit")),
    }
    return render(request, "portfolio/edit.html", context, status=status_of(form))


def _saved_text(before: Project, after: Project) -> str:
    """What was saved; who withdraws a project is told that its level stays as it is."""
    if before.published and not after.published and after.confidentiality == Level.PUBLIC:
        return _(
            "Saved. The project is no longer published. Its level stays “public”; to protect it "
            "again, change the level under “Edit”, section “Confidentiality and publication”."
        )
    return _("Saved.")


def _changeable(actor: Actor, project_id: uuid.UUID) -> Project:
    project = policy.get_visible(actor, project_id)
    policy.require(actor, policy.CHANGE, project)
    return project


def _form(actor: Actor, project: Project, data: Any = None) -> ProjectForm:
    may = abilities(actor, project, change=True)
    return ProjectForm(actor, project, data, publish=may.publish)


def _conflict(
    request: HttpRequest, actor: Actor, form: ProjectForm, project_id: uuid.UUID
) -> HttpResponse:
    project = _changeable(actor, project_id)
    values = conflict.context(
        form,
        _form(actor, project),
        object_title=project.title,
        cancel_url=address(project_id),
        crumbs=crumbs(project, _("Edit")),
    )
    if values is None:
        messages.info(request, _("Somebody else has saved the same in the meantime."))
        return redirect(address(project_id))
    return conflict.page(request, values)


@login_required
def delete(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Delete the project for a reason, after a question."""
    actor = actor_of(request)
    project = policy.get_visible(actor, project_id)
    policy.require(actor, policy.DELETE, project)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "")
        try:
            delete_project(
                project_id,
                actor=actor,
                version=int(version) if version.isdigit() else 0,
                reason=form.cleaned_data["reason"],
            )
        except Conflict as error:
            form.add_error(None, _("%(what)s Look at the project once more before you delete it.")
                           % {"what": error.text})  # fmt: skip
        else:
            text = _("“%(title)s” has been deleted.") % {"title": project.title}
            messages.success(request, text)
            return redirect(_list_url())
    context = {"title": _("Delete project"), "project": project, "form": form,
               "cancel_url": address(project_id),
               "crumbs": crumbs(project, _("Delete"))}  # fmt: skip
    return render(request, "portfolio/delete.html", context, status=status_of(form))


# --- baselines ----------------------------------------------------------------------------


@login_required
def baseline(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """All baselines of the project, one compared with the present plan; freeze a new one."""
    actor = actor_of(request)
    project = policy.get_visible(actor, project_id)
    form = BaselineForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            frozen = freeze_baseline(project_id, actor=actor, **form.cleaned_data)
        except Invalid as error:
            for name, texts in error.errors.items():
                form.add_error(name or None, texts)
        else:
            messages.success(request, _("“%(name)s” has been frozen.") % {"name": frozen.name})
            return redirect("portfolio:baseline", project_id)
    can_change = policy.can(actor, policy.CHANGE, project)
    rows = baselines.of_project(project)
    chosen = next((r for r in rows if str(r.number) == request.GET.get("plan")), None)
    chosen = chosen or (rows[-1] if rows else None)
    context = {
        "title": _("Baselines"),
        "project": project,
        "form": form,
        "may_freeze": abilities(actor, project, change=can_change).freeze,
        "table": profile_tables.baseline_table(project, rows, chosen),
        "chosen": chosen,
        "comparison": profile_tables.comparison_table(baselines.compare(project, chosen))
        if chosen
        else None,
        "crumbs": crumbs(project, _("Baselines")),
    }
    return render(request, "portfolio/baselines.html", context, status=status_of(form))
