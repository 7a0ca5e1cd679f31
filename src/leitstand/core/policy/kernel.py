"""Permissions of the kernel itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from leitstand.core.policy import registry
from leitstand.core.policy.registry import Permission


def register() -> None:
    """Register the kernel's permissions and their holders."""
    registry.register(
        [
            Permission("org.view", _("See the organisation"), _("Sees units and people."), "read"),
            Permission(
                "org.change",
                _("Change the organisation"),
                _("Creates, renames, moves, merges and dissolves units; keeps people."),
            ),
            Permission(
                "accounts.manage",
                _("Manage accounts"),
                _("Creates and disables accounts, sets passwords, revokes tokens."),
                "admin",
                citywide=True,
            ),
            Permission(
                "policy.assign",
                _("Assign roles"),
                _("Gives and withdraws roles."),
                "admin",
                citywide=True,
            ),
            Permission(
                "audit.read",
                _("Read the audit trail"),
                _("Reads who changed what, after stating a purpose."),
                "admin",
                citywide=True,
            ),
            Permission(
                "audit.shred",
                _("Shred personal data in the audit trail"),
                _("Erases who did something before a day; that it was done stays provable."),
                "admin",
                citywide=True,
            ),
            Permission(
                "site.change",
                _("Edit the public shell"),
                _("Edits imprint, privacy notice and accessibility statement."),
                citywide=True,
            ),
            Permission(
                "jobs.view",
                _("See all jobs"),
                _("Sees and cancels everybody's jobs."),
                "admin",
                citywide=True,
            ),
        ],
        {
            "admin": [
                "org.view", "org.change", "accounts.manage", "policy.assign", "site.change",
                "jobs.view",
            ],
            "digital-unit": ["org.view", "org.change", "site.change"],
            "project-lead": ["org.view"],
            "unit-head": ["org.view"],
            "member": ["org.view"],
            "auditor": ["org.view", "audit.read", "audit.shred"],
            "emergency": ["org.view"],
        },
    )  # fmt: skip
