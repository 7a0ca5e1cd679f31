"""The demo city's name and legal texts."""

from __future__ import annotations

from pathlib import Path

from leitstand.core.base.actor import Actor
from leitstand.core.org.models import OrgUnit
from leitstand.shell.actions import change_site, change_text
from leitstand.shell.models import Licence, SiteText


def load(folder: Path, actor: Actor) -> None:
    """Load names from the root of the organisation, texts from ``texts/`` beside ``folder``."""
    root = OrgUnit.objects.get(parent=None)
    change_site(
        actor=actor,
        city=root.name.removeprefix("Stadt "),
        feedback_email=root.email,
        data_licence=Licence.DL_BY,  # as the demo's imprint says
    )
    for slug in SiteText.Slug.values:
        body = (folder.parent / "texts" / f"{slug}.md").read_text("utf-8")
        change_text(slug, actor=actor, body=body)
