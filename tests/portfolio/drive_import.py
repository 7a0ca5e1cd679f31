"""One step of an import inside an instance, for tests that drive it from outside.

python drive_import.py prepare | start FILE | map | confirm | forget
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leitstand.settings")

import django

django.setup()

from leitstand.core.accounts.actions import create_account
from leitstand.core.accounts.models import Account
from leitstand.core.base.actor import Actor
from leitstand.core.files.actions import keep_file
from leitstand.core.org.actions import create_unit
from leitstand.core.policy.actions import assign_role
from leitstand.portfolio.actions import imports
from leitstand.portfolio.models import ImportRow, ImportRun

SYSTEM = Actor.system("test")


def prepare() -> None:
    """Create a unit and the head of the digital unit."""
    create_unit(actor=SYSTEM, kind="city", code="0", name="Stadt")
    head = create_account(
        actor=SYSTEM, username="chefin", email="chefin@example.org",
        password="Kirschkern-weit-spucken-7",
    )  # fmt: skip
    assign_role(head, "digital-unit", actor=SYSTEM)


def actor() -> Actor:
    """The head of the digital unit."""
    account = Account.objects.get(username="chefin")
    return Actor(kind="user", name="chefin", account_id=account.id)


def start(path: str) -> None:
    """Upload a file."""
    file = keep_file([Path(path).read_bytes()], actor=actor(), name="liste.xlsx")
    imports.start_import(actor=actor(), file=file)


def map_columns() -> None:
    """Send the columns as guessed."""
    run = ImportRun.objects.get()
    imports.choose_mapping(run.pk, actor=actor(), mapping=run.mapping)


def confirm() -> None:
    """Confirm the preview."""
    run = ImportRun.objects.get()
    imports.confirm(run.pk, actor=actor(), version=run.version)


def forget() -> None:
    """Remove the run; the assignment stays remembered."""
    ImportRow.objects.all().delete()
    ImportRun.objects.all().delete()


if __name__ == "__main__":
    word, *rest = sys.argv[1:]
    {"prepare": prepare, "start": start, "map": map_columns, "confirm": confirm, "forget": forget}[
        word
    ](*rest)
