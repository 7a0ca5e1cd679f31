"""Pages of accounts: list, create, change, password, roles with unit and validity."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from leitstand.core.accounts import actions
from leitstand.core.accounts.identity import actor_of
from leitstand.core.accounts.models import Account
from leitstand.core.administration import views_of_accounts as views
from leitstand.core.administration.access import carried_out, may, needs, paged
from leitstand.core.administration.choices import DayField, PersonField, UnitField, role_choices
from leitstand.core.base.errors import Invalid, NotFound
from leitstand.core.policy.actions import ASSIGN, assign_role, withdraw_role
from leitstand.core.policy.models import RoleAssignment
from leitstand.core.ui.components import Action

_FORM = "ui/form_page.html"


class _FilterForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name or e-mail"), required=False, max_length=100)
    role = forms.ChoiceField(label=gettext_lazy("Role"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("Condition"),
        required=False,
        choices=[
            ("", gettext_lazy("all")),
            ("active", gettext_lazy("enabled")),
            ("disabled", gettext_lazy("disabled")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("all")), *role_choices()]  # type: ignore[attr-defined]


class _PasswordForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy(
            "At least 12 characters. Hand it over in person and ask that it be changed."
        ),
    )


class _AccountForm(forms.Form):
    username = forms.CharField(label=gettext_lazy("User name"), max_length=150)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        help_text=gettext_lazy("The city's log-in finds the account by it."),
    )
    person = PersonField(required=False)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy(
            "At least 12 characters. Empty means that only the city's log-in works."
        ),
    )


class _ChangeForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    person = PersonField(required=False)
    is_active = forms.BooleanField(
        label=gettext_lazy("Enabled"),
        required=False,
        help_text=gettext_lazy("Without the tick all sessions and access tokens end at once."),
    )


class _RoleForm(forms.Form):
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    unit = UnitField(
        label=gettext_lazy("Holds for"), required=False, empty=gettext_lazy("the whole city")
    )
    with_subunits = forms.BooleanField(
        label=gettext_lazy("Also for the units below"), required=False, initial=True
    )
    valid_from = DayField(label=gettext_lazy("From"), required=False)
    valid_until = DayField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Empty means without end."),
    )
    widths = {"valid_from": "half", "valid_until": "half"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices()  # type: ignore[attr-defined]


@needs(actions.MANAGE)
def accounts(request: HttpRequest) -> HttpResponse:
    """List accounts with their roles; 50 to a page."""
    form = _FilterForm(request.GET or None)
    values = form.cleaned_data if form.is_valid() else {}
    second_factor = Authenticator.objects.filter(user=OuterRef("pk")).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    found = Account.objects.select_related("person").annotate(has_factor=Exists(second_factor))
    for word in str(values.get("q", "")).split():
        found = found.filter(
            Q(username__icontains=word)
            | Q(email__icontains=word)
            | Q(person__given_name__icontains=word)
            | Q(person__family_name__icontains=word)
        )
    if values.get("role"):
        held = RoleAssignment.objects.filter(account=OuterRef("pk"), role=values["role"])
        found = found.filter(Exists(held))
    if values.get("state"):
        found = found.filter(is_active=values["state"] == "active")
    roles = Prefetch("roles", RoleAssignment.objects.select_related("unit"))
    page = paged(request, found.prefetch_related(roles))
    context = {
        "title": _("Accounts"),
        "form": form,
        "page": page,
        "table": views.accounts_table(list(page)),
        "actions": [
            Action(_("New account"), reverse("administration:account_new"), "primary", "add")
        ],
    }
    return render(request, "administration/accounts.html", context)


@sensitive_post_parameters("password")
@needs(actions.MANAGE)
def account_new(request: HttpRequest) -> HttpResponse:
    """Create an account."""
    form = _AccountForm(request.POST or None)
    made: list[Account] = []

    def create(values: dict[str, Any]) -> None:
        values = {**values, "password": values["password"] or None}
        made.append(actions.create_account(actor=actor_of(request), **values))

    if request.method == "POST" and carried_out(form, create):
        messages.success(request, _("The account has been created. Now give it a role."))
        return redirect("administration:account_edit", made[0].id)
    return _page(request, form, _("New account"), _("Create"))


@needs(actions.MANAGE)
def account_edit(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Show and change one account: e-mail, person, state, roles, tokens."""
    found = _account(account_id)
    initial = {"email": found.email, "person": found.person_id, "is_active": found.is_active}
    form = _ChangeForm(request.POST or None, initial=initial)
    actor = actor_of(request)
    if request.method == "POST" and carried_out(
        form, lambda values: actions.change_account(found, actor=actor, **values)
    ):
        messages.success(request, _("The account has been changed."))
        return redirect("administration:account_edit", found.id)
    found.refresh_from_db()
    assignable = may(actor, ASSIGN)
    context = {
        **views.account_page(found, assignable=assignable),
        "form": form,
        "role_form": _RoleForm(auto_id="role_%s") if assignable else None,
    }
    return render(request, "administration/account_edit.html", context)


def _account(account_id: uuid.UUID) -> Account:
    found = Account.objects.select_related("person").filter(pk=account_id).first()
    if found is None:
        raise NotFound
    return found


@sensitive_post_parameters("password")
@needs(actions.MANAGE)
def account_password(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Set another password; all sessions of the account end."""
    found = _account(account_id)
    form = _PasswordForm(request.POST or None)
    if request.method == "POST" and carried_out(
        form, lambda values: actions.change_account(found, actor=actor_of(request), **values)
    ):
        messages.success(request, _("The password has been set."))
        return redirect("administration:account_edit", found.id)
    return _page(request, form, _("Set password"), _("Set password"), found)


@needs(actions.MANAGE)
def account_factors(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Take the second factor off an account whose owner has lost it."""
    found = _account(account_id)
    if request.method == "POST":
        actions.remove_factors(found, actor=actor_of(request))
        messages.success(request, _("The second factor has been removed."))
        return redirect("administration:account_edit", found.id)
    context = {
        "title": _("Remove second factor"),
        "lines": [
            _("%(name)s can then log in with the password alone.") % {"name": found.display_name},
            _("Do this only if you are sure that it is this person who asks for it."),
        ],
        "action": request.path,
        "danger": True,
        "cancel_url": reverse("administration:account_edit", args=[found.id]),
        "crumbs": views.crumbs(found, _("Remove second factor")),
    }
    return render(request, "ui/confirm.html", context)


@needs(ASSIGN)
def role_assign(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Give an account a role."""
    found = _account(account_id)
    form = _RoleForm(request.POST or None)
    if request.method == "POST" and carried_out(
        form, lambda values: assign_role(found, actor=actor_of(request), **values)
    ):
        messages.success(request, _("The role has been assigned."))
        return redirect("administration:account_edit", found.id)
    return _page(request, form, _("Assign a role"), _("Assign"), found)


@needs(ASSIGN)
def role_withdraw(
    request: HttpRequest, account_id: uuid.UUID, assignment_id: uuid.UUID
) -> HttpResponse:
    """Take a role from an account."""
    found = _account(account_id)
    here = reverse("administration:account_edit", args=[found.id])
    assignment = found.roles.select_related("unit").filter(pk=assignment_id).first()
    if assignment is None:
        raise NotFound
    if request.method == "POST":
        try:
            with transaction.atomic():
                withdraw_role(assignment.id, actor=actor_of(request))
        except Invalid as problem:
            messages.error(request, problem.text)
        else:
            messages.success(request, _("The role has been withdrawn."))
        return redirect(here)
    context = {
        "title": _("Withdraw role"),
        "lines": [f"{found.display_name}: {views.role_text(assignment)}"],
        "action": request.path,
        "cancel_url": here,
        "danger": True,
        "crumbs": views.crumbs(found, _("Withdraw role")),
    }
    return render(request, "ui/confirm.html", context)


def _page(
    request: HttpRequest, form: forms.Form, title: str, label: str, found: Account | None = None
) -> HttpResponse:
    back = reverse("administration:accounts")
    if found:
        back = reverse("administration:account_edit", args=[found.id])
    context = {
        "form": form,
        "title": title,
        "preline": found.display_name if found else "",
        "submit_label": label,
        "cancel_url": back,
        "crumbs": views.crumbs(found, title),
    }
    return render(request, _FORM, context)
