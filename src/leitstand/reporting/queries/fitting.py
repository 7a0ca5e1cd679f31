"""Four pages by default: which edition of a paper fits, measured in the finished PDF."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils import translation

from leitstand.core.base.papers import Document
from leitstand.reporting.domain.content import Editions, composed
from leitstand.reporting.output import pdf

PAGES = 4
"""How many pages the short form has at most, cover sheet included and annexes left out."""


@dataclass(frozen=True)
class Fit:
    """The place of the fullest edition that fits and its pages without annexes.

    ``pages`` is None if they were not counted: for papers of any length, or without fonts. More
    than ``PAGES``: even the tersest edition does not fit, for what people wrote fills it.
    """

    edition: int = 0
    pages: int | None = None

    @property
    def too_long(self) -> bool:
        """Whether the short form has more pages than it may."""
        return self.pages is not None and self.pages > PAGES


def fit(document: Document, editions: Editions, words: Mapping[str, str]) -> Fit:
    """Measure the editions in their order until one fits; ``document`` gives title and cover."""
    found = Fit()
    for place, sections in enumerate(editions):
        body = [section for section in sections if not section.annex]
        with translation.override(document.language):  # as it will be written
            count = pdf.pages(replace(document, blocks=composed(body, words)))
        if count is None:
            return Fit()
        found = Fit(place, count)
        if not found.too_long:
            break
    return found
