"""Pages that explain rights: every role in plain words, and why somebody may do something."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.accounts.identity import actor_of, of_account
from leitstand.core.accounts.models import Account
from leitstand.core.administration import views_of_accounts as views
from leitstand.core.administration.access import may
from leitstand.core.administration.choices import UnitField
from leitstand.core.base.actor import Actor
from leitstand.core.base.models import Level
from leitstand.core.policy import grants, registry
from leitstand.core.ui.components import Link


class _WhyForm(forms.Form):
    permission = forms.ChoiceField(label=gettext_lazy("What"))
    unit = UnitField(
        label=gettext_lazy("In which unit"), required=False, empty=gettext_lazy("anywhere")
    )
    level = forms.TypedChoiceField(
        label=gettext_lazy("Confidentiality"), coerce=int, choices=Level.choices, initial=1
    )
    account = forms.ChoiceField(label=gettext_lazy("Who"), required=False)

    def __init__(self, *args: Any, others: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [(p.code, f"{p.label} ({p.help})") for p in registry.permissions]
        self.fields["permission"].choices = listed  # type: ignore[attr-defined]
        if others:
            accounts = Account.objects.select_related("person")
            names = [(str(a.id), f"{a.display_name} ({a.username})") for a in accounts]
            self.fields["account"].choices = [("", _("myself")), *names]  # type: ignore[attr-defined]
        else:
            del self.fields["account"]


def _tabs(current: str) -> list[Link]:
    names = [("roles", _("Roles")), ("why", _("Why may I do this?"))]
    return [
        Link(label, reverse(f"administration:{name}"), current=name == current)
        for name, label in names
    ]


@login_required
def roles(request: HttpRequest) -> HttpResponse:
    """Explain every role: what it sees and what it may do."""
    mine = grants.roles_of(actor_of(request))
    explained = [
        {
            "role": role,
            "mine": role.code in mine,
            "facts": views.role_facts(role),
            "permissions": registry.permissions_of(role.code),
        }
        for role in registry.roles
    ]
    context = {"title": _("Roles and rights"), "tabs": _tabs("roles"), "roles": explained}
    return render(request, "administration/roles.html", context)


@login_required
def why(request: HttpRequest) -> HttpResponse:
    """Answer for a permission, a unit and a level: allowed or not, and by which rule."""
    actor = actor_of(request)
    form = _WhyForm(request.GET or None, others=may(actor, "policy.assign"))
    answer = None
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        answer = grants.why(
            _asked(values.get("account", ""), actor),
            values["permission"],
            unit_id=values["unit"].id if values["unit"] else None,
            level=values["level"],
        )
    context = {
        "title": _("Why may I do this?"),
        "tabs": _tabs("why"),
        "form": form,
        "answer": answer,
    }
    return render(request, "administration/why.html", context)


def _asked(account_id: str, actor: Actor) -> Actor:
    """Return the actor of the account that is asked about; the form has checked who may ask."""
    if not account_id:
        return actor
    return of_account(Account.objects.select_related("person").get(pk=account_id))
