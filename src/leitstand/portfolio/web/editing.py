"""One page for every form that creates or changes something, with the conflict page behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from leitstand.core.base.errors import Conflict, Invalid
from leitstand.core.comments.queries import Thread
from leitstand.core.ui.components import Link
from leitstand.portfolio.web import conflict
from leitstand.portfolio.web.forms import TableForm


def edit(
    request: HttpRequest,
    form: TableForm,
    save: Callable[[], Any],
    *,
    title: str,
    back: Callable[[Any], str],
    cancel_url: str,
    crumbs: Sequence[Link] = (),
    fresh: Callable[[], TableForm] | None = None,
    submit: str = "",
    subline: str = "",
    thread: Thread | None = None,
) -> HttpResponse:
    """Show the form, or save it and go ``back`` (an address, given what ``save`` returned).

    ``fresh`` makes an unsent form over the present row; with it a conflict shows both versions.
    ``thread`` are comments on the object, shown below the form.
    """
    if request.method == "POST" and form.is_valid():
        try:
            result = save()
        except Conflict:
            found = _versions(form, fresh, title, cancel_url, crumbs)
            if found is not None:
                return conflict.page(request, found)
            return redirect(cancel_url)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(back(result))
    context = {"title": title, "form": form, "cancel_url": cancel_url, "crumbs": crumbs,
               "submit_label": submit or _("Save"), "subline": subline, "thread": thread}  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    template = "portfolio/edit.html" if fresh else "ui/form_page.html"
    return render(request, template, context, status=status)


def _versions(
    form: TableForm,
    fresh: Callable[[], TableForm] | None,
    title: str,
    cancel_url: str,
    crumbs: Sequence[Link],
) -> dict[str, Any] | None:
    if fresh is None:
        raise AssertionError("a new entry cannot meet a conflict")
    return conflict.context(form, fresh(), object_title=title, cancel_url=cancel_url, crumbs=crumbs)


class ReasonedForm(forms.Form):
    """A question with, if asked for, a text."""

    def __init__(self, label: str, data: Any = None) -> None:
        super().__init__(data)
        if label:
            self.fields["text"] = forms.CharField(
                label=label, widget=forms.Textarea(attrs={"rows": 4})
            )


def confirm(
    request: HttpRequest,
    do: Callable[[str], Any],
    *,
    title: str,
    lines: Sequence[str],
    back: str,
    label: str = "",
    text_label: str = "",
    danger: bool = False,
    done: str = "",
    crumbs: Sequence[Link] = (),
    version: int | None = None,
) -> HttpResponse:
    """Ask, with a text if ``text_label`` names one, then ``do`` it and go ``back``."""
    form = ReasonedForm(text_label, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            do(form.cleaned_data.get("text", ""))
        except (Conflict, Invalid) as error:
            form.add_error(None, error.text)
        else:
            messages.success(request, done or _("Saved."))
            return redirect(back)
    context = {
        "title": title, "lines": lines, "form": form, "action": request.path,
        "confirm_label": label or title, "danger": danger, "cancel_url": back, "crumbs": crumbs,
        "version": version,
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    template = "portfolio/remove.html" if version is not None else "ui/confirm.html"
    return render(request, template, context, status=status)


def seen_version(request: HttpRequest) -> int:
    """The version that a question was asked for; 0 matches none."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0
