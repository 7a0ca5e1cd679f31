"""The job that works off the outbox: one connection, one e-mail after the other."""

from __future__ import annotations

from typing import Any

import structlog
from django.conf import settings
from django.utils import translation

from leitstand.core.jobs.running import JobRun
from leitstand.core.notify import message, smtp
from leitstand.core.notify.actions import outbox
from leitstand.core.notify.models import Mail

log = structlog.get_logger("leitstand.notify")
_LOOK = 200
_DROPS = 3
_ENDS = {"sent": Mail.State.SENT, "refused": Mail.State.REJECTED}


def work_off(run: JobRun) -> dict[str, Any]:
    """Send what is due; ends when nothing is left or the server cannot be reached.

    Each e-mail is claimed, sent and settled in committed steps of its own, so a kill costs at
    most the one that is being sent, which is then marked as unclear.
    """
    outbox.find_lost()
    if outbox.is_resting() or not settings.CONFIG.smtp_url:
        return {}
    return _Delivery(run).work()


class _Delivery:
    """One run over the outbox."""

    def __init__(self, run: JobRun) -> None:
        self._run = run
        self._connection = smtp.Connection(settings.CONFIG, smtp.TIMEOUT_S)
        self._done = 0
        self._drops = 0
        self._counts: dict[str, int] = {}

    def work(self) -> dict[str, Any]:
        """Send until nothing is due; returns how many e-mails ended in which way."""
        try:
            while found := list(outbox.due().values_list("pk", flat=True)[:_LOOK]):
                left = outbox.due().count()
                for mail_id in found:
                    self._run.step(self._done, self._done + left)
                    mail = outbox.claim(mail_id)
                    if mail is not None:
                        self._send(mail)
                    self._done += 1
                    left = max(0, left - 1)
        except smtp.Unreachable as problem:
            outbox.pause_all(str(problem))
            log.warning("the mail server cannot be reached", problem=str(problem))
        finally:
            self._connection.close()
        return self._counts

    def _send(self, mail: Mail) -> None:
        language = mail.account.language if mail.account else "de"
        try:
            self._connection.open()
        except smtp.Unreachable:
            outbox.put_back(mail)
            raise
        with translation.override(language):
            built = message.build(mail)
        outcome = self._connection.send(built, message.sender()[1], mail.address)
        self._counts[outcome.result] = self._counts.get(outcome.result, 0) + 1
        self._settle(mail, outcome)

    def _settle(self, mail: Mail, outcome: smtp.Outcome) -> None:
        if outcome.result in _ENDS:
            outbox.settle(mail, _ENDS[outcome.result], said=outcome.said)
        elif outcome.result == "unclear":
            outbox.settle(mail, Mail.State.UNCERTAIN, cause=Mail.Cause.NO_ANSWER, said=outcome.said)
        elif outcome.result == "later":
            outbox.try_later(mail, cause=Mail.Cause.LATER, said=outcome.said)
        elif outcome.result == "sender":  # our own address is refused: that is nobody's mail alone
            outbox.put_back(mail)
            raise smtp.Unreachable(outcome.said)
        else:
            outbox.try_later(mail, cause=Mail.Cause.DROPPED, said=outcome.said)
        self._watch_drops(outcome)

    def _watch_drops(self, outcome: smtp.Outcome) -> None:
        """Rest after several broken connections in a row; forget a pause once it works."""
        if outcome.result in {"dropped", "unclear"}:
            self._drops += 1
            if self._drops >= _DROPS:
                raise smtp.Unreachable(outcome.said)
        elif self._drops or outcome.result == "sent":
            self._drops = 0
            if self._counts.get("sent") == 1:
                outbox.go_on()
