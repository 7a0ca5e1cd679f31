"""Personal data of the kernel that no reference leads to: the trail, e-mails, sessions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstand.core.audit.models import AuditPersonal
from leitstand.core.base.events import event_types
from leitstand.core.base.models import Level
from leitstand.core.history import tracked
from leitstand.core.notify.models import Mail
from leitstand.core.privacy.collecting import MOST_ROWS, plain
from leitstand.core.privacy.registry import PersonalDataSource, Sheet, Subject, sources


def register() -> None:
    """Register the kernel's sources."""
    for code, label, collect in (
        ("audit", gettext_lazy("Audit trail"), trail),
        ("mails", gettext_lazy("E-mails sent to the address"), mails),
        ("versions", gettext_lazy("What was recorded before"), versions),
    ):
        sources.add(code, PersonalDataSource(code, label, collect))


def trail(subject: Subject) -> Iterable[Sheet]:
    """What the account did, and what was done to account and person."""
    mine = Q(pk__in=())
    if subject.account:
        mine |= Q(account_id=subject.account.pk)
    ids = [row.pk for row in (subject.person, subject.account) if row]
    mine |= Q(event__object_id__in=ids)
    found = AuditPersonal.objects.filter(mine).select_related("event").order_by("pk")
    rows = []
    for part in found[:MOST_ROWS]:
        event = part.event
        label = event_types[event.type].label if event.type in event_types else event.type
        own = subject.account is not None and part.account_id == subject.account.pk
        shown = event.level <= Level.INTERNAL
        rows.append(
            [
                plain(event.at), str(label), event.object_kind,
                event.object_title if shown else _("[content not included]"),
                _("by the person") if own else _("about the person"),
                part.address if own else "",
            ]
        )  # fmt: skip
    columns = [
        _("When"),
        _("What"),
        _("Kind of object"),
        _("Object"),
        _("Relation"),
        _("Network address"),
    ]
    yield Sheet("audit.trail", _("Audit trail"), columns, rows)


def mails(subject: Subject) -> Iterable[Sheet]:
    """E-mails to the person's addresses, without their texts."""
    found = Mail.objects.annotate(lower=Lower("address")).filter(lower__in=subject.addresses)
    rows = [
        [plain(m.created_at), m.address, m.get_state_display(), plain(m.sent_at)]
        for m in found.defer("body")[:MOST_ROWS]
    ]
    columns = [_("Written at"), _("Address"), _("Condition"), _("Sent at")]
    yield Sheet("notify.mails", _("E-mails sent to the address"), columns, rows)


def versions(subject: Subject) -> Iterable[Sheet]:
    """Versions that are over and named the person: what, as what, from when to when; no texts."""
    rows: list[list[Any]] = []
    for of in tracked.everything():
        for person in (subject.person, subject.account):
            for field in of.model._meta.concrete_fields if person else ():
                if field.related_model is type(person):
                    rows += _former(of, field, person)
    columns = [_("Kind of object"), _("Relation"), _("Object"), _("From"), _("To")]
    rows.sort(key=lambda row: (row[3], row[2]))
    yield Sheet("history.versions", _("What was recorded before"), columns, rows[:MOST_ROWS])


def _former(of: tracked.Tracked, field: Any, person: Any) -> list[list[Any]]:
    found = of.period._default_manager.filter(
        **{field.attname: person.pk}, valid_to__lt=tracked.OPEN_END
    ).values_list("object_id", "valid_from", "valid_to")
    names = str(of.model._meta.verbose_name), str(field.verbose_name)
    return [[*names, *map(plain, values)] for values in found[:MOST_ROWS]]
