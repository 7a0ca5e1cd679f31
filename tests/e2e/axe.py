"""axe-core over many pages at once: one browser, several tabs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from tests.cli.instance import ROOT
from tests.e2e.city import City

AXE = ROOT / ".tools" / "axe" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TABS = 4
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_RUN = """async ([tags, contrast]) => {
    const options = contrast === "only"
        ? {runOnly: {type: "rule", values: ["color-contrast", "link-in-text-block"]}}
        : {runOnly: {type: "tag", values: tags}, rules: {"color-contrast": {enabled: contrast}}};
    const found = await axe.run({...options, resultTypes: ["violations"]});
    return found.violations.map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)),
                                      v.nodes.length]);
}"""
# Width, theme, and whether colours are judged: sizes do not change with the theme, nor does
# contrast with the width, so that four looks cost little more than two.
LOOKS: tuple[tuple[int, str, Any], ...] = (
    (1280, "light", True), (1280, "dark", "only"), (390, "dark", False), (390, "light", "only"),
)  # fmt: skip
Act = Callable[[Page], Awaitable[None]]


@dataclass
class Findings:
    """What was wrong, by page; ``seen`` are the pages looked at, with their status."""

    wrong: list[str] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    def report(self) -> str:
        """All findings, one per line."""
        return "\n".join(sorted(self.wrong))


@asynccontextmanager
async def _browser(executable: str, arguments: list[str]) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        await browser.close()


async def log_in(browser: Browser, city: City, role: str) -> Any:
    """The state of a browser that is logged in as a role; ``""`` is nobody."""
    context = await browser.new_context(base_url=city.url, locale="de-DE")
    if role:
        user, password = city.passwords[role]
        page = await context.new_page()
        await page.goto("/konto/anmelden/?next=/")
        await page.locator("input[name=login]").fill(user)
        await page.locator("input[name=password]").fill(password)
        await page.locator("input[name=password]").press("Enter")
        await page.wait_for_url(city.url + "/")
    state = await context.storage_state()
    await context.close()
    return state


async def judge(page: Page, name: str, findings: Findings) -> None:
    """Run axe in every look; note violations and what sticks out of the page."""
    await page.evaluate(AXE.read_text("utf-8"))
    for width, theme, contrast in LOOKS:
        await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        await page.set_viewport_size({"width": width, "height": 900})
        for rule, nodes, count in await page.evaluate(_RUN, [TAGS, contrast]):
            findings.wrong.append(f"{name} [{width} {theme}] {rule} ×{count}: {nodes}")
        if contrast is not True and width == 390 and (over := await page.evaluate(_OVERFLOW)) > 0:
            findings.wrong.append(f"{name} [390] the page is {over} px too wide")


async def _ask(page: Page, url: str) -> int:
    """The status of an address; 0 for what is no page (downloads, JSON, redirects, fragments)."""
    answer = await page.context.request.get(url, max_redirects=0, max_retries=3)
    head = (await answer.body())[:200].lstrip().lower()
    handed_out = answer.headers.get("content-disposition", "").startswith("attachment")
    await answer.dispose()
    return answer.status if head.startswith(b"<!doctype html") and not handed_out else 0


async def _work(
    browser: Browser, city: City, state: Any, queue: asyncio.Queue[tuple[str, str]], found: Findings
) -> None:
    context = await browser.new_context(base_url=city.url, storage_state=state, locale="de-DE")
    context.set_default_timeout(30_000)
    page = await context.new_page()
    page.on("pageerror", lambda error: found.wrong.append(f"{page.url} script error: {error}"))
    while not queue.empty():
        name, url = queue.get_nowait()
        status = await _ask(page, url)
        label = f"{name} {url}"
        is_new = status not in found.seen.values()
        found.seen[label] = status
        if status == 200 or (status >= 400 and is_new):
            await page.set_viewport_size({"width": 1280, "height": 900})
            await page.goto(url)
            await judge(page, label, found)
        if status >= 500:
            found.wrong.append(f"{label} answers {status}")
    await context.close()


def _in_own_thread(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a coroutine to its end; other browser tests of the process keep a loop in this thread."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(work())).result()


def examine(
    city: City, role: str, pages: Iterable[tuple[str, str]], executable: str, arguments: list[str]
) -> Findings:
    """Look at pages given as (name, address); error pages once per status."""
    found = Findings()

    async def run() -> None:
        queue: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        for entry in pages:
            queue.put_nowait(entry)
        async with _browser(executable, arguments) as browser:
            state = await log_in(browser, city, role)
            await asyncio.gather(*(_work(browser, city, state, queue, found) for _ in range(TABS)))

    _in_own_thread(run)
    return found


def examine_after(
    city: City, role: str, acts: dict[str, tuple[str, Act]], executable: str, arguments: list[str]
) -> Findings:
    """Open pages, do something there, then look: name → (address, what to do)."""
    found = Findings()

    async def one(browser: Browser, state: Any, name: str) -> None:
        url, act = acts[name]
        context = await browser.new_context(base_url=city.url, storage_state=state, locale="de-DE")
        context.set_default_timeout(15_000)
        page = await context.new_page()
        try:
            await page.goto(url)
            await act(page)
            await judge(page, name, found)
            found.seen[name] = 200
        except Exception as problem:
            found.wrong.append(f"{name}: {str(problem).splitlines()[0][:300]}")
        await context.close()

    async def run() -> None:
        async with _browser(executable, arguments) as browser:
            state = await log_in(browser, city, role)
            names = list(acts)
            for start in range(0, len(names), TABS):
                await asyncio.gather(*(one(browser, state, n) for n in names[start : start + TABS]))

    _in_own_thread(run)
    return found
