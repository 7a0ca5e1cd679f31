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
                _("Creates and disables accounts, revokes tokens."),
                "admin",
            ),
            Permission(
                "policy.assign", _("Assign roles"), _("Gives and withdraws roles."), "admin"
            ),
            Permission(
                "audit.read",
                _("Read the audit trail"),
                _("Reads who changed what, after stating a purpose."),
                "admin",
            ),
            Permission(
                "site.change",
                _("Edit the public shell"),
                _("Edits imprint, privacy notice and accessibility statement."),
            ),
            Permission(
                "jobs.view", _("See all jobs"), _("Sees and cancels everybody's jobs."), "admin"
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
            "auditor": ["org.view", "audit.read"],
            "emergency": ["org.view"],
        },
    )  # fmt: skip
