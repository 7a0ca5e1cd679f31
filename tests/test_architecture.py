"""The house rules that a machine can hold: sizes, docstrings, writers, settings, open ends."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "leitstand"
SOURCES = sorted(p for p in PACKAGE.rglob("*.py") if "migrations" not in p.parts)
WRITES = {"save", "delete", "bulk_create", "bulk_update", "update_or_create", "get_or_create"}
WRITERS = ("actions", "migrations", "recorder", "sealer", "running", "imports", "sessions", "records")
"""Parts of a path that may write: actions, what they share, the kernel's machinery for trail and jobs."""

_OTHER_THINGS = ("book", "image", "response", "session", "cookies", "cache")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _functions() -> Iterator[tuple[Path, Function]]:
    for path in SOURCES:
        for node in ast.walk(_tree(path)):
            if isinstance(node, Function):
                yield path, node


def _lines(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_files_are_rooms_to_live_in() -> None:
    too_long = {
        _name(path): count
        for path in SOURCES
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not too_long


def test_functions_are_short() -> None:
    lengths = sorted(_lines(node) for _path, node in _functions())
    assert lengths[int(len(lengths) * 0.90)] <= 25
    assert lengths[int(len(lengths) * 0.99)] <= 60


def test_every_module_and_public_function_has_a_docstring() -> None:
    missing = [_name(path) for path in SOURCES if not ast.get_docstring(_tree(path))]
    for path in SOURCES:
        for node in _tree(path).body:
            public = isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_")
            if public and not ast.get_docstring(node):
                missing.append(f"{_name(path)}:{node.name}")
    assert not missing


def test_no_catch_all_modules() -> None:
    forbidden = {"utils", "helpers", "common", "misc"}
    assert not [_name(path) for path in SOURCES if path.stem in forbidden]


def test_only_actions_write() -> None:
    """``.save()``, ``.delete()`` and bulk writes belong to actions and migrations."""
    found = []
    for path in SOURCES:
        parts = {*path.relative_to(PACKAGE).parts[:-1], path.stem}
        if parts & set(WRITERS) or "demo" in parts:
            continue
        tree = _tree(path)
        routes = {
            id(d) for f in ast.walk(tree) if isinstance(f, Function) for d in f.decorator_list
        }
        for node in (n for n in ast.walk(tree) if id(n) not in routes):
            func = node.func if isinstance(node, ast.Call) else None
            if isinstance(func, ast.Attribute) and func.attr in WRITES and not _is_harmless(func):
                found.append(f"{_name(path)}:{func.lineno} .{func.attr}()")
    assert not found


def _is_harmless(call: ast.Attribute) -> bool:
    """Workbooks, responses and sessions have methods of the same names."""
    text = ast.unparse(call.value)
    return any(word in text for word in _OTHER_THINGS)


@pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX", "raise NotImplementedError"])
def test_no_open_ends(word: str) -> None:
    found = [
        f"{_name(path)}: {line.strip()[:80]}"
        for path in SOURCES
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(rf"\b{word}\b", line)
    ]
    assert not found


def test_templates_have_no_inline_style_or_script() -> None:
    """The content security policy forbids both; a page that needs them is broken."""
    found = []
    for path in PACKAGE.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if re.search(
            r"\sstyle=|\son[a-z]+=\"|<style|<script(?![^>]*(?:\bsrc=|application/json))", text
        ):
            found.append(_name(path))
    assert not found
