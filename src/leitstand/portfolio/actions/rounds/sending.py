"""Opening in the background: requests for every project, a link and an e-mail for every person.

Every step may be repeated: requests and links exist once, and an e-mail's key is never used twice.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.base import clock
from leitstand.core.notify.actions import send
from leitstand.core.notify.notices import Notice
from leitstand.core.org.models import Person
from leitstand.portfolio.actions.rounds import links
from leitstand.portfolio.models import RoundLink, StatusRequest, StatusRound, Substitution
from leitstand.portfolio.queries import substitutes
from leitstand.portfolio.queries.responsible import projects_of, responsible

NOTICE = "portfolio.round"
_STEP = 50
Step = Callable[[int, int, str], None]


def send_round(round_id: uuid.UUID, step: Step) -> dict[str, int]:
    """Make requests and send invitations; returns how many projects, people and new e-mails."""
    row = StatusRound.objects.get(pk=round_id)
    if row.state != StatusRound.State.OPEN:
        return {}
    number = make_requests(row)
    return {"projects": number, **invite(row, step)}


@transaction.atomic
def make_requests(row: StatusRound) -> int:
    """Create the missing requests of an open round; returns how many projects it asks for."""
    if not still_open(row):
        return 0
    asked = set(row.requests.values_list("project_id", flat=True))
    missing = projects_of(row).exclude(pk__in=asked)
    people = responsible(missing)
    StatusRequest.objects.bulk_create(
        StatusRequest(round=row, project_id=key, person_id=people.get(key))
        for key in missing.values_list("pk", flat=True)
    )
    return row.requests.count()


def invite(row: StatusRound, step: Step, *, tail: str = "") -> dict[str, int]:
    """Send every person with an open request one e-mail; ``tail`` tells reminders apart."""
    rows = row.requests.filter(answered_at=None, person__active=True)
    keys, new = sorted(set(rows.values_list("person_id", flat=True))), 0
    for begin in range(0, len(keys), _STEP):
        made = _invite_some(row, keys[begin : begin + _STEP], tail)
        if made is None:
            return {"people": begin, "mails": new}
        new += made
        step(min(begin + _STEP, len(keys)), len(keys), _("E-mails are written"))
    return {"people": len(keys), "mails": new}


@transaction.atomic
def _invite_some(row: StatusRound, keys: Sequence[uuid.UUID], tail: str) -> int | None:
    """How many e-mails are new; None if the round has ended meanwhile.

    Who has answered since the job began is not written to.
    """
    if not still_open(row):
        return None
    waiting = row.requests.filter(answered_at=None, person__in=keys)
    owners = Counter(waiting.values_list("person_id", flat=True))
    numbers = {(key, key): number for key, number in owners.items()}
    for person, substitute in substitutes.pairs(keys):
        numbers[substitute, person] = _number_for(row, person, substitute)
    return _send(row, numbers, tail)


def hour_now() -> int:
    """The hour on the city's clock."""
    return timezone.localtime(clock.now()).hour


def still_open(row: StatusRound) -> bool:
    """Whether the round is open and stays so until the transaction ends."""
    rows = StatusRound.objects.select_for_update(of=("self",), no_key=True).filter(pk=row.pk)
    return rows.values_list("state", flat=True).first() == StatusRound.State.OPEN


def notice_keys(row: StatusRound) -> str:
    """How the keys of everything begin that the round tells people."""
    return f"round:{row.pk.hex}:"


def link_keys(row: StatusRound, links_: Iterable[uuid.UUID]) -> dict[str, uuid.UUID]:
    """Keys of all that the round may have told by links → the link, the latest reminder last."""
    days = row.reminders.order_by("day").values_list("day", flat=True)
    tails = ("", *(f":{day.isoformat()}" for day in days))
    return {f"{notice_keys(row)}{link.hex}{tail}": link for tail in tails for link in links_}


def _number_for(row: StatusRound, person: uuid.UUID, substitute: uuid.UUID) -> int:
    """How many open requests of the person the substitute may answer."""
    rows = row.requests.filter(substitutes.open_to(substitute), person_id=person, answered_at=None)
    return rows.count()


def _send(row: StatusRound, numbers: Mapping[tuple[uuid.UUID, uuid.UUID], int], tail: str) -> int:
    """A link and an e-mail for every (receiver, answers for) with open requests."""
    wanted = {pair: number for pair, number in numbers.items() if number}
    people = Person.objects.in_bulk({person for pair in wanted for person in pair})
    RoundLink.objects.bulk_create(
        (
            RoundLink(round=row, person_id=pair[0], answers_for_id=pair[1], expires_at=links.expiry(row))
            for pair in wanted
        ),
        ignore_conflicts=True,
    )
    made = RoundLink.objects.filter(round=row, answers_for_id__in={owner for _r, owner in wanted})
    notices = [
        _notice(row, link, people[link.answers_for_id], wanted[pair], tail)
        for link in made.select_related("person")
        if (pair := (link.person_id, link.answers_for_id)) in wanted
    ]
    return send(*notices)


def call_in_substitutes() -> int:
    """Send whoever stands in since a round began its link; called every minute, by day.

    Only where the person herself has been asked already; returns how many e-mails are new.
    """
    today = clock.today()
    asked = StatusRequest.objects.filter(
        round__state=StatusRound.State.OPEN, round__mail_hour__lte=hour_now(), answered_at=None,
        person=OuterRef("person"),
    )  # fmt: skip
    links = RoundLink.objects.filter(round=OuterRef("round"), answers_for=OuterRef("person"))
    own = links.filter(person=OuterRef("person"))
    hers = links.filter(person=OuterRef(OuterRef("substitute")))
    late = substitutes.in_force(today).filter(Exists(asked.filter(Exists(own), ~Exists(hers))))
    return sum(_call_in(row) for row in late)


@transaction.atomic
def _call_in(standing_in: Substitution) -> int:
    person, substitute = standing_in.person_id, standing_in.substitute_id
    asked = StatusRequest.objects.filter(round=OuterRef("pk"), person=person, answered_at=None)
    links = RoundLink.objects.filter(round=OuterRef("pk"), answers_for=person)
    rounds = StatusRound.objects.filter(
        Exists(asked), Exists(links.filter(person=person)), ~Exists(links.filter(person=substitute)),
        state=StatusRound.State.OPEN, mail_hour__lte=hour_now(),
    )  # fmt: skip
    return sum(
        _send(row, {(substitute, person): _number_for(row, person, substitute)}, "")
        for row in rounds
        if still_open(row)
    )


def _subject(row: StatusRound, number: int, *, standing_in: bool) -> str:
    """How many projects wait, one's own or those of somebody who is away."""
    values = {"n": number, "day": date_format(row.as_of, "SHORT_DATE_FORMAT")}
    if standing_in:
        text = ngettext("As a substitute: status of %(n)d project as of %(day)s",
                        "As a substitute: status of %(n)d projects as of %(day)s", number)  # fmt: skip
    else:
        text = ngettext("Your project: status as of %(day)s",
                        "Your %(n)d projects: status as of %(day)s", number)  # fmt: skip
    return text % values


def _notice(row: StatusRound, link: RoundLink, owner: Person, number: int, tail: str) -> Notice:
    """No title of a project leaves the house: an e-mail is an open postcard."""
    subject = _subject(row, number, standing_in=link.person_id != link.answers_for_id)
    due = _("Please answer by %(day)s.") % {"day": date_format(row.due_on, "SHORT_DATE_FORMAT")}
    lines = [_("Status round: %(title)s") % {"title": row.title}, due, row.message.strip()]
    if link.person_id != link.answers_for_id:
        lines.insert(0, _("You stand in for %(name)s.") % {"name": owner})
    if tail:
        lines.insert(0, _("This is a reminder."))
    text = "\n\n".join(filter(None, lines))
    hello = _("Good day, %(name)s,") % {"name": link.person}
    call = _("One tap is enough if nothing has changed. This link is yours alone and works "
             "without log-in until the round ends:")  # fmt: skip
    return Notice(
        key=f"{notice_keys(row)}{link.pk.hex}{tail}", kind=NOTICE, person_id=link.person_id,
        subject=subject, text=text, url="/meldungen/", urgent=True, expires=link.expires_at,
        mail_text=f"{hello}\n\n{text}\n\n{call}\n\n{links.address(link)}",
    )  # fmt: skip
