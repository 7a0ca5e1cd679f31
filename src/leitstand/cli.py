"""The command ``leitstand``: finds the sub-command and loads only what that one needs.

Exit codes: 0 ok, 1 finding or failure, 2 usage, 3 not configured.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from leitstand import __version__

OK, FAILURE, USAGE, NOT_CONFIGURED = 0, 1, 2, 3


@dataclass(frozen=True)
class Command:
    """A sub-command: a module with ``configure(parser)`` and ``run(args) -> int``."""

    name: str
    module: str
    help: str
    needs_django: bool = True


COMMANDS = (
    Command("demo", "leitstand.core.cli.demo", "create the demo city and serve it", False),
    Command("serve", "leitstand.core.cli.serve", "run the web server and the worker", False),
    Command("migrate", "leitstand.core.cli.migrate", "bring the database up to date"),
    Command("doctor", "leitstand.core.cli.doctor", "check the installation", False),
    Command("import", "leitstand.portfolio.commands.imports", "import projects from a file"),
    Command("oparl", "leitstand.reporting.commands.oparl", "read council papers (OParl)"),
    Command("report", "leitstand.reporting.commands.reports", "make a report or answer an inquiry"),
    Command("plan", "leitstand.planning.commands.plan", "plan files: dates, staff, risk", False),
    Command("export", "leitstand.core.cli.export", "export everything"),
    Command("backup", "leitstand.core.cli.backup", "write a backup"),
    Command("restore", "leitstand.core.cli.restore", "restore a backup"),
    Command("user", "leitstand.core.cli.user", "create accounts and give roles"),
    Command("token", "leitstand.core.cli.token", "create access tokens"),
    Command("mail", "leitstand.core.cli.mail", "test the mail server, take bounces"),
    Command("retention", "leitstand.core.cli.retention", "delete what is older than its period"),
    Command("audit", "leitstand.core.cli.audit", "verify the audit trail"),
    Command("openapi", "leitstand.core.cli.openapi", "print the API description"),
    Command("messages", "leitstand.core.cli.messages", "update and compile translations", False),
    Command("sbom", "leitstand.core.cli.sbom", "print the bill of materials (CycloneDX)", False),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:2] == ["import", "oparl"]:  # it stands among the imports, too
        words[:2] = ["oparl", "import"]
    chosen = next((c for c in COMMANDS if words and c.name == words[0]), None)
    if chosen is None:
        return _overview(words)
    parser = argparse.ArgumentParser(prog=f"leitstand {chosen.name}", description=chosen.help)
    try:
        return _run(chosen, parser, words[1:])
    except KeyboardInterrupt:
        print("leitstand: stopped", file=sys.stderr)
        return FAILURE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def _run(chosen: Command, parser: argparse.ArgumentParser, words: list[str]) -> int:
    from leitstand.conf import ConfigError
    from leitstand.core.cli.failure import Failure, NotReady

    module = importlib.import_module(chosen.module)
    module.configure(parser)
    args = parser.parse_args(words)
    try:
        if not chosen.needs_django:
            return int(module.run(args))
        from leitstand.core.cli.start import run_with_django

        return run_with_django(module.run, args)
    except (ConfigError, NotReady) as problem:
        print(f"leitstand: {problem}", file=sys.stderr)
        return NOT_CONFIGURED
    except Failure as problem:
        print(f"leitstand: {problem}", file=sys.stderr)
        return FAILURE


def _overview(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="leitstand",
        description="Leitstand: the platform from which a city runs its digital transformation.",
        epilog="commands:\n"
        + "\n".join(f"  {c.name:<10}{c.help}" for c in COMMANDS)
        + "\n\nleitstand COMMAND --help explains a command."
        "\nExit codes: 0 ok, 1 finding or failure, 2 usage, 3 not configured.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"leitstand {__version__}")
    parser.add_argument("command", nargs="?", metavar="COMMAND")
    args = parser.parse_args(words)
    if args.command:
        parser.error(f"unknown command {args.command!r}")
    parser.print_help()
    return OK if not words else USAGE
