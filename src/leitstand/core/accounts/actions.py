"""The only writers of accounts and tokens."""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from leitstand.core.accounts.models import Account, ApiToken, Visit
from leitstand.core.accounts.registry import disabling_guards
from leitstand.core.base import authority, clock, events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import Invalid, NotAllowed
from leitstand.core.org.actions.units import is_email
from leitstand.core.org.models import Person

MANAGE = "accounts.manage"
TOKEN_PREFIX = "lst_"  # noqa: S105 - a mark by which leaked tokens can be searched for
_USERNAME = re.compile(r"[\w.@+-]{2,150}")


def _record(type_: str, account: Account, actor: Actor, **changes: Any) -> None:
    events.record(
        events.Event(
            type=type_,
            actor=actor,
            object_kind="account",
            object_id=account.id,
            changes=changes,
            personal={"username": account.username},
        )
    )


PAUSE = timedelta(minutes=30)
"""After so long without a look at the start page a new visit begins."""
_ROUGHLY = timedelta(minutes=5)


def note_visit(account_id: uuid.UUID) -> datetime | None:
    """Return when the visit before this one ended (None: the first); noted to five minutes.

    Nothing is locked as long as there is nothing to note.
    """
    now = clock.now()
    visit = Visit.objects.filter(account_id=account_id).first()
    if visit is not None and now - visit.seen < _ROUGHLY:
        return visit.since
    return _noted_visit(account_id, now)


@transaction.atomic
def _noted_visit(account_id: uuid.UUID, now: datetime) -> datetime | None:
    visit = Visit.objects.select_for_update().filter(account_id=account_id).first()
    if visit is None:
        Visit.objects.bulk_create([Visit(account_id=account_id, seen=now)], ignore_conflicts=True)
        return None
    idle = now - visit.seen
    if idle >= PAUSE:
        visit.since = visit.seen
    if idle >= _ROUGHLY:
        visit.seen = now
        visit.save(update_fields=["seen", "since"])
    return visit.since


class _Keep:
    """Stands for a value that is to stay as it is."""


KEEP = _Keep()


@transaction.atomic
def create_account(
    *,
    actor: Actor,
    username: str,
    email: str = "",
    password: str | None = None,
    person: Person | None = None,
    check_password: bool = True,
) -> Account:
    """Create an account; without password only the city's log-in works for it."""
    authority.require(actor, MANAGE, citywide=True)
    account = Account(username=username.strip(), email=email.strip().lower(), person=person)
    _check_values(account)
    _set_password(account, password, check=check_password)
    _save(account, insert=True)
    _record("accounts.account.created", account, actor)
    return account


def _save(account: Account, *, insert: bool = False) -> None:
    """Save; if somebody else was faster with a unique value, say so as the check would have."""
    try:
        with transaction.atomic():
            account.save(force_insert=insert)
    except IntegrityError:
        _check_values(account)
        raise


def _check_values(account: Account) -> None:
    """Raise ``Invalid`` for a name, an address or a person that another account has, or wrong."""
    others = Account.objects.exclude(pk=account.pk)
    errors: dict[str, list[str]] = {}
    if not _USERNAME.fullmatch(account.username):
        errors["username"] = [
            _("A user name has 2 to 150 letters, digits or the characters . _ - + and @.")
        ]
    elif others.filter(username__iexact=account.username).exists():
        errors["username"] = [_("This user name is already taken.")]
    if account.email and not is_email(account.email):
        errors["email"] = [_("This is not an e-mail address.")]
    elif account.email and others.filter(email__iexact=account.email).exists():
        errors["email"] = [_("Another account already has this e-mail address.")]
    if account.person_id and others.filter(person_id=account.person_id).exists():
        errors["person"] = [_("This person already has an account.")]
    if errors:
        raise Invalid(errors)


def _set_password(account: Account, password: str | None, *, check: bool) -> None:
    if password is None:
        account.set_unusable_password()
        return
    if check:
        try:
            validate_password(password, account)
        except ValidationError as problem:
            raise Invalid({"password": problem.messages}) from None
    account.set_password(password)


@transaction.atomic
def change_account(
    account: Account,
    *,
    actor: Actor,
    email: str | None = None,
    person: Person | _Keep | None = KEEP,
    is_active: bool | None = None,
    password: str | None = None,
) -> Account:
    """Change what is given (``None`` = leave; ``person=None`` unties the person).

    A disabled account loses its tokens and, as Django then no longer knows its user, its
    sessions; a new password ends all other sessions. The last administrator stays enabled.
    """
    authority.require(actor, MANAGE, citywide=True)
    account = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    changes: dict[str, Any] = {}
    if email is not None and email.strip().lower() != account.email:
        account.email, changes["email"] = email.strip().lower(), [None, None]
    if not isinstance(person, _Keep) and person != account.person:
        account.person, changes["person"] = person, [None, None]
    if is_active is not None and is_active != account.is_active:
        changes["is_active"] = [account.is_active, is_active]
        account.is_active = is_active
        _ask_guards(account)
    if changes.keys() & {"email", "person"}:
        _check_values(account)
    if password is not None:
        _set_password(account, password, check=True)
        changes["password"] = [None, None]
    if not changes:
        return account
    _save(account)
    if not account.is_active:
        account.tokens.filter(revoked_at=None).update(revoked_at=clock.now())
    _record("accounts.account.changed", account, actor, **changes)
    return account


def _ask_guards(account: Account) -> None:
    """Let higher layers object to disabling an account."""
    if account.is_active:
        return
    for guard in disabling_guards:
        if text := guard(account.id):
            raise Invalid(text, field="is_active")


@transaction.atomic
def choose_language(account: Account, *, actor: Actor, language: str) -> None:
    """Remember the language that the person reads."""
    if actor.account_id != account.id or language not in {"de", "en"}:
        raise NotAllowed(_("You may only change your own language."))
    Account.objects.filter(pk=account.pk).update(language=language)


def digest(token: str) -> str:
    """Return the SHA-256 hex digest under which a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def create_token(
    account: Account, *, actor: Actor, name: str, scope: str, expires_at: datetime
) -> tuple[ApiToken, str]:
    """Create a token and return it with its text, which is never shown again.

    One's own tokens need no permission; those of others need ``accounts.manage``.
    """
    if actor.account_id != account.id:
        authority.require(actor, MANAGE, citywide=True)
    if scope not in ApiToken.Scope.values:
        raise Invalid(_("Unknown scope: %(scope)s.") % {"scope": scope}, field="scope")
    if expires_at <= clock.now():
        raise Invalid(_("The token must expire in the future."), field="expires_at")
    if not account.is_active:
        raise Invalid(_("The account is disabled."))
    if not name.strip() or len(name.strip()) > 100:
        raise Invalid(
            _("Give the token a name of up to 100 characters, so that you recognise it later."),
            field="name",
        )
    if actor.scopes is not None and not (_SCOPES[scope] <= actor.scopes):
        raise NotAllowed(_("A token cannot create one that may do more than itself."))
    text = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        account=account, name=name.strip(), scope=scope, expires_at=expires_at, digest=digest(text)
    )
    _record("accounts.token.created", account, actor, scope=[None, scope])
    return token, text


@transaction.atomic
def revoke_token(token_id: uuid.UUID, *, actor: Actor) -> None:
    """Revoke a token at once; revoking twice is harmless."""
    token = ApiToken.objects.select_related("account").filter(pk=token_id).first()
    if token is None or not may_revoke(token, actor):
        raise NotAllowed(_("This token is not yours."))
    if token.revoked_at is None:
        ApiToken.objects.filter(pk=token.pk).update(revoked_at=clock.now())
        _record("accounts.token.revoked", token.account, actor)


def may_revoke(token: ApiToken, actor: Actor) -> bool:
    """Whether the token is the actor's own or the actor manages accounts."""
    if actor.account_id is not None and actor.account_id == token.account_id:
        return True
    try:
        authority.require(actor, MANAGE, citywide=True)
    except NotAllowed:
        return False
    return True


@transaction.atomic
def remove_factors(account: Account, *, actor: Actor) -> None:
    """Take all second factors off an account whose owner has lost them; sessions end."""
    authority.require(actor, MANAGE, citywide=True)
    count, _by_model = Authenticator.objects.filter(user=account).delete()
    for session in UserSession.objects.filter(user=account):
        session.end()
    if count:
        _record("accounts.mfa.changed", account, actor, removed=[None, count])


_SCOPES = {
    "read": frozenset({"read"}),
    "write": frozenset({"read", "write"}),
    "admin": frozenset({"read", "write", "admin"}),
}


def scopes_of(token: ApiToken) -> frozenset[str]:
    """Return the set of scopes that the token's scope includes."""
    return _SCOPES[token.scope]
