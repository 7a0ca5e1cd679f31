"""Pages of the shell that everybody may open: start page, legal texts, report of a barrier."""

from __future__ import annotations

import contextlib
import hashlib
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
)
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from django.views.i18n import set_language as django_set_language

from leitstand.core.accounts.actions import choose_language, note_visit
from leitstand.core.accounts.identity import actor_of
from leitstand.core.base import clock
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed, NotFound
from leitstand.core.policy.grants import grants, roles_of
from leitstand.core.ui import registry
from leitstand.core.ui.components import Action, Link
from leitstand.core.ui.public import publicly
from leitstand.shell import cockpit, context
from leitstand.shell.actions import CHANGE, receive_feedback
from leitstand.shell.forms import FeedbackForm
from leitstand.shell.markdown import render as render_markdown
from leitstand.shell.models import SiteText

REPORTS_PER_HOUR = 5


@require_safe
def start(request: HttpRequest) -> HttpResponseBase:
    """Start page: for visitors the public portal, for people logged in the day's work."""
    actor = actor_of(request)
    if actor.account_id is None:
        return publicly(request, "shell/public_start.html", _public_start(request, actor))
    note_visit(actor.account_id)
    values = {
        "tiles": [tile for source in _ordered(registry.tiles) for tile in source.tiles(actor)],
        "parts": _parts(request, actor),
        "title": _("Start page"),
    }
    return render(request, "shell/start.html", values)


def _parts(request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    """The parts of the start page that have something to say, each with its sections drawn."""
    found = []
    for part in cockpit.parts_for(roles_of(actor)):
        sections = [
            entry
            for name, entry in registry.start_sections.items()
            if entry.place == part.place and name not in part.without
        ]
        drawn = _sections(request, sections, actor)
        if drawn:
            found.append({"id": f"part-{part.place}", "title": part.title, "sections": drawn})
    return found


def _public_start(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    return {"sections": _sections(request, registry.public_sections, actor)}


def _ordered(entries: Any) -> list[Any]:
    return sorted(entries, key=lambda entry: entry.order)


def _sections(request: HttpRequest, entries: Any, actor: Actor) -> list[str]:
    """Draw the sections that have something to say to the actor."""
    drawn: list[str] = []
    for section in _ordered(entries):
        values = section.context(actor)
        if values is not None:
            drawn.append(render_to_string(section.template, values, request))
    return drawn


def _layout(actor: Actor) -> str:
    return "ui/public.html" if actor.account_id is None else "ui/base.html"


@require_safe
def text(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show a legal text; an empty one says that the operator has to fill it."""
    if slug not in SiteText.Slug.values:
        raise NotFound
    actor = actor_of(request)
    label = SiteText.Slug(slug).label
    body = SiteText.objects.filter(slug=slug).values_list("body", flat=True).first() or ""
    document = render_markdown(body)
    may_change = bool(grants(actor, CHANGE))
    edit = Action(_("Edit"), reverse("shell:text_edit", args=[slug]), icon="edit")
    title = document.title or label
    values = {
        "layout": _layout(actor),
        "title": title,
        "crumbs": [Link(_("Start page"), "/"), Link(title)],
        "html": document.html,
        "actions": [edit] if may_change else [],
        "may_change": may_change,
    }
    return publicly(request, "shell/text.html", values)


@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest) -> HttpResponse:
    """Take the report of a barrier."""
    actor = actor_of(request)
    if request.method == "POST":
        form = FeedbackForm(request.POST)
        status = _receive(request, form, actor)
        if status == 200:
            return redirect("shell:feedback_sent")
    else:
        form, status = FeedbackForm(initial={"page": request.GET.get("seite", "")[:300]}), 200
    values = {
        "layout": _layout(actor),
        "title": _("Report a barrier"),
        "crumbs": [Link(_("Start page"), "/"), Link(_("Report a barrier"))],
        "form": form,
    }
    return render(request, "shell/feedback.html", values, status=status)


def _receive(request: HttpRequest, form: FeedbackForm, actor: Actor) -> int:
    """Keep the report; returns the status to answer with, 200 if it was taken."""
    if form.is_from_a_program():
        return 200  # a program is not told that it was found out
    if not form.is_valid():
        return 422
    if not _under_the_limit(request):
        form.add_error(
            None,
            _("Several reports have come from your connection within an hour. Please try later."),
        )
        return 429
    try:
        receive_feedback(actor=actor, **form.cleaned_data)
    except Invalid as problem:
        form.add_error(None, problem.text)
        return 422
    return 200


def _under_the_limit(request: HttpRequest) -> bool:
    """Count the reports of one network address; the address itself is not kept."""
    address = hashlib.sha256(
        (settings.SECRET_KEY + request.META.get("REMOTE_ADDR", "")).encode()
    ).hexdigest()
    key = f"shell.feedback.{address}"
    cache.add(key, 0, 3600)
    try:
        return bool(cache.incr(key) <= REPORTS_PER_HOUR)
    except ValueError:  # expired between the two calls
        return True


@require_safe
def feedback_sent(request: HttpRequest) -> HttpResponse:
    """Thank for the report."""
    actor = actor_of(request)
    values = {"layout": _layout(actor), "title": _("Thank you for your report")}
    return render(request, "shell/feedback_sent.html", values)


# Without a token: the choice of a language harms nobody, and public pages stay the same for all.
@csrf_exempt
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language for a year in this browser, and for good for an account."""
    language = request.POST.get("language", "")
    user: Any = request.user
    if request.method == "POST" and user.is_authenticated:
        with contextlib.suppress(NotAllowed):  # an unknown language: Django ignores it as well
            choose_language(user, actor=actor_of(request), language=language)
    response: HttpResponse = django_set_language(request)
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell crawlers to read the public pages and nothing else."""
    lines = ["User-agent: *", "Allow: /$", "Allow: /oeffentlich/", "Allow: /seite/"]
    lines += ["Allow: /static/", "Disallow: /"]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Name the contact for security reports (RFC 9116); 404 as long as none is set."""
    contact = context.site().security_contact
    if not contact:
        raise NotFound
    # The file must expire; it is made anew with every request, so a year from this month will do.
    today = clock.today()
    expires = datetime(today.year + 1, today.month, 1, tzinfo=UTC)
    lines = [
        f"Contact: {' '.join(contact.split())}",
        f"Expires: {expires.isoformat().replace('+00:00', 'Z')}",
        "Preferred-Languages: de, en",
        f"Canonical: {settings.CONFIG.base_url}{request.path}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead browsers that ask for the old name to the mark."""
    return HttpResponsePermanentRedirect(static("leitstand/img/mark.svg"))
