"""What the kernel's own pages add to the registries."""

from __future__ import annotations

import uuid
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leitstand.core.accounts.models import Account
from leitstand.core.administration import api_registry, views_of_audit
from leitstand.core.base import events
from leitstand.core.base.actor import Actor
from leitstand.core.base.errors import NotFound
from leitstand.core.base.kinds import ResourceKind, resource_kinds
from leitstand.core.files import actions as files
from leitstand.core.jobs import actions as job_actions
from leitstand.core.jobs import registry as job_registry
from leitstand.core.jobs.running import minute_rounds
from leitstand.core.org.models import OrgUnit, Person
from leitstand.core.org.queries import changed_around
from leitstand.core.policy.grants import grants
from leitstand.core.ui.registry import NavEntry, PastPages, navigation, past_pages

_GROUP = _("Administration")
_NAVIGATION = (
    ("units", _("Organisation"), "org.view", ("/verwaltung/einheiten/",)),
    ("people", _("People"), "org.view", ("/verwaltung/personen/",)),
    ("accounts", _("Accounts"), "accounts.manage", ("/verwaltung/konten/",)),
    ("roles", _("Roles and rights"), "", ("/verwaltung/rollen/", "/verwaltung/warum/")),
    ("audit", _("Audit trail"), "audit.read", ("/verwaltung/protokoll/",)),
    ("privacy", _("Data protection"), "privacy.disclose", ("/verwaltung/datenschutz/",)),
    ("outbox", _("Outbox"), "notify.outbox", ("/verwaltung/postausgang/",)),
    ("jobs", _("Background jobs"), "", ("/verwaltung/auftraege/",)),
)


def register() -> None:
    """Fill the registries; called once when Django is ready."""
    for number, (name, label, permission, prefixes) in enumerate(_NAVIGATION):
        entry = NavEntry(
            label=label,
            url_name=f"administration:{name}",
            order=900 + number,
            permission=permission,
            group=_GROUP,
            prefixes=prefixes,
        )
        navigation.add(f"administration.{name}", entry)
    for kind in (_UNIT, _PERSON, _ACCOUNT, _JOB):
        resource_kinds.add(kind.code, kind)
    events.register(
        ("audit.viewed", _("Audit trail looked at")),
        ("audit.exported", _("Audit trail exported")),
    )
    for prefix, router in (("/me", "me"), ("/jobs", "jobs")):
        api_registry.add(prefix, f"leitstand.core.administration.api_kernel:{router}")
    api_registry.add("", "leitstand.core.administration.api_organisation:organisation")
    api_registry.add("/me/notices", "leitstand.core.administration.api_notices:notices")
    past_pages.add(
        "administration.units",
        PastPages(
            names=frozenset({"administration:units", "administration:unit"}),
            neighbours=lambda actor, match, day: changed_around(day, match.kwargs.get("unit_id")),
            earlier=frozenset({"administration:units"}),
            api=("/units",),
        ),
    )
    minute_rounds.add("files.sweep", files.sweep)
    job_registry.register("audit.verify", _("Verify the audit trail"), views_of_audit.verify)


def _unit(actor: Actor, unit_id: uuid.UUID) -> OrgUnit | None:
    return OrgUnit.objects.filter(pk=unit_id).first() if grants(actor, "org.view") else None


def _person(actor: Actor, person_id: uuid.UUID) -> Person | None:
    if not grants(actor, "org.change"):
        return None
    return Person.objects.filter(pk=person_id).first()


def _account(actor: Actor, account_id: uuid.UUID) -> Account | None:
    if actor.account_id != account_id and not grants(actor, "accounts.manage"):
        return None
    return Account.objects.filter(pk=account_id).first()


def _account_url(account: Any) -> str:
    return reverse("administration:account_edit", args=[account.id])


def _job(actor: Actor, job_id: uuid.UUID) -> Any | None:
    try:
        return job_actions.visible_job(job_id, actor=actor)
    except NotFound:
        return None


_UNIT = ResourceKind(
    code="org-unit",
    label=_("Unit"),
    find=_unit,
    title=str,
    url=lambda unit: reverse("administration:unit", args=[unit.id]),
)
_PERSON = ResourceKind(
    code="person",
    label=_("Person"),
    find=_person,
    title=str,
    url=lambda person: reverse("administration:person", args=[person.id]),
)
_ACCOUNT = ResourceKind(
    code="account", label=_("Account"), find=_account, title=str, url=_account_url
)
_JOB = ResourceKind(
    code="job",
    label=_("Background job"),
    find=_job,
    title=lambda job: str(job.kind),
    url=lambda job: reverse("administration:job", args=[job.id]),
)
