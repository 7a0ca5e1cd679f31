"""One connection to the mail server for many e-mails, and what became of each."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal
from urllib.parse import unquote, urlsplit

from leitstand.conf import Config

TIMEOUT_S = 20
Result = Literal["sent", "refused", "later", "unclear", "dropped", "sender"]


class Unreachable(Exception):
    """No e-mail can be sent at present; the text says why."""


@dataclass(frozen=True)
class Outcome:
    """What the server did with one e-mail, and what it said.

    ``dropped``: the connection broke before the e-mail was handed over. ``unclear``: it broke
    after that and before the server had confirmed. ``sender``: it does not take our address.
    """

    result: Result
    said: str = ""


class Connection:
    """A connection that opens itself when needed and again after it broke."""

    def __init__(self, config: Config, timeout: float = TIMEOUT_S) -> None:
        self._url = urlsplit(config.smtp_url)
        self._timeout = timeout
        self._server: smtplib.SMTP | None = None

    def open(self) -> smtplib.SMTP:
        """Return the open connection; raises :class:`Unreachable`."""
        if self._server is None:
            try:
                self._server = self._connect()
            except (OSError, smtplib.SMTPException) as problem:
                raise Unreachable(_words(problem)) from None
        return self._server

    def _connect(self) -> smtplib.SMTP:
        url, context = self._url, ssl.create_default_context()
        host = url.hostname or ""
        server: smtplib.SMTP
        if url.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, url.port or 465, timeout=self._timeout, context=context)
        else:
            server = smtplib.SMTP(host, url.port or 25, timeout=self._timeout)
        try:
            if url.scheme == "smtp+tls":
                server.starttls(context=context)
            if url.username:
                server.login(unquote(url.username), unquote(url.password or ""))
            server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        return server

    def close(self) -> None:
        """Say good-bye if there is a connection."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()

    def send(self, message: EmailMessage, sender: str, receiver: str) -> Outcome:
        """Hand one e-mail over; raises :class:`Unreachable` if there is no connection."""
        server = self.open()
        try:
            return self._hand_over(server, message.as_bytes(), sender, receiver)
        except (OSError, smtplib.SMTPException) as problem:
            self._drop()
            return Outcome("dropped", _words(problem))

    def _hand_over(
        self, server: smtplib.SMTP, message: bytes, sender: str, receiver: str
    ) -> Outcome:
        code, said = server.mail(sender)
        if code != 250:
            return self._refused(code, said, "sender")
        code, said = server.rcpt(receiver)
        if code not in (250, 251):
            return self._refused(code, said)
        code, said = server.docmd("DATA")
        if code != 354:
            return self._refused(code, said)
        server.send(smtplib._quote_periods(message) + b".\r\n")  # type: ignore[attr-defined]
        try:
            code, said = server.getreply()
        except (OSError, smtplib.SMTPException) as problem:
            self._drop()
            return Outcome("unclear", _words(problem))
        return Outcome("sent") if code == 250 else self._refused(code, said)

    def _refused(self, code: int, said: bytes, result: Result = "refused") -> Outcome:
        """Leave the server ready for the next e-mail; 4xx means later, 421 that it hangs up."""
        text = f"{code} {said.decode('utf-8', 'replace')}".replace("\n", " ")
        if code == 421 or code < 0:
            self._drop()
            return Outcome("dropped", text)
        server = self._server
        try:
            if server is not None:
                server.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()
        return Outcome(result if code >= 500 else "later", text)

    def _drop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()


def _words(problem: Exception) -> str:
    """Return what is wrong in one line; never the password."""
    if isinstance(problem, smtplib.SMTPResponseException):
        said = problem.smtp_error
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return f"{problem.smtp_code} {text}".replace("\n", " ")[:300]
    return f"{type(problem).__name__}: {problem}"[:300]
