"""Publish or withdraw many projects: see what is missing, then do it for those that are ready."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, DomainError, Invalid
from leitstand.core.base.models import Level
from leitstand.core.policy.grants import grants
from leitstand.core.ui import components as ui
from leitstand.portfolio import policy
from leitstand.portfolio.actions.projects import change_project, check, check_public
from leitstand.portfolio.models import Project
from leitstand.portfolio.tables import PROJECTS
from leitstand.portfolio.web import cells

PUBLISH, WITHDRAW = "publish", "withdraw"
CHOICES = (
    (PUBLISH, gettext_lazy("Publication: publish")),
    (WITHDRAW, gettext_lazy("Publication: withdraw")),
)
_RULES = ("title", "start", "end", "due", "due_kind", "progress", "confidentiality")
_TEXTS = ("public_text", "public_contact")


@dataclass(frozen=True)
class _Judged:
    """A selected project and what stands in the way; ``same`` if there is nothing to do."""

    one: Any
    missing: tuple[str, ...]
    same: bool

    @property
    def ready(self) -> bool:
        return not self.missing and not self.same


def may_publish(actor: Actor) -> bool:
    """Whether the actor may publish anywhere."""
    return bool(grants(actor, policy.PUBLISH))


def change(request: HttpRequest, actor: Actor, name: str, context: dict[str, Any]) -> HttpResponse:
    """Show who is ready and what the others lack; with ``step=apply`` publish or withdraw."""
    publish = name == PUBLISH
    judged = [_judge(one, actor, publish) for one in context["chosen"]]
    context |= {
        "heading": _("Publish projects") if publish else _("Withdraw projects"),
        "publish": publish,
        "crumbs": [context["crumbs"][0], ui.Link(str(dict(CHOICES)[name]))],
    }
    if request.POST.get("step") != "apply":
        ready = [one for one in judged if one.ready]
        return render(request, "portfolio/bulk_publish.html", {
            **context, "ready": [one.one for one in ready], "go": _button(publish, len(ready)),
            "waiting": sum(bool(one.missing) for one in judged),
            "table": _preview(judged, publish),
        })  # fmt: skip
    done, failed = _apply(judged, actor, publish)
    return render(request, "portfolio/bulk_result.html", {
        **context, "done": done, "failed": len(failed), "table": _failures(failed),
        "text": _done_text(publish, done),
    })  # fmt: skip


def _judge(one: Any, actor: Actor, publish: bool) -> _Judged:
    project: Project = one.project
    if project.published == publish:
        return _Judged(one, (), same=True)
    missing = list(_lacking(project)) if publish else []
    if not actor.is_system and (
        grants(actor, policy.PUBLISH).level_in(project.lead_unit_id) < Level.PUBLIC
    ):
        missing.append(_("You may not publish projects of this unit or withdraw them."))
    return _Judged(one, tuple(missing), same=False)


def _lacking(project: Project) -> list[str]:
    """What a page for the public still needs, by the rules of the action itself."""
    values = {name: getattr(project, name) for name in (*_RULES, *_TEXTS)}
    values |= {"lead_unit": project.lead_unit_id, "published": True}
    found: list[str] = []
    for rule in (check, check_public):
        try:
            rule(values)
        except Invalid as problem:
            found += [_short(name, texts) for name, texts in problem.errors.items()]
    return found


def _short(name: str, texts: Sequence[Any]) -> str:
    """What is missing as a list of things to do; a broken rule keeps its sentence."""
    if name == "published":
        return _("level “public”")
    return str(PROJECTS[name].label) if name in _TEXTS else " ".join(map(str, texts))


def _apply(
    judged: Sequence[_Judged], actor: Actor, publish: bool
) -> tuple[int, list[tuple[Any, str]]]:
    """Each project in a transaction of its own, with an event of its own."""
    failed: list[tuple[Any, str]] = []
    done = 0
    for each in judged:
        one = each.one
        if each.same:
            continue
        if each.missing:
            failed.append((one, "; ".join(each.missing)))
            continue
        try:
            change_project(
                one.project.pk, actor=actor, version=one.version, values={"published": publish}
            )
        except Conflict:
            failed.append((one, _("Somebody else has changed this project in the meantime.")))
        except DomainError as problem:
            failed.append((one, problem.text))
        else:
            done += 1
    return done, failed


def _button(publish: bool, number: int) -> str:
    if publish:
        text = ngettext("Publish %(number)d project", "Publish %(number)d projects", number)
    else:
        text = ngettext("Withdraw %(number)d project", "Withdraw %(number)d projects", number)
    return text % {"number": number}


def _done_text(publish: bool, number: int) -> str:
    if publish:
        text = ngettext(
            "%(number)d project is public now.", "%(number)d projects are public now.", number
        )
    else:
        text = ngettext(
            "%(number)d project was withdrawn from the public pages.",
            "%(number)d projects were withdrawn from the public pages.", number,
        )  # fmt: skip
    return text % {"number": number}


def _preview(judged: Sequence[_Judged], publish: bool) -> ui.DataTable:
    """Those that lack something first: they are the work still to do."""
    rows = [
        ui.Row([cells.title_cell(each.one.row), *_verdict(each, publish)],
               kind="warning" if each.missing else "")
        for each in sorted(judged, key=lambda each: not each.missing)
    ]  # fmt: skip
    heads = [
        ui.Column("title", PROJECTS["title"].label),
        ui.Column("verdict", _("What happens"), nowrap=True),
        ui.Column("missing", _("Still missing")),
    ]
    return ui.DataTable(
        _("Selected projects"), heads, rows, id="preview",
        empty_title=_("No project selected"),
        empty_text=_("Go back and tick the projects that you may change."),
    )  # fmt: skip


def _verdict(each: _Judged, publish: bool) -> tuple[ui.Cell, ui.Cell]:
    if each.missing:
        edit = reverse("portfolio:edit", args=[each.one.project.pk])
        what = ui.Cell(badge=ui.Badge(_("not yet possible"), "warning"))
        return what, ui.Cell("; ".join(each.missing), url=edit)
    if each.same:
        text = _("is public already") if publish else _("is not public")
        return ui.Cell(badge=ui.Badge(text, "neutral")), ui.Cell("")
    text = _("will be published") if publish else _("will be withdrawn")
    return ui.Cell(badge=ui.Badge(text, "success")), ui.Cell("")


def _failures(failed: Sequence[tuple[Any, str]]) -> ui.DataTable:
    rows = [ui.Row([cells.title_cell(one.row), why], kind="warning") for one, why in failed]
    heads = [ui.Column("title", PROJECTS["title"].label), ui.Column("why", _("Reason"))]
    return ui.DataTable(_("Not changed"), heads, rows, id="failed", caption_visible=True)
