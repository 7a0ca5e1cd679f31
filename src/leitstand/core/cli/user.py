"""``leitstand user``: the first account of an instance, and further ones without the browser."""

from __future__ import annotations

import argparse
import getpass
import sys

from leitstand.core.base.actor import Actor
from leitstand.core.cli.failure import Failure


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("action", choices=("create", "password"))
    parser.add_argument("username")
    parser.add_argument("--email", default="")
    parser.add_argument("--role", action="append", default=[], help="role, city-wide")
    parser.add_argument("--unit", default="", help="code of the unit that the roles hold for")
    parser.add_argument("--password-stdin", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Create an account or set its password; returns 1 with a text if it cannot be done."""
    from leitstand.core.base.errors import DomainError

    password = _asked(from_stdin=args.password_stdin)
    try:
        return _create(args, password) if args.action == "create" else _password(args, password)
    except DomainError as problem:
        print(f"leitstand user: {problem.text}", file=sys.stderr)
        return 1


def _asked(*, from_stdin: bool) -> str:
    """The password typed at the terminal, or a line of standard input where there is none."""
    if sys.stdin.isatty() and not from_stdin:
        return getpass.getpass()
    line = sys.stdin.readline()
    if not line:
        raise Failure(
            "there is no terminal to ask for the password; give it as a line on standard input "
            "with --password-stdin."
        )
    return line.rstrip("\n")


def _create(args: argparse.Namespace, password: str) -> int:
    from django.db import transaction

    from leitstand.core.accounts.actions import create_account
    from leitstand.core.base.errors import Invalid
    from leitstand.core.org.models import OrgUnit
    from leitstand.core.policy.actions import assign_role

    actor = Actor.system("leitstand user")
    with transaction.atomic():
        unit = OrgUnit.objects.filter(code=args.unit).first() if args.unit else None
        if args.unit and unit is None:
            raise Invalid(f"There is no unit with the code {args.unit}.")
        account = create_account(
            actor=actor, username=args.username, email=args.email, password=password
        )
        for role in args.role:
            assign_role(account, role, actor=actor, unit=unit)
    print(f"created {account.username}")
    return 0


def _password(args: argparse.Namespace, password: str) -> int:
    from leitstand.core.accounts.actions import change_account
    from leitstand.core.accounts.models import Account

    account = Account.objects.filter(username__iexact=args.username).first()
    if account is None:
        print(f"leitstand user: there is no account {args.username}", file=sys.stderr)
        return 1
    change_account(account, actor=Actor.system("leitstand user"), password=password)
    print(f"password of {account.username} set")
    return 0
