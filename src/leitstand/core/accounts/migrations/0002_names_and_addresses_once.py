"""User names and e-mail addresses are unique whatever their case; earlier doubles are parted."""

from __future__ import annotations

from typing import Any

import django.db.models.functions.text
from django.db import migrations, models


def part_doubles(apps: Any, schema_editor: Any) -> None:
    """Number later accounts of the same name; take a doubled address off the later account."""
    Account = apps.get_model("accounts", "Account")
    names, addresses = set(), set()
    for account in Account.objects.order_by("created_at", "pk"):
        name, email, number = account.username, account.email, 1
        while name.lower() in names:
            number += 1
            name = f"{account.username[:140]}-{number}"
        if email and email.lower() in addresses:
            email = ""
        names.add(name.lower())
        addresses.add(email.lower())
        if (name, email) != (account.username, account.email):
            Account.objects.filter(pk=account.pk).update(username=name, email=email)


class Migration(migrations.Migration):
    """Two constraints on expressions."""

    dependencies = [("org", "0001_initial"), ("accounts", "0001_initial")]

    operations = [
        migrations.RunPython(part_doubles, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("username"), name="accounts_username_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("email"),
                condition=models.Q(("email", ""), _negated=True),
                name="accounts_email_once",
            ),
        ),
    ]
