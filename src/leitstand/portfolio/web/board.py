"""The board: one column per phase, a project moves by a select and a button."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leitstand.core.base.errors import Invalid
from leitstand.portfolio.actions.projects import change_project
from leitstand.portfolio.models import Phase
from leitstand.portfolio.queries import board as queries
from leitstand.portfolio.web import cells
from leitstand.portfolio.web.filtering import reader, tidy, view
from leitstand.portfolio.web.listing import count_text


def projects(request: HttpRequest) -> HttpResponse:
    """The board of the selected projects."""
    asked = view(request, "board")
    moved = tidy(asked)
    if moved is not None:
        return moved
    lanes = queries.lanes(asked.query, asked.actor)
    context = asked.context(_("Board")) | {
        "count": count_text(sum(lane.number for lane in lanes), asked.query),
        "lanes": [
            {
                "phase": lane.phase,
                "badge": cells.phase_badge(lane.phase),
                "number": lane.number,
                "cards": lane.cards,
                "more": lane.number - len(lane.cards),
                "list_url": asked.query.having(phase=(str(lane.phase),)).url(
                    reverse("portfolio:list"), selection_only=True
                ),
            }
            for lane in lanes
        ],
        "phases": [(str(phase), phase.label) for phase in Phase],
        "light_kinds": cells.LIGHT_KINDS,
        "project_url": cells.pattern("project"),
    }
    return render(request, "portfolio/board.html", context)


@require_POST
def move(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Change the phase; a conflict becomes the page with both versions."""
    actor = reader(request)
    phase, text = request.POST.get("phase", ""), request.POST.get("version", "")
    if phase not in Phase.values:
        raise Invalid(_("This phase does not exist."), field="phase")
    version = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    project = change_project(project_id, actor=actor, version=version, values={"phase": phase})
    label = Phase(phase).label
    messages.success(
        request, _("“%(title)s” is now: %(phase)s.") % {"title": project.title, "phase": label}
    )
    target = request.POST.get("back", "")
    own = target.startswith("/") and url_has_allowed_host_and_scheme(
        target, {request.get_host()}, request.is_secure()
    )
    return HttpResponseRedirect(target if own else reverse("portfolio:board"))
