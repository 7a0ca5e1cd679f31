"""``leitstand messages``: extracts, updates and compiles the translations.

English is the source language; every app keeps ``locale/de/LC_MESSAGES/django.po``.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parents[2]
_FUNCTIONS = {
    "_": 1, "gettext": 1, "gettext_lazy": 1, "gettext_noop": 1,
    "ngettext": 2, "ngettext_lazy": 2, "pgettext": -1, "pgettext_lazy": -1,
}  # fmt: skip
_FIXED = datetime(2026, 1, 1, tzinfo=UTC)
"""Date in the headers: a catalogue changes only when its texts do."""
Message = tuple[str | tuple[str, str], str | None]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("action", choices=("update", "compile", "check"))


def run(args: argparse.Namespace) -> int:
    """Run the action over all apps; ``check`` returns 1 if a translation is missing."""
    if args.action == "compile":
        return sum(compile_app(path) for path in catalogues()) and 0
    missing = 0
    for app in apps():
        missing += update_app(app, write=args.action == "update")
    for text in contradictions():
        missing += 1
        print(f"translated in two ways: {text}", file=sys.stderr)
    if missing:
        print(f"{missing} messages lack a German translation or have two", file=sys.stderr)
    return 1 if missing and args.action == "check" else 0


def apps() -> list[Path]:
    """Return the folders that have their own catalogue: those with an ``apps.py``."""
    return sorted(path.parent for path in PACKAGE.rglob("apps.py"))


def catalogues() -> list[Path]:
    """Return all German catalogues."""
    return sorted(PACKAGE.rglob("locale/de/LC_MESSAGES/django.po"))


def contradictions() -> list[str]:
    """Return messages that two catalogues translate differently.

    Django merges all catalogues into one, so the same English text must have one German text;
    where it needs two, give it a context (``pgettext``).
    """
    seen: dict[tuple[str, str | None], set[str]] = {}
    for po in catalogues():
        with po.open("rb") as source:
            for message in read_po(source, locale="de", domain="django"):
                if message.id and _translated(message.string):
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    seen.setdefault((key, message.context), set()).add(str(message.string))
    return [f"{key[0]!r}: {', '.join(sorted(ways))}" for key, ways in seen.items() if len(ways) > 1]


def compile_app(po: Path) -> int:
    """Write the ``.mo`` beside a ``.po`` if that is newer; returns 1."""
    mo = po.with_suffix(".mo")
    if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
        return 1
    with po.open("rb") as source:
        catalogue = read_po(source, locale="de", domain="django")
    part = mo.with_suffix(".part")
    with part.open("wb") as target:
        write_mo(target, catalogue, use_fuzzy=False)
    part.replace(mo)
    return 1


def update_app(app: Path, *, write: bool) -> int:
    """Merge the app's messages into its catalogue; returns how many lack a translation."""
    found = Catalog(locale="de", domain="django", charset="utf-8")
    nested = [other for other in apps() if other != app and app in other.parents]
    for place, (message, context) in _messages(app, nested):
        found.add(message, locations=[(place, 0)], context=context)
    if not len(found):
        return 0
    po = app / "locale" / "de" / "LC_MESSAGES" / "django.po"
    catalogue = Catalog(locale="de", domain="django", charset="utf-8")
    if po.exists():
        with po.open("rb") as source:
            catalogue = read_po(source, locale="de", domain="django")
    catalogue.update(found, no_fuzzy_matching=True)
    missing = [m for m in catalogue if m.id and not _translated(m.string)]
    for entry in missing if not write else []:
        print(f"{app.relative_to(PACKAGE)}: {entry.id!r}", file=sys.stderr)
    if write:
        catalogue.creation_date = catalogue.revision_date = _FIXED
        po.parent.mkdir(parents=True, exist_ok=True)
        with po.open("wb") as target:
            write_po(target, catalogue, width=98, sort_output=True, no_location=True,
                     omit_header=False, ignore_obsolete=True)  # fmt: skip
    return len(missing)


def _translated(text: str | tuple[str, ...] | list[str] | None) -> bool:
    return bool(text) if isinstance(text, str) or not text else all(text)


def _messages(app: Path, nested: list[Path]) -> Iterator[tuple[str, Message]]:
    for path in sorted([*app.rglob("*.py"), *app.rglob("*.html"), *app.rglob("*.txt")]):
        if any(other in path.parents for other in nested):
            continue
        place = str(path.relative_to(PACKAGE))
        reader = _of_python if path.suffix == ".py" else _of_template
        for message in reader(path.read_text(encoding="utf-8")):
            yield place, message


def _of_python(source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        kind = _FUNCTIONS.get(name)
        texts = [
            a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
        ]
        if kind == 1 and len(node.args) == 1 and len(texts) == 1:
            yield texts[0], None
        elif kind == 2 and len(texts) >= 2:
            yield (texts[0], texts[1]), None
        elif kind == -1 and len(texts) >= 2:
            yield texts[1], texts[0]


_CALL = re.compile(
    r"""\s(n?p?gettext)\((u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))"""
    r"""(?:,\s*(u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")))?"""
)
_FILTER = re.compile(r"""_\(("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\)""")


def _of_template(source: str) -> Iterator[Message]:
    """Read ``translate``, ``blocktranslate`` and ``_("…")`` through Django's own rewriting."""
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)
    from django.utils.translation.template import templatize

    code = templatize(source)
    for match in _CALL.finditer(code):
        function, first, second = match.group(1), match.group(2), match.group(3)
        one = ast.literal_eval(first)
        if function == "gettext":
            yield one, None
        elif function == "pgettext" and second:
            yield ast.literal_eval(second), one
        elif function == "ngettext" and second:
            yield (one, ast.literal_eval(second)), None
    for match in _FILTER.finditer(code):
        yield ast.literal_eval(match.group(1)), None
