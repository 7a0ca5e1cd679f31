"""Pages of needs: the inbox, one need, filing and changing it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid
from leitstand.core.comments.queries import thread
from leitstand.core.org.models import Person
from leitstand.core.policy import grants as policy_grants
from leitstand.core.policy.grants import grants
from leitstand.core.saved import queries as saved_views
from leitstand.core.saved import reading as saved_reading
from leitstand.core.saved.selection import PLAIN
from leitstand.core.tables.query import Query, read
from leitstand.core.ui import components as ui
from leitstand.core.ui.filterform import active_filters, filter_form
from leitstand.portfolio import policy_intake
from leitstand.portfolio.actions import needs as actions
from leitstand.portfolio.models import CLOSED_CASES, Need
from leitstand.portfolio.queries import choices, intake, options
from leitstand.portfolio.tables.intake import FILED, NEEDS
from leitstand.portfolio.web import conflict, intake_words
from leitstand.portfolio.web.forms import TableForm, merged

_FIRST = ("q", "unit", "mine", "open")
_MORE = ("state", "urgency", "wished", "filed_on", "confidentiality")
_PAGE = 50


def address(need_id: uuid.UUID) -> str:
    """Address of the need's page."""
    return reverse("portfolio:need", args=[need_id])


def crumbs(need: Need | None, *more: str) -> list[ui.Link]:
    """The way to a need's page; ``more`` are the steps below it."""
    links = [ui.Link(_("Needs"), reverse("portfolio:needs"))]
    if need is not None:
        links.append(ui.Link(need.title, address(need.pk) if more else ""))
    return [*links, *(ui.Link(text) for text in more)]


# --- list -------------------------------------------------------------------------------


@login_required
def needs(request: HttpRequest) -> HttpResponse:
    """The inbox: open needs first, with age and next step; filters for everything else."""
    actor = actor_of(request)
    policy_grants.require(actor, policy_intake.VIEW)
    lists = {key: [str(text) for text in texts] for key, texts in request.GET.lists()}
    saved = saved_views.offered(actor, "needs")
    start = saved.start if saved else None
    if start and not lists:
        return HttpResponseRedirect(saved_views.address(start))
    own = {PLAIN: "yes"} if start else {}  # every link of the page leads past the start view
    query = read(intake.NEED_LIST, lists, other=(PLAIN,))
    if not query.problems and any("" in texts for texts in lists.values()):
        return HttpResponseRedirect(query.url(request.path, own))
    found = query.narrow(policy_intake.visible(actor), actor)
    total = found.count()
    ordered = query.order(found) if query.sort else intake.urgent_first(found)
    page = Paginator(ordered, _PAGE).get_page(query.page)
    choice = {"unit": options.units()}
    text = ngettext("%(number)s need", "%(number)s needs", total)
    context = {
        "title": _("Needs"),
        "count": text % {"number": total},
        "crumbs": [ui.Link(_("Start page"), "/"), ui.Link(_("Needs"))],
        "tabs": _tabs(query, actor, request.path, own),
        "saved": saved.context(query.url().removeprefix("?")) if saved else None,
        "filter": filter_form(query, _FIRST, choice, prefix="f"),
        "more": [(_("More filters"), filter_form(query, _MORE, choice, prefix="m"))],
        "active": active_filters(query, choice, request.path, own),
        "reset_url": f"{request.path}?{PLAIN}=yes" if start else request.path,
        "problems": query.problems,
        "table": _table(intake.lines(page.object_list), query, actor),  # type: ignore[arg-type]
        "page": page,
        "downloads": [
            ui.Link(form.upper(), query.url(_export(form), selection_only=True))
            for form in ("xlsx", "csv", "json")
        ],
        "actions": [*_may_file(actor), *_may_import(actor)],
    }
    return render(request, "portfolio/needs.html", context)


def _export(form: str) -> str:
    return reverse("portfolio:needs_export", args=[form])


def _may_file(actor: Actor) -> list[ui.Action]:
    if not grants(actor, policy_intake.CREATE):
        return []
    return [ui.Action(_("File a need"), reverse("portfolio:need_new"), "primary", "add")]


def _may_import(actor: Actor) -> list[ui.Action]:
    if not grants(actor, policy_intake.ADVISE):
        return []
    return [ui.Action(_("Import needs"), reverse("portfolio:needs_import"))]


def words(actor: Actor, query: str) -> list[str]:
    """What a stored query string of the list selects, in words."""
    found = saved_reading.of_text(intake.NEED_LIST, query)
    return saved_reading.words(found, {"unit": options.units()})


def _tabs(query: Query, actor: Actor, path: str, own: dict[str, str]) -> list[ui.Link]:
    rest = query.having(open=None, mine=None)
    views = [(_("Inbox"), rest.having(open=True)), (_("All"), rest)]
    if actor.person_id:
        views.append((_("My needs"), rest.having(mine=True)))
    here = query.url(path)
    return [ui.Link(label, q.url(path, own), current=q.url(path) == here) for label, q in views]


def _table(lines: list[intake.Line], query: Query, actor: Actor) -> ui.DataTable:
    rows = [
        ui.Row(
            [
                ui.Cell(line.title, url=address(line.id), note=line.number),
                line.unit,
                ui.Cell(badge=intake_words.state_badge(line.state)),
                ui.Cell(badge=intake_words.urgency_badge(line.urgency)),
                line.wished or "",
                intake_words.age(line.days),
                line.handler or _("nobody yet"),
                intake_words.next_step(line.state),
            ],
            label=line.title,
            kind="danger"
            if line.urgency == "urgent" and intake_words.next_step(line.state)
            else "",
        )
        for line in lines
    ]
    heads = (
        _("Need"), _("Asking unit"), _("State"), _("Urgency"), _("Wished by"), _("Age"),
        _("Handled by"), _("Next step"),
    )  # fmt: skip
    columns = [ui.Column(f"c{place}", head, nowrap=place == 5) for place, head in enumerate(heads)]
    narrowed = query.is_narrowed
    return ui.DataTable(
        _("Needs"), columns, rows, id="needs",
        empty_title=_("No need matches the filters") if narrowed else _("No needs yet"),
        empty_text=_("Take off a filter, or search for another word.") if narrowed
        else _("Departments file here what they need; the digital unit answers."),
        empty_actions=_may_file(actor),
    )  # fmt: skip


# --- file and change --------------------------------------------------------------------


def _form(actor: Actor, data: Any = None, need: Need | None = None, **more: Any) -> TableForm:
    offers = {
        "unit": choices.units_where(actor, policy_intake.CREATE, keep=need.unit if need else None)
    }
    form = TableForm(NEEDS.pick(FILED), Need, data, row=need, offers=offers, **more)
    form.fields["description"].widget.attrs["rows"] = 6
    return form


@login_required
def need_new(request: HttpRequest) -> HttpResponse:
    """File a need: one line and the unit are enough."""
    actor = actor_of(request)
    policy_grants.require(actor, policy_intake.CREATE)
    people = Person.objects.select_related("unit")
    person = people.filter(pk=actor.person_id).first() if actor.person_id else None
    initial = {"unit": str(person.unit_id), "contact": person} if person else {}
    form = _form(actor, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            need = actions.file_need(actor=actor, values=form.values())
        except Invalid as error:
            form.take(error)
        else:
            text = _("Your need has been filed as %(number)s. You will hear from the digital unit.")
            messages.success(request, text % {"number": need.number})
            return redirect(address(need.pk))
    title = _("File a need")
    context = {
        "title": title,
        "subline": _("One line and your unit are enough. Everything else can follow."),
        "form": form,
        "submit_label": _("Send to the digital unit"),
        "cancel_url": reverse("portfolio:needs"),
        "crumbs": crumbs(None, title),
    }
    return render(request, "ui/form_page.html", context, status=_status(form))


def _status(form: Any) -> int:
    return 422 if form.is_bound and form.errors else 200


@login_required
def need_edit(request: HttpRequest, need_id: uuid.UUID) -> HttpResponse:
    """Change what was asked; a conflict shows both versions."""
    actor = actor_of(request)
    need = policy_intake.get_visible(actor, need_id)
    if not policy_intake.may_advise(actor, need):
        policy_intake.require_voice(actor, need)
    form = _form(actor, merged(request.POST) if request.method == "POST" else None, need)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_need(
                need_id, actor=actor, version=form.version, values=form.values(form.changed_names())
            )
        except Conflict:
            answer = _conflict(request, actor, form, need_id)
            if answer is not None:
                return answer
            return redirect(address(need_id))
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(address(need_id))
    context = {
        "title": _("Change the need"),
        "form": form,
        "cancel_url": address(need_id),
        "crumbs": crumbs(need, _("Edit")),
    }
    return render(request, "portfolio/edit.html", context, status=_status(form))


def _conflict(
    request: HttpRequest, actor: Actor, form: TableForm, need_id: uuid.UUID
) -> HttpResponse | None:
    need = policy_intake.get_visible(actor, need_id)
    found = conflict.context(
        form, _form(actor, need=need), object_title=need.title, cancel_url=address(need_id),
        crumbs=crumbs(need, _("Edit")),
    )  # fmt: skip
    return conflict.page(request, found) if found is not None else None


# --- one need ---------------------------------------------------------------------------


@login_required
def need_page(request: HttpRequest, need_id: uuid.UUID) -> HttpResponse:
    """What was asked, what was said, where it stands; for advisers also what to do."""
    actor = actor_of(request)
    need = policy_intake.get_visible(actor, need_id)
    case = need.case
    advising = policy_intake.may_advise(actor, need)
    reading = policy_intake.reads_notes(actor, need)
    speaking = policy_intake.speaks_for(actor, need)
    own = actor.person_id is not None and actor.person_id in (need.filed_by_id, need.contact_id)
    ties = intake.ties(actor, need)
    known = [tie.project_id or tie.need_id for tie in ties]
    is_open = case.state not in CLOSED_CASES
    context = {
        "title": need.title,
        "need": need,
        "case": case,
        "badge": intake_words.state_badge(case.state),
        "plain_state": intake_words.headline(case.state, advising=advising),
        "facts": _facts(need),
        "handling": _handling(need, advising=reading),
        "messages_of_case": intake.messages(need, advising=reading),
        "ties": ties,
        "alike": intake.alike(actor, need, known=[k for k in known if k]) if advising else [],
        "outcome": intake.outcome(actor, case),
        "advising": advising,
        "may_reply": speaking and is_open and (own or not advising),
        "is_open": is_open,
        "steps": _steps(need, advising=advising),
        "actions": _page_actions(need, change=is_open and (advising or speaking)),
        "crumbs": crumbs(need),
        "thread": thread(actor, "need", need),
    }
    return render(request, "portfolio/need.html", context)


def _page_actions(need: Need, *, change: bool) -> list[ui.Action]:
    if not change:
        return []
    return [ui.Action(_("Edit"), reverse("portfolio:need_edit", args=[need.pk]), icon="edit")]


def _facts(need: Need) -> list[tuple[Any, Any]]:
    return [
        (_("Asking unit"), need.unit.name),
        (_("Contact person"), str(need.contact or "–")),
        (_("Filed on"), need.filed_on),
        (_("Filed by"), str(need.filed_by or "–")),
        (_("Urgency"), need.get_urgency_display()),
        (_("Wished by"), need.wished or "–"),
        (_("Legal basis"), need.legal_basis or "–"),
        (_("Confidentiality"), need.get_confidentiality_display()),
    ]


def _handling(need: Need, *, advising: bool) -> list[tuple[Any, Any]]:
    case = need.case
    found: list[tuple[Any, Any]] = [
        (_("Handled by"), str(case.handler or _("nobody yet"))),
        (_("In this state since"), case.state_since),
    ]
    if case.handling_unit:
        found.append((_("Handling unit"), case.handling_unit.name))
    if advising:
        found.append((_("Estimated effort"), case.get_effort_display() or "–"))
        found.append((_("Recommendation"), case.recommendation or "–"))
    if case.decided_on:
        found.append((_("Decided on"), case.decided_on))
        found.append((_("Decided by"), case.decided_by))
    return found


def _steps(need: Need, *, advising: bool) -> list[ui.Link]:
    """What an adviser can do next, in the order in which it is usually done."""
    if not advising:
        return []
    from leitstand.portfolio.web.advice import STEPS  # that module draws this page's links

    return [
        ui.Link(step.label, reverse("portfolio:need_step", args=[need.pk, code]))
        for code, step in STEPS.items()
        if step.offered(need.case)
    ]
