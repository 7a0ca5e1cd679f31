"""What the pages of accounts and roles show, as view models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from leitstand.core.accounts.models import Account, ApiToken
from leitstand.core.base import clock
from leitstand.core.base.models import Level
from leitstand.core.policy import registry
from leitstand.core.policy.models import RoleAssignment
from leitstand.core.policy.registry import Role
from leitstand.core.ui.components import (
    Action,
    Badge,
    Cell,
    Column,
    DataTable,
    Link,
    Row,
)


def crumbs(account: Account | None, title: str) -> Sequence[Link]:
    """Return the breadcrumb of a page about an account."""
    links = [Link(_("Accounts"), reverse("administration:accounts"))]
    if account:
        here = reverse("administration:account_edit", args=[account.id])
        links.append(Link(account.display_name, here))
    return [*links, Link(title)] if title else links


def role_text(assignment: RoleAssignment) -> str:
    """Return a role with its reach in words: "Head of unit – Kämmerei and the units below"."""
    role = registry.roles[assignment.role].label if assignment.role in registry.roles else None
    name = str(role or assignment.role)
    if assignment.unit is None:
        return _("%(role)s – whole city") % {"role": name}
    facts = {"role": name, "unit": assignment.unit.name}
    if assignment.with_subunits:
        return _("%(role)s – %(unit)s and the units below") % facts
    return _("%(role)s – %(unit)s alone") % facts


def validity(assignment: RoleAssignment) -> str:
    """Return in words since when and until when the assignment holds."""
    parts = []
    if assignment.valid_from:
        day = date_format(assignment.valid_from, "SHORT_DATE_FORMAT")
        parts.append(_("from %(day)s") % {"day": day})
    if assignment.valid_until:
        day = date_format(assignment.valid_until, "SHORT_DATE_FORMAT")
        parts.append(_("until %(day)s") % {"day": day})
    return " ".join(parts) or _("without end")


def is_current(assignment: RoleAssignment) -> bool:
    """Whether the assignment holds today."""
    today = clock.today()
    begun = assignment.valid_from is None or assignment.valid_from <= today
    return begun and (assignment.valid_until is None or assignment.valid_until >= today)


def accounts_table(accounts: Iterable[Account]) -> DataTable:
    """Return the list of accounts; roles must be prefetched, ``has_factor`` annotated."""
    rows = [
        Row(
            [
                Cell(account.username, reverse("administration:account_edit", args=[account.id])),
                Cell(str(account.person or "")),
                account.email,
                Cell("; ".join(role_text(role) for role in account.roles.all())),
                Cell(_("yes") if getattr(account, "has_factor", False) else _("no")),
                Cell(badge=_state(account)),
            ]
        )
        for account in accounts
    ]
    return DataTable(
        caption=_("Accounts"),
        columns=[
            Column("username", _("User name")),
            Column("person", _("Person")),
            Column("email", _("E-mail")),
            Column("roles", _("Roles")),
            Column("factor", _("Second factor")),
            Column("state", _("Condition")),
        ],
        rows=rows,
        empty_title=_("No account fits."),
        empty_text=_("Change the filter, or create an account."),
    )


def _state(account: Account) -> Badge:
    if account.is_active:
        return Badge(_("enabled"), "success")
    return Badge(_("disabled"), "warning")


def account_page(account: Account, *, assignable: bool) -> dict[str, Any]:
    """Return the context of one account's page, without its forms."""
    here = account.id
    factors = Authenticator.objects.filter(user=account)
    actions = [Action(_("Set password"), reverse("administration:account_password", args=[here]))]
    if factors:
        url = reverse("administration:account_factors", args=[here])
        actions.append(Action(_("Remove second factor"), url))
    facts = [
        (_("User name"), account.username),
        (_("Password for Leitstand"), _("yes") if account.has_usable_password() else _("no")),
        (_("Second factor"), factors_text(factors)),
        (_("Last log-in"), account.last_login),
        (_("Created"), account.created_at),
    ]
    roles = account.roles.select_related("unit")
    return {
        "title": account.display_name,
        "account": account,
        "actions": actions,
        "facts": facts,
        "crumbs": crumbs(account, ""),
        "roles": roles_table(roles, account if assignable else None),
        "tokens": tokens_table(account.tokens.all()),
    }


def factors_text(factors: Iterable[Authenticator]) -> str:
    """Return the second factors in words."""
    names = {
        Authenticator.Type.TOTP: _("app on the phone"),
        Authenticator.Type.WEBAUTHN: _("security key"),
    }
    found = [names[factor.type] for factor in factors if factor.type in names]
    return ", ".join(dict.fromkeys(found)) or _("no second factor")


def roles_table(assignments: Iterable[RoleAssignment], account: Account | None) -> DataTable:
    """Return roles with reach and validity; with ``account`` each can be withdrawn."""
    rows = []
    for item in assignments:
        cells: list[Any] = [
            Cell(role_text(item), note=registry.roles[item.role].help),
            Cell(validity(item)),
            Cell(item.granted_by),
            Cell(
                badge=Badge(_("in force"), "success")
                if is_current(item)
                else Badge(_("not in force"))
            ),
        ]
        if account:
            url = reverse("administration:role_withdraw", args=[account.id, item.id])
            cells.append(Cell(_("Withdraw"), url))
        rows.append(Row(cells, label=role_text(item)))
    columns = [
        Column("role", _("Role")),
        Column("validity", _("Validity")),
        Column("by", _("Given by")),
        Column("state", _("Today")),
    ]
    return DataTable(
        caption=_("Roles"),
        columns=[*columns, Column("do", _("Action"))] if account else columns,
        rows=rows,
        id="roles",
        empty_title=_("No role has been assigned."),
        empty_text=_("Without a role only what is public can be seen."),
    )


def tokens_table(tokens: Iterable[ApiToken]) -> DataTable:
    """Return access tokens; living ones can be revoked."""
    rows = []
    for token in tokens:
        alive = token.revoked_at is None and token.expires_at > clock.now()
        url = reverse("administration:token_revoke", args=[token.id])
        rows.append(
            Row(
                [
                    token.name,
                    Cell(token.get_scope_display()),
                    Cell(token.expires_at),
                    Cell(token.last_used_on or _("never")),
                    Cell(badge=_token_state(token, alive=alive)),
                    Cell(_("Revoke"), url) if alive else Cell(""),
                ],
                label=token.name,
            )
        )
    return DataTable(
        caption=_("Access tokens"),
        columns=[
            Column("name", _("Name")),
            Column("scope", _("Allowed to")),
            Column("expires", _("Expires")),
            Column("used", _("Last used")),
            Column("state", _("Condition")),
            Column("do", _("Action")),
        ],
        rows=rows,
        id="tokens",
        empty_title=_("There are no access tokens."),
        empty_text=_("Programs that read or write through the interface need one."),
    )


def _token_state(token: ApiToken, *, alive: bool) -> Badge:
    if alive:
        return Badge(_("valid"), "success")
    return Badge(_("revoked")) if token.revoked_at else Badge(_("expired"))


def level_text(level: int) -> str:
    """Return up to which level a role sees, in words."""
    if level < 0:
        return _("nothing")
    return _("up to “%(level)s”") % {"level": Level(level).label}


def role_facts(role: Role) -> list[tuple[str, Any]]:
    """Return what a role opens where."""
    return [
        (_("Sees in the own unit"), level_text(role.level)),
        (_("Sees in the whole city"), level_text(role.city_level)),
    ]
