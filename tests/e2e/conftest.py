"""The real server in processes of its own, and a real browser in front of it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.cli.instance import COMMAND, ROOT, Instance, end, wait_for
from tests.e2e.city import ALL_ROLES, PASSWORD, City

CHROMIUM = next((Path(p) for p in (shutil.which("chromium"), "/usr/bin/chromium") if p), Path())
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--no-first-run",
]  # fmt: skip
PICTURES = ROOT / ".tools" / "e2e"
_QUIET = ("Autofocus processing was blocked", "Failed to load resource: the server responded")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(
                pytest.mark.skipif(
                    not CHROMIUM.is_file(), reason="no chromium (apt install chromium)"
                )
            )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Let fixtures know whether the test has failed."""
    report = yield
    setattr(item, f"report_{report.when}", report)
    return report


@pytest.fixture(autouse=True)
def _clean_state() -> None:
    """The product runs in processes of its own: nothing to clean in this one."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(instance: Instance) -> Iterator[City]:
    """Serve with web process and worker until the test is over."""
    port = _free_port()
    instance.env["LEITSTAND_PORT"] = str(port)
    city = City(instance, f"http://127.0.0.1:{port}")
    said = instance.data.parent / "serve.log"
    with said.open("w") as log:
        process = subprocess.Popen(
            [*COMMAND, "serve"], env=instance.environment(), cwd=instance.data.parent, text=True,
            stdout=log, stderr=log, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_for(lambda: process.poll() is not None or city.is_ready(), 90)
            assert process.poll() is None and city.is_ready(), said.read_text()[-3000:]
            yield city
        finally:
            end(process)


@pytest.fixture
def empty_city(tmp_path: Path) -> Iterator[City]:
    """An instance as it is after ``migrate``: one account, no unit, no project."""
    (tmp_path / "empty").mkdir()
    instance = Instance(tmp_path / "empty" / "data")
    instance.must("migrate")
    _account(instance, "leitung", "digital-unit")
    yield from _serve(instance)


@pytest.fixture(scope="session")
def demo_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """The demo city, with one more account that holds three roles."""
    folder = tmp_path_factory.mktemp("demo")
    instance = Instance(folder / "data", {"LEITSTAND_DEMO": "1", "LEITSTAND_TODAY": "2026-11-20"})
    instance.must("migrate")
    done = instance.call([sys.executable, str(Path(__file__).with_name("load_demo.py"))])
    assert done.returncode == 0, done.stderr
    _account(instance, "alle", *ALL_ROLES)
    for city in _serve(instance):
        said = json.loads((instance.data / "demo.json").read_text())
        city.passwords |= {login["role"]: (login["user"], login["password"]) for login in said}
        city.passwords["all"] = ("alle", PASSWORD)
        yield city


def _account(instance: Instance, name: str, *roles: str) -> None:
    words = ["user", "create", name, "--email", f"{name}@example.org", "--password-stdin"]
    for role in roles:
        words += ["--role", role]
    done = instance.call([*COMMAND, *words], stdin=PASSWORD + "\n")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of this folder."""
    # playwright runs an event loop in this thread; Django would refuse the database in it
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def new_page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """``new_page(city, width=390, …)`` is a tab of its own; its console must stay silent.

    If the test fails, pictures of its tabs lie in ``.tools/e2e``.
    """
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def make(city: City, *, width: int = 1280, **options: Any) -> Page:
        context = chromium.new_context(
            base_url=city.url, viewport={"width": width, "height": 900}, locale="de-DE", **options
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        return page

    yield make
    failed = getattr(getattr(request.node, "report_call", None), "failed", False)
    pages = [page for context in contexts for page in context.pages]
    if failed:
        PICTURES.mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(pages):
            page.screenshot(path=PICTURES / f"{request.node.name}-{number}.png", full_page=True)
    for context in contexts:
        context.close()
    if not failed:
        assert [text for text in said if not text.startswith(_QUIET)] == []


@pytest.fixture
def page_as(new_page: Callable[..., Page], demo_city: City) -> Callable[..., Page]:
    """``page_as("digital-unit")`` is a tab in the demo city, logged in as this role."""

    def make(role: str, **options: Any) -> Page:
        page = new_page(demo_city, **options)
        demo_city.log_in(page, role)
        return page

    return make
