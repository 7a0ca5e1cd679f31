"""Pages for those who keep the public shell: site settings, legal texts, reported barriers."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base import authority
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid, NotFound
from leitstand.core.ui import problems
from leitstand.core.ui.components import Link
from leitstand.shell import actions
from leitstand.shell.forms import SiteForm, TextForm
from leitstand.shell.models import AccessibilityFeedback, Site, SiteText

PER_PAGE = 20


def _keeper(request: HttpRequest) -> Actor:
    """The actor, if she keeps the public shell; otherwise ``NotAllowed`` with the reason."""
    actor = actor_of(request)
    authority.require(actor, actions.CHANGE, citywide=True)
    return actor


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def site(request: HttpRequest) -> HttpResponse:
    """Names, contacts and licence; below them the legal texts."""
    actor = _keeper(request)
    row = Site.objects.first() or Site(version=0)
    initial = {name: getattr(row, name) for name in actions.FIELDS}
    form = SiteForm(request.POST or None, initial=initial)
    if request.method == "POST":

        def save(values: dict[str, Any], version: int) -> None:
            actions.change_site(actor=actor, version=version, **values)

        done = _save(request, form, save, success=_("The settings were saved."))
        if done:
            return done if done.status_code == 409 else redirect("shell:site")
    values = {
        "title": _("Website"),
        "crumbs": [Link(_("Start page"), "/"), Link(_("Website"))],
        "form": form,
        "version": _shown_version(request, row),
        "texts": _texts(),
    }
    return render(request, "shell/site.html", values, status=422 if form.errors else 200)


def _texts() -> list[tuple[str, str, str, bool]]:
    """(label, address to edit, address to read, filled) of every legal text."""
    filled = set(SiteText.objects.exclude(body="").values_list("slug", flat=True))
    return [
        (
            str(label),
            reverse("shell:text_edit", args=[slug]),
            reverse("shell:text", args=[slug]),
            slug in filled,
        )
        for slug, label in SiteText.Slug.choices
    ]


def _shown_version(request: HttpRequest, row: Site | SiteText) -> str:
    """The version that the reader has seen: what was posted, else the stored one."""
    return request.POST.get("version", "") or str(row.version)


def _save(
    request: HttpRequest,
    form: forms.Form,
    save: Callable[[dict[str, Any], int], None],
    *,
    success: str,
) -> HttpResponse | None:
    """Save a form: a response if that worked or if somebody was faster, ``None`` to correct."""
    version = request.POST.get("version", "")
    if not form.is_valid():
        return None
    try:
        save(form.cleaned_data, int(version) if version.isdigit() and len(version) < 9 else -1)
    except Conflict as problem:
        problem.labels = {name: field.label for name, field in form.fields.items()}  # type: ignore[attr-defined]
        return problems.conflict(request, problem, cancel_url=request.path)
    except Invalid as problem:
        for name, texts in problem.errors.items():
            form.add_error(name if name in form.fields else None, texts)
        return None
    messages.success(request, success)
    return HttpResponse()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, slug: str) -> HttpResponse:
    """Edit a legal text."""
    actor = _keeper(request)
    if slug not in SiteText.Slug.values:
        raise NotFound
    label = SiteText.Slug(slug).label
    row = SiteText.objects.filter(slug=slug).first() or SiteText(slug=slug, version=0)
    form = TextForm(request.POST if request.method == "POST" else None, initial={"body": row.body})
    if request.method == "POST":

        def save(values: dict[str, Any], version: int) -> None:
            actions.change_text(slug, actor=actor, version=version, **values)

        done = _save(request, form, save, success=_("The text was saved."))
        if done:
            return done if done.status_code == 409 else redirect("shell:text", slug)
    values = {
        "title": label,
        "crumbs": [Link(_("Website"), reverse("shell:site")), Link(label)],
        "form": form,
        "version": _shown_version(request, row),
        "hints": _HINTS[SiteText.Slug(slug)](),
        "cancel_url": reverse("shell:text", args=[slug]),
    }
    return render(request, "shell/text_edit.html", values, status=422 if form.errors else 200)


# What such a text usually holds. The laws differ by state, so none is cited.
_HINTS: dict[SiteText.Slug, Callable[[], list[str]]] = {
    SiteText.Slug.IMPRINT: lambda: [
        _("name, legal form, postal address and representative of the city"),
        _("e-mail, telephone and another quick way of contact"),
        _("supervisory authority and, if there is one, the VAT number"),
        _("who is responsible for the content"),
    ],
    SiteText.Slug.PRIVACY: lambda: [
        _("controller and data protection officer with their contacts"),
        _("which data are processed when pages are read, for how long and on what basis"),
        _("what happens with reports of barriers and their e-mail addresses"),
        _("for employees: account, audit trail, cookies of the log-in"),
        _("rights of the persons concerned and the supervisory authority"),
    ],
    SiteText.Slug.ACCESSIBILITY: lambda: [
        _("how far the pages conform, and the standard by which that was assessed"),
        _("which content is not accessible yet, and why"),
        _("when and how the assessment was made"),
        _("contact for reports and the enforcement procedure of your state"),
    ],
}


@login_required
@require_http_methods(["GET", "HEAD"])
def feedback_list(request: HttpRequest) -> HttpResponse:
    """Reported barriers, open ones first."""
    _keeper(request)
    open_ones = AccessibilityFeedback.objects.filter(closed_at=None).order_by("created_at")
    closed = AccessibilityFeedback.objects.exclude(closed_at=None).order_by("-closed_at")
    values = {
        "title": _("Reported barriers"),
        "crumbs": [Link(_("Start page"), "/"), Link(_("Reported barriers"))],
        "open": open_ones[:200],
        "page": Paginator(closed, PER_PAGE).get_page(request.GET.get("seite")),
    }
    return render(request, "shell/feedback_list.html", values)


@login_required
@require_POST
def feedback_close(request: HttpRequest, feedback_id: uuid.UUID) -> HttpResponse:
    """Close a report; its e-mail address is erased."""
    actions.close_feedback(feedback_id, actor=_keeper(request))
    messages.success(request, _("The report was closed and its e-mail address deleted."))
    return redirect("shell:feedback_list")
