"""One page for every simple form, with the conflict page behind it; one to ask before doing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from leitstand.core.base.errors import Conflict, Invalid, Unavailable
from leitstand.core.ui import problems
from leitstand.core.ui.components import DiffField, Link

Make = Callable[[Any], forms.Form]


class VersionForm(forms.Form):
    """A form that knows which version of the row it was opened with."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    widths: dict[str, str] = {}


def edit(
    request: HttpRequest,
    make: Make,
    save: Callable[[dict[str, Any]], Any],
    *,
    title: str,
    back: Callable[[Any], str],
    cancel_url: str,
    crumbs: Sequence[Link],
    submit: str = "",
    subline: str = "",
    links: Sequence[Link] = (),
) -> HttpResponse:
    """Show the form that ``make`` gives, or save its values and go ``back``.

    With a hidden ``version`` in the form a conflict shows both versions, field by field.
    """
    form = make(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            result = save(form.cleaned_data)
        except Conflict as problem:
            fields = differences(form, make(None))
            if not fields:
                return redirect(cancel_url)
            return problems.conflict(
                request, problem, fields=fields, object_title=title, cancel_url=cancel_url
            )
        except Invalid as problem:
            for name, texts in problem.errors.items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            messages.success(request, _("Saved."))
            return redirect(back(result))
    context = {"title": title, "form": form, "cancel_url": cancel_url, "crumbs": crumbs,
               "submit_label": submit or _("Save"), "subline": subline,
               "links": links}  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "ui/form_page.html", context, status=status)


def differences(form: forms.Form, fresh: forms.Form) -> list[DiffField]:
    """The fields in which what was sent and what is stored now differ."""
    found = []
    for bound in form:
        if bound.is_hidden:
            continue
        mine, theirs = _raw(bound), _raw(fresh[bound.name])
        if mine != theirs:
            words = dict(_choices(bound.field))
            found.append(
                DiffField(bound.name, bound.label, words.get(mine, mine), words.get(theirs, theirs),
                          mine_value=mine, theirs_value=theirs)
            )  # fmt: skip
    return found


def _choices(field: forms.Field) -> list[tuple[str, str]]:
    listed = getattr(field, "choices", ())
    return [(str(value), str(label).strip()) for value, label in listed]


def _raw(bound: forms.BoundField) -> str:
    """The value as the form would post it."""
    value = bound.value()
    if isinstance(bound.field, forms.BooleanField):
        return "on" if value else ""
    shown = bound.field.widget.format_value(value) if value is not None else ""
    if isinstance(shown, list | tuple):
        shown = shown[0] if shown else ""
    return str(shown or "").replace("\r\n", "\n")


def ask(
    request: HttpRequest,
    do: Callable[[], Any],
    *,
    title: str,
    lines: Sequence[str],
    back: str,
    done: str,
    crumbs: Sequence[Link],
    danger: bool = True,
    version: int | None = None,
    gone: str = "",
) -> HttpResponse:
    """Ask, then ``do`` it and go ``back``, or to ``gone`` where ``back`` is there no longer.

    The form carries ``version``; ``version_of`` reads it.
    """
    if request.method == "POST":
        try:
            do()
        except (Conflict, Invalid, Unavailable) as problem:
            messages.warning(request, problem.text)
        else:
            messages.success(request, done)
            return redirect(gone or back)
        return redirect(back)
    context = {"title": title, "lines": lines, "action": request.get_full_path(), "danger": danger,
               "confirm_label": title, "cancel_url": back, "crumbs": crumbs,
               "form": VersionForm(initial={"version": version}) if version else None}  # fmt: skip
    return render(request, "ui/confirm.html", context)


def version_of(request: HttpRequest, present: int) -> int:
    """The version that whoever was asked has seen; 0, which is none, if the form says nothing."""
    text = request.POST.get("version", "")
    if request.method != "POST":
        return present
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
