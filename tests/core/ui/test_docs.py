"""The examples of `docs/reference/ui-kit.md` are templates that compile."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import Template

from leitstand.core.ui.templatetags import ui

TEXT = Path("docs/reference/ui-kit.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```django\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_example_compiles(example: str) -> None:
    Template(example if "{% load" in example else "{% load i18n ui %}" + example)


def test_every_tag_has_an_example() -> None:
    shown = set(re.findall(r"{% (\w+)", "".join(EXAMPLES)))
    assert set(ui.register.tags) <= shown


def test_every_page_template_is_listed() -> None:
    for name in (
        "base",
        "public",
        "form_page",
        "confirm",
        "job_page",
        "error",
        "conflict",
        "unavailable",
    ):
        assert f"`ui/{name}.html`" in TEXT
