"""Which page numbers are shown, and their addresses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Page
from django.http import QueryDict


class Pages:
    """The links of a pagination: first, last, and two to each side of the current page."""

    def __init__(self, page: Page[Any], query: QueryDict | None, parameter: str) -> None:
        self._page = page
        self._query = query if query is not None else QueryDict(mutable=True)
        self._parameter = parameter

    def url(self, number: int) -> str:
        """The address of one page: the current query with another page number."""
        self._query[self._parameter] = str(number)
        return "?" + self._query.urlencode()

    @property
    def previous(self) -> str:
        """Address of the page before, or empty."""
        return self.url(self._page.previous_page_number()) if self._page.has_previous() else ""

    @property
    def next(self) -> str:
        """Address of the page after, or empty."""
        return self.url(self._page.next_page_number()) if self._page.has_next() else ""

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """(number, address); number 0 stands for pages left out."""
        last, here = self._page.paginator.num_pages, self._page.number
        before = 0
        for number in range(1, last + 1):
            if number in (1, last) or abs(number - here) <= 2:
                if number - before > 1:
                    yield 0, ""
                yield number, self.url(number)
                before = number
