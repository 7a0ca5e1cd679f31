"""``leitstand mail``: what the mail server passes on, and a look at the outbox."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

_EPILOG = """\
bounce reads a delivery status notification (RFC 3464) from FILE or, with -, from stdin, and marks
the e-mail as come back. In Postfix, /etc/aliases: leitstand: "|/opt/leitstand/bin/leitstand mail bounce -"
test sends one e-mail to ADDRESS at once, without the outbox, and says what the server answers.
status prints how many e-mails are in which state.
Exit codes: 0 done (also for a notification that is not about an e-mail of ours), 1 failed.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument("action", choices=("bounce", "status", "test"))
    parser.add_argument("what", nargs="?", default="", metavar="FILE|ADDRESS")


def run(args: argparse.Namespace) -> int:
    """Do it; 1 if it fails."""
    if args.action == "status":
        return _status()
    if not args.what:
        print("leitstand mail: say FILE, - or ADDRESS", file=sys.stderr)
        return 2
    return _bounce(args.what) if args.action == "bounce" else _test(args.what)


def _status() -> int:
    from leitstand.core.notify import queries

    for state, count in sorted(queries.counts_by_state().items()):
        print(f"{count:>7} {state}")
    return 0


def _bounce(name: str) -> int:
    from leitstand.core.base.actor import Actor
    from leitstand.core.notify import bounces
    from leitstand.core.notify.actions import outbox

    try:
        if name == "-":
            data = sys.stdin.buffer.read(bounces.MAX_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(bounces.MAX_BYTES + 1)
    except OSError as problem:
        print(f"leitstand mail: {name}: {problem.strerror}", file=sys.stderr)
        return 1
    found = bounces.read(data)
    if found is None:
        print("not a notification about an e-mail of ours; nothing was changed")
    elif not found.final:
        print("the e-mail is only delayed; nothing was changed")
    elif outbox.bounce(found.mail_id, found.said, actor=Actor.system("leitstand mail")):
        print(f"e-mail {found.mail_id} came back: {found.said}")
    else:
        print(f"e-mail {found.mail_id} is not known as sent; nothing was changed")
    return 0


def _test(address: str) -> int:
    from django.conf import settings

    from leitstand.core.notify import message, smtp
    from leitstand.core.notify.models import Mail

    if not settings.CONFIG.smtp_url:
        print("leitstand mail: LEITSTAND_SMTP_URL is not set", file=sys.stderr)
        return 1
    if not message.is_sendable(address):
        print("leitstand mail: this is not an e-mail address", file=sys.stderr)
        return 1
    mail = Mail(address=address, subject="Leitstand: Test", body="Der Mailversand von Leitstand geht.")
    connection = smtp.Connection(settings.CONFIG, smtp.TIMEOUT_S)
    try:
        outcome = connection.send(message.build(mail), message.sender()[1], address)
    except smtp.Unreachable as problem:
        print(f"leitstand mail: {problem}", file=sys.stderr)
        return 1
    finally:
        connection.close()
    print(f"{outcome.result} {outcome.said}".strip())
    return 0 if outcome.result == "sent" else 1
