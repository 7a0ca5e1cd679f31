"""What goes into a backup and what into an export; names are Django's model labels in lower case."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import models

# Short-lived or made anew by the installation itself.
NOT_IN_BACKUP = frozenset(
    {
        "account.emailconfirmation",  # short-lived
        "auth.group",  # Django's own rights are not used
        "auth.group_permissions",
        "auth.permission",
        "base.counter",  # short-lived
        "base.instancestate",  # describes the installation, not the data
        "contenttypes.contenttype",  # made by migrate
        "notify.mail",  # sent or not: after a restore nothing may be sent a second time
        "sessions.session",  # everybody logs in again
        "socialaccount.socialtoken",  # short-lived
        "usersessions.usersession",
    }
)
# An export goes to other people and programs: no means of log-in, nothing that serves the
# machinery alone. Who did what (the personal part of the trail) is read for a stated purpose only.
NOT_IN_EXPORT = NOT_IN_BACKUP | {
    "account.emailaddress",
    "accounts.apitoken",
    "accounts.visit",  # nobody but the account itself
    "audit.auditpersonal",
    "audit.auditseal",
    "audit.auditsealed",
    "jobs.job",
    "mfa.authenticator",
    "notify.notification",  # what one person was told
    "saved.savedview",  # private ones concern their owner alone
    "saved.startview",
    "sensing.stationtoken",
    "socialaccount.socialaccount",
    "socialaccount.socialapp",
}
# Rows that ``migrate`` itself writes: an instance that holds nothing else is a new one.
SHIPPED = frozenset({"portfolio.rollouttemplate", "portfolio.rollouttemplatestep"})
FIELDS_NOT_IN_EXPORT = {
    "accounts.account": frozenset({"password", "last_login"}),
    "audit.auditevent": frozenset({"personal_digest"}),
    "portfolio.importrun": frozenset({"job_id"}),
}


def tables(apps: Apps, excluded: frozenset[str]) -> list[type[models.Model]]:
    """Return the models whose rows belong in, many-to-many tables included, sorted by label."""
    found = {
        model._meta.label_lower: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    return [model for label, model in sorted(found.items()) if label not in excluded]
