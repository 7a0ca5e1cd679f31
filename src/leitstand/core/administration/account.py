"""The page "My account" and one's own access tokens."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from leitstand.core.accounts import actions
from leitstand.core.accounts.identity import actor_of
from leitstand.core.accounts.models import Account, ApiToken
from leitstand.core.administration import views_of_accounts as views
from leitstand.core.administration.access import carried_out
from leitstand.core.administration.choices import DayField
from leitstand.core.base import clock
from leitstand.core.base.errors import NotFound
from leitstand.core.ui.components import Action, Link

_TOKEN_DAYS = 90


class _TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("What the token is for, for example “Monthly report”."),
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("Allowed to"),
        choices=ApiToken.Scope.choices,
        help_text=gettext_lazy("A token never may do more than you yourself."),
    )
    expires_on = DayField(label=gettext_lazy("Last day"))


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Show the person's own account: facts, second factor, sessions, roles, tokens."""
    mine = _own(request)
    factors = Authenticator.objects.filter(user=mine)
    context = {
        "title": _("My account"),
        "subline": mine.display_name,
        "facts": _facts(mine),
        "factors": views.factors_text(factors),
        "languages": settings.LANGUAGES,
        "sessions": UserSession.objects.filter(user=mine).count(),
        "has_password": mine.has_usable_password(),
        "roles": views.roles_table(mine.roles.select_related("unit"), None),
        "tokens": views.tokens_table(mine.tokens.all()),
        "token_actions": [Action(_("New access token"), reverse("administration:token_new"))],
    }
    return render(request, "administration/account.html", context)


def _own(request: HttpRequest) -> Account:
    if not isinstance(request.user, Account):
        raise TypeError("only for views behind login_required")
    return request.user


def _facts(mine: Account) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [
        (_("Name"), mine.display_name),
        (_("User name"), mine.username),
        (_("E-mail"), mine.email),
    ]
    if mine.person:
        facts.append((_("Unit"), str(mine.person.unit)))
    if settings.CONFIG.oidc:
        linked = SocialAccount.objects.filter(user=mine).exists()
        facts.append((_("The city's log-in"), _("connected") if linked else _("not connected")))
    return facts


@require_POST
@login_required
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language that the person reads; also sets the cookie of this browser."""
    chosen = request.POST.get("language", "")
    actions.choose_language(_own(request), actor=actor_of(request), language=chosen)
    response = redirect("administration:account")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=365 * 24 * 60 * 60,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@never_cache
@login_required
def token_new(request: HttpRequest) -> HttpResponse:
    """Create an access token for oneself and show its text, this once."""
    proposed = clock.today() + timedelta(days=_TOKEN_DAYS)
    form = _TokenForm(request.POST or None, initial={"expires_on": proposed, "scope": "read"})
    made: list[tuple[ApiToken, str]] = []
    if request.method == "POST" and carried_out(
        form,
        lambda values: made.append(
            actions.create_token(
                _own(request),
                actor=actor_of(request),
                name=values["name"],
                scope=values["scope"],
                expires_at=timezone.make_aware(datetime.combine(values["expires_on"], time.max)),
            )
        ),
    ):
        token, text = made[0]
        context = {"title": _("Your new access token"), "token": token, "text": text}
        return render(request, "administration/token_shown.html", context)
    context = {
        "form": form,
        "title": _("New access token"),
        "submit_label": _("Create"),
        "cancel_url": reverse("administration:account"),
        "crumbs": _crumbs(_("New access token")),
    }
    return render(request, "ui/form_page.html", context)


@login_required
def token_revoke(request: HttpRequest, token_id: uuid.UUID) -> HttpResponse:
    """Revoke one's own token; people who manage accounts may revoke any."""
    actor = actor_of(request)
    token = ApiToken.objects.select_related("account").filter(pk=token_id).first()
    if token is None or not actions.may_revoke(token, actor):
        raise NotFound
    own = token.account_id == actor.account_id
    back = reverse("administration:account")
    if not own:
        back = reverse("administration:account_edit", args=[token.account_id])
    if request.method == "POST":
        actions.revoke_token(token.id, actor=actor)
        messages.success(request, _("The access token has been revoked."))
        return redirect(back)
    context = {
        "title": _("Revoke access token"),
        "lines": [
            _("“%(name)s” stops working at once. This cannot be undone.") % {"name": token.name}
        ],
        "action": request.path,
        "danger": True,
        "cancel_url": back,
        "crumbs": _crumbs(_("Revoke access token")),
    }
    return render(request, "ui/confirm.html", context)


def _crumbs(title: str) -> list[Link]:
    return [Link(_("My account"), reverse("administration:account")), Link(title)]
