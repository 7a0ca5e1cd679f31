"""Publishing needs a text and a contact; the public page says when the end has passed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from leitstand.core.base import clock
from leitstand.core.base.errors import Invalid
from leitstand.portfolio.actions.projects import change_project
from tests.portfolio.making import SYSTEM, make_project

TEXTS = {"public_text": "Anträge gehen online.", "public_contact": "a@example.org"}


@pytest.mark.parametrize("missing", ["public_text", "public_contact"])
def test_nothing_is_published_without_text_and_contact(unit_tree: Any, missing: str) -> None:
    project = make_project(unit_tree["10"], confidentiality=0)
    values = {**TEXTS, missing: " ", "published": True}
    with pytest.raises(Invalid) as refused:
        change_project(project.pk, actor=SYSTEM, version=1, values=values)
    assert list(refused.value.errors) == [missing]
    change_project(project.pk, actor=SYSTEM, version=1, values={**TEXTS, "published": True})


@pytest.mark.parametrize(("days", "said"), [(-2, True), (2, False)])
def test_the_public_page_says_that_the_end_has_passed(
    client: Any, unit_tree: Any, days: int, said: bool
) -> None:
    project = make_project(
        unit_tree["10"], phase="running", confidentiality=0, published=True,
        end=clock.today() + timedelta(days=days), **TEXTS,
    )  # fmt: skip
    html = client.get(reverse("public:project", args=[project.pk])).content.decode()
    assert project.title in html
    assert ("Das geplante Ende ist überschritten." in html) is said
