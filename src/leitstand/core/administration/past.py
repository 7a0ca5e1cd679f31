"""Looking at a past day: ``?stand=2026-03-31`` on pages, ``?as_of=2026-03-31`` in the API.

The views know nothing of it: their queries are answered from the versions, their links keep the
day, and nobody may change anything meanwhile.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from leitstand.core.accounts.identity import actor_of
from leitstand.core.base import clock
from leitstand.core.base.errors import DomainError
from leitstand.core.history import past, record
from leitstand.core.ui import problems, registry

PAGE, API = "stand", "as_of"
_API_PREFIX = "/api/v1"
_SAFE = ("GET", "HEAD")
_TAG = re.compile(r'<(?:a|form)\b[^>]*>')
_ADDRESS = re.compile(r'\b(href|action|hx-get)="([^"]*)"')


class NoSuchDay(DomainError):
    """A day that cannot be shown; the text says which can."""

    code = "no_such_day"
    status = 422


class BeforeRecord(NoSuchDay):
    """A day before the record begins."""


@dataclass(frozen=True)
class Shown:
    """What the banner needs: the day, the way back, the neighbours, what the picker keeps."""

    day: date
    now_url: str
    before: str
    after: str
    kept: list[tuple[str, str]]
    last: date


class PastDay:
    """Middleware: reads the parameter, lets the view run in the past, keeps it in the links."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; without the parameter it costs nothing."""
        api = request.path.startswith(_API_PREFIX)
        name = API if api else PAGE
        if name not in request.GET:
            return self.get_response(request)
        match = _match(request.path_info)
        if match is None or not _concerns(request, match, api):
            return self.get_response(request)
        try:
            return self._answer(request, match, request.GET[name].strip(), name)
        except DomainError as error:
            return _refusal(request, error, api)

    def _answer(
        self, request: HttpRequest, match: ResolverMatch, text: str, name: str
    ) -> HttpResponse:
        whole = request.get_full_path()
        if request.method not in _SAFE:
            raise past.PastIsReadOnly
        if not (name == API or match.view_name in _names()):
            messages.info(request, _("This page always shows the state of today."))
            return HttpResponseRedirect(with_day(whole, None))
        if not text:
            return HttpResponseRedirect(with_day(whole, None))
        try:
            day = _day(text, _shown_models(request, match, api=name == API))
        except BeforeRecord:
            if match.view_name not in _earlier():
                raise
            return self.get_response(request)
        request.GET = _without(request.GET, name)  # type: ignore[assignment]
        if day == clock.present_day():
            if name == API:
                return self.get_response(request)
            return HttpResponseRedirect(with_day(whole, None))
        about_one = any(isinstance(value, uuid.UUID) for value in match.kwargs.values())
        with past.as_of(day, whole=not about_one):
            request.past = _shown(request, match, day)  # type: ignore[attr-defined]
            response = self.get_response(request)
            return _carried(response, day, request.path)


def _match(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None


def _names() -> frozenset[str]:
    return frozenset().union(*(pages.names for pages in registry.past_pages))


def _earlier() -> frozenset[str]:
    return frozenset().union(*(pages.earlier for pages in registry.past_pages))


def _concerns(request: HttpRequest, match: ResolverMatch, api: bool) -> bool:
    """Whether the parameter means a past day here. What is public is always of today."""
    if api:
        rest = request.path.removeprefix(_API_PREFIX)
        return any(rest.startswith(p) for pages in registry.past_pages for p in pages.api)
    return not match.view_name.startswith("public:")


def _shown_models(request: HttpRequest, match: ResolverMatch, *, api: bool) -> list[str]:
    """Models whose record decides, besides projects, since when a page is known."""
    rest = request.path.removeprefix(_API_PREFIX)
    return [
        label
        for pages in registry.past_pages
        if (rest.startswith(pages.api) if api else match.view_name in pages.names)
        for label in pages.of
    ]


def _day(text: str, models: Sequence[str] = ()) -> date:
    """The day meant; raises `NoSuchDay` for what is no day, not yet over, or before the record."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NoSuchDay(
            _("“%(text)s” is not a day. Write it as year, month, day, such as 2026-03-31.")
            % {"text": text[:40]},
            field=PAGE,
        ) from None
    if day > clock.present_day():
        raise NoSuchDay(_("This day is still to come. Choose today or an earlier day."), field=PAGE)
    first = record.first_day(models)
    if first is None or day < first:
        text = _("Nothing has been recorded yet.")
        if first is not None:
            text = _("Of this day nothing is known. The record begins on %(day)s.") % {
                "day": date_format(first, "j. F Y")
            }
        raise BeforeRecord(text, field=PAGE)
    return day


def _refusal(request: HttpRequest, error: DomainError, api: bool) -> HttpResponse:
    if api:
        from leitstand.core.administration import api_errors  # brings the whole API library

        return api_errors.domain(request, error)
    return problems.error_page(
        request,
        error.status,
        _("This day cannot be shown") if isinstance(error, NoSuchDay) else _("You may not do this"),
        error.text,
        back_url=with_day(request.get_full_path(), None) if request.method in _SAFE else "",
    )


def _without(query: QueryDict, name: str) -> QueryDict:
    rest = query.copy()
    rest.pop(name, None)
    return rest


def _shown(request: HttpRequest, match: ResolverMatch, day: date) -> Shown:
    before = after = None
    for pages in registry.past_pages:
        if match.view_name in pages.names:
            before, after = pages.neighbours(actor_of(request), match, day)
    today = clock.present_day()
    whole = request.get_full_path()
    if after is not None and after >= today:
        after = today
    return Shown(
        day=day,
        now_url=with_day(whole, None),
        before=with_day(whole, before) if before else "",
        after=with_day(whole, None if after == today else after) if after else "",
        kept=[(key, text) for key, texts in request.GET.lists() for text in texts],
        last=today - timedelta(days=1),
    )


# --- addresses ------------------------------------------------------------------------------------


def with_day(address: str, day: date | None) -> str:
    """The same address for a day; None for the present."""
    whole, hash_, fragment = address.partition("#")
    path, _mark, text = whole.partition("?")
    query = QueryDict(text, mutable=True)
    query.pop(PAGE, None)
    if day is not None:
        query[PAGE] = day.isoformat()
    text = query.urlencode(safe="/")
    return f"{path}{'?' if text else ''}{text}{hash_}{fragment}"


def shown(request: HttpRequest) -> Shown | None:
    """The past day of this request for the banner; None for the present."""
    found: Shown | None = getattr(request, "past", None)
    return found


def offer(request: HttpRequest) -> dict[str, Any] | None:
    """What the choice of a day needs on a page that can show a past one; None on others."""
    match = request.resolver_match
    if match is None or match.view_name not in _names() or actor_of(request).account_id is None:
        return None
    lists = request.GET.lists()
    kept = [(key, text) for key, texts in lists if key != PAGE for text in texts]
    return {"early": PAGE in request.GET, "kept": kept, "last": clock.present_day() - timedelta(days=1)}


@lru_cache(maxsize=8192)
def _keeps(path: str) -> bool:
    match = _match(path)
    return match is not None and match.view_name in _names()


def _carried(response: HttpResponse, day: date, here: str) -> HttpResponse:
    """Keep the day in the links of a page; let a download be written in the past."""
    if response.streaming:
        chunks: Any = response.streaming_content  # type: ignore[attr-defined]
        if not hasattr(response, "file_to_stream"):
            response.streaming_content = past.carried(chunks)  # type: ignore[attr-defined]
        return response
    if response.status_code in (301, 302, 303) and _keeps(response["Location"].partition("?")[0]):
        response["Location"] = with_day(response["Location"], day)
    if response.get("Content-Type", "").startswith("text/html"):
        response.content = _with_links(response.content.decode(), day, here).encode()
        if response.has_header("Content-Length"):
            response["Content-Length"] = str(len(response.content))
    return response


def _with_links(html: str, day: date, here: str) -> str:
    """Add the day to every link and to every form that asks, if its page can show it."""
    parameter = f"{PAGE}={day.isoformat()}"

    def address(found: re.Match[str]) -> str:
        name, url = found[1], found[2]
        whole, hash_, fragment = url.partition("#")
        path, _mark, query = whole.partition("?")
        if not whole or name == "action" or f"{PAGE}=" in query or not _keeps(path or here):
            return found[0]
        rest = f"{query}&amp;{parameter}" if query else parameter
        return f'{name}="{path}?{rest}{hash_}{fragment}"'

    def tag(found: re.Match[str]) -> str:
        text = found[0]
        if "data-now" in text:
            return text
        text = _ADDRESS.sub(address, text)
        if text.startswith("<form") and 'method="get"' in text:
            action = re.search(r'\baction="([^"?]*)', text)
            if _keeps(action[1] if action and action[1] else here):
                text += f'<input type="hidden" name="{PAGE}" value="{day.isoformat()}">'
        return text

    return _TAG.sub(tag, html)
