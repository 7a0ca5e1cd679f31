"""``leitstand token``: access tokens without the browser."""

from __future__ import annotations

import argparse
import sys
from datetime import date, datetime, time, timedelta

from leitstand.core.base.actor import Actor


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("action", choices=("create",))
    parser.add_argument("--user", required=True, help="account that the token acts for")
    parser.add_argument("--scope", required=True, choices=("read", "write", "admin"))
    parser.add_argument("--expires", required=True, help="day (2027-01-31) or days (90d)")
    parser.add_argument("--name", default="leitstand token create")


def run(args: argparse.Namespace) -> int:
    """Create a token and print it once; returns 1 with a text if it cannot be done."""
    from leitstand.core.accounts.actions import create_token
    from leitstand.core.accounts.models import Account
    from leitstand.core.base.errors import DomainError

    account = Account.objects.filter(username__iexact=args.user).first()
    if account is None:
        print(f"leitstand token: there is no account {args.user}", file=sys.stderr)
        return 1
    try:
        expires_at = _moment(args.expires)
        _, text = create_token(
            account,
            actor=Actor.system("leitstand token"),
            name=args.name,
            scope=args.scope,
            expires_at=expires_at,
        )
    except ValueError:
        print("leitstand token: --expires must be a day like 2027-01-31 or 90d", file=sys.stderr)
        return 2
    except DomainError as problem:
        print(f"leitstand token: {problem.text}", file=sys.stderr)
        return 1
    print(text)
    return 0


def _moment(text: str) -> datetime:
    from django.utils import timezone

    from leitstand.core.base import clock

    if text.endswith("d") and text[:-1].isdigit():
        return clock.now() + timedelta(days=int(text[:-1]))
    return timezone.make_aware(datetime.combine(date.fromisoformat(text), time.max))
