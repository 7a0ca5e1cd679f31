"""Accounts, API tokens, and when somebody was here last."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from leitstand.core.base import ids
from leitstand.core.base.models import Entity


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by name; creation happens in :mod:`.actions` only."""

    def get_by_natural_key(self, username: str | None) -> Account:
        """Return the account of this user name, whatever its case."""
        return self.get(username__iexact=username)


class Account(AbstractBaseUser):
    """The means to log in; rights come from role assignments alone."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    username = models.CharField(_("user name"), max_length=150, unique=True)
    email = models.EmailField(_("e-mail"), blank=True, default="")
    person = models.OneToOneField(
        "org.Person", models.PROTECT, null=True, blank=True, related_name="account"
    )
    language = models.CharField(max_length=5, default="de")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("username",)
        constraints = [
            models.UniqueConstraint(Lower("username"), name="accounts_username_once"),
            models.UniqueConstraint(
                Lower("email"), condition=~models.Q(email=""), name="accounts_email_once"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """Name of the person, else the user name."""
        return str(self.person) if self.person_id and self.person else self.username

    def get_full_name(self) -> str:
        """Name shown by libraries."""
        return self.display_name

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's own permissions are not used: always false."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        """Django's own permissions are not used: always false."""
        return False

    @property
    def is_staff(self) -> bool:
        """There is no Django admin site: always false."""
        return False


class ApiToken(Entity):
    """A bearer token; only its SHA-256 digest is stored."""

    class Scope(models.TextChoices):
        """What a token may do at most; never more than its account."""

        READ = "read", _("read")
        WRITE = "write", _("read and write")
        ADMIN = "admin", _("read, write and administer")

    account = models.ForeignKey(Account, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=10, choices=Scope.choices)
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)


class Visit(models.Model):
    """When an account was on its start page; only the account itself is shown it.

    ``seen`` is the last time, ``since`` the end of the visit before the present one.
    """

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="visit")
    seen = models.DateTimeField()
    since = models.DateTimeField(null=True)
