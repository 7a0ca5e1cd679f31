"""Pages of comments: write, change, remove, find a name."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Conflict, Invalid, NotAllowed, NotFound
from leitstand.core.base.kinds import resource_kinds
from leitstand.core.comments import actions, policy, queries, texts
from leitstand.core.comments.models import Comment
from leitstand.core.org.models import Person
from leitstand.core.policy.grants import require
from leitstand.core.ui.components import Link

_MOST_NAMES = 12


class CommentForm(forms.Form):
    """The text, and a person to mention by name."""

    text = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=texts.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Plain text. Mention people as @Given Family."),
    )
    mention = forms.CharField(
        label=gettext_lazy("Mention a person (name or e-mail address)"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def person(self) -> list[Person]:
        """The person to mention; ``Invalid`` with proposals if the name fits nobody or several."""
        name = " ".join((self.cleaned_data.get("mention") or "").lstrip("@").split())
        if not name:
            return []
        people = list(find_people(name))
        exact = [p for p in people if name.casefold() in (str(p).casefold(), p.email.casefold())]
        people = exact or people
        if len(people) == 1:
            return people
        if not people:
            raise Invalid(_("Nobody is called “%(name)s”.") % {"name": name}, field="mention")
        names = "; ".join(f"{p} ({p.email or p.unit})" for p in people)
        text = _("Whom do you mean? %(names)s. Write the name in full or the e-mail address.")
        raise Invalid(text % {"names": names}, field="mention")


def find_people(text: str) -> Any:
    """Active people whose name or address holds every word of the text."""
    clause = Q(active=True)
    for word in text.split()[:4]:
        clause &= (
            Q(given_name__icontains=word) | Q(family_name__icontains=word) | Q(email__iexact=word)
        )
    return Person.objects.filter(clause).select_related("unit")[:_MOST_NAMES]


@login_required
def people(request: HttpRequest) -> HttpResponse:
    """Names for the mention field as options of its list; for those who may write comments."""
    require(actor_of(request), policy.WRITE)
    text = request.GET.get("mention", "").lstrip("@").strip()[:100]
    rows = find_people(text) if len(text) > 1 else []
    pairs = [(str(person), str(person.unit)) for person in rows]
    return HttpResponse(format_html_join("", '<option value="{}">{}</option>', pairs))


def _there(actor: Actor, kind: str, object_id: uuid.UUID) -> tuple[Any, str, str]:
    """The object with its title and address."""
    thing = policy.seen(actor, kind, object_id)
    about = resource_kinds[kind]
    return thing, about.title(thing), about.url(thing)


def _crumbs(title: str, url: str, here: str) -> list[Link]:
    return [Link(title, f"{url}#kommentare"), Link(here)]


def _take(form: forms.Form, error: Invalid) -> None:
    for name, found in error.errors.items():
        form.add_error(name if name in form.fields else None, found)


@login_required
def post(request: HttpRequest, kind: str, object_id: uuid.UUID) -> HttpResponse:
    """Write a comment; a refused one comes back with its text and the reason."""
    actor = actor_of(request)
    _thing, title, url = _there(actor, kind, object_id)
    require(actor, policy.WRITE)
    form = CommentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            comment = actions.post(
                kind, object_id, actor=actor, text=form.cleaned_data["text"], mention=form.person()
            )
        except Invalid as error:
            _take(form, error)
        else:
            messages.success(request, _("Your comment has been saved."))
            return redirect(f"{url}#kommentar-{comment.pk}")
    here = _("Write a comment")
    context = {"title": here, "subline": title, "form": form, "submit_label": _("Save comment"),
               "cancel_url": f"{url}#kommentare", "crumbs": _crumbs(title, url, here)}  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "ui/form_page.html", context, status=status)


def _comment(comment_id: uuid.UUID) -> Comment:
    comment = Comment.objects.filter(pk=comment_id).first()
    if comment is None:
        raise NotFound
    return comment


@login_required
def edit(request: HttpRequest, comment_id: uuid.UUID) -> HttpResponse:
    """Change one's own comment."""
    actor = actor_of(request)
    comment = _comment(comment_id)
    _thing, title, url = _there(actor, comment.kind, comment.object_id)
    if not actions.may_edit(actor, comment):
        raise NotAllowed(_("Only your own comments can be changed, for 24 hours."))
    form = CommentForm(
        request.POST if request.method == "POST" else None, initial={"text": comment.text}
    )
    del form.fields["mention"]
    version = request.POST.get("version", "")
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit(
                comment_id, actor=actor, text=form.cleaned_data["text"],
                version=int(version) if version.isdecimal() and len(version) < 10 else 0,
            )  # fmt: skip
        except Invalid as error:
            _take(form, error)
        except Conflict as error:
            form.add_error(None, error.text)
        else:
            messages.success(request, _("Saved."))
            return redirect(f"{url}#kommentar-{comment_id}")
    here = _("Edit comment")
    context = {"title": here, "subline": title, "form": form, "submit_label": _("Save"),
               "version": comment.version, "cancel_url": f"{url}#kommentar-{comment_id}",
               "crumbs": _crumbs(title, url, here)}  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "ui/form_page.html", context, status=status)


class ReasonForm(forms.Form):
    """Why somebody else's comment is removed."""

    text = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


@login_required
def remove(request: HttpRequest, comment_id: uuid.UUID) -> HttpResponse:
    """Remove a comment, after a question; others' comments with a reason."""
    actor = actor_of(request)
    comment = _comment(comment_id)
    thing, title, url = _there(actor, comment.kind, comment.object_id)
    own = actor.account_id is not None and comment.author_id == actor.account_id
    if not own and not policy.may_moderate(actor, comment.kind, thing):
        raise NotAllowed(_("You may remove your own comments only."))
    data = request.POST if request.method == "POST" else None
    form: forms.Form = forms.Form(data) if own else ReasonForm(data)
    if request.method == "POST" and form.is_valid():
        actions.remove(comment_id, actor=actor, reason=form.cleaned_data.get("text", ""))
        messages.success(request, _("Removed."))
        return redirect(f"{url}#kommentare")
    here = _("Remove comment")
    line = _("The text is deleted; that there was a comment stays visible.")
    context = {"title": here, "lines": [comment.text, line], "form": form, "action": request.path,
               "confirm_label": _("Remove"), "danger": True, "cancel_url": f"{url}#kommentare",
               "crumbs": _crumbs(title, url, here)}  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "ui/confirm.html", context, status=status)


def start_section(actor: Actor) -> dict[str, Any] | None:
    """Comments that mention the reader."""
    found = queries.mentions_of(actor)
    return {"title": _("Mentions of you"), "id": "mentions", "mentions": found} if found else None
