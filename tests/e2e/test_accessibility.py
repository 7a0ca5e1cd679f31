"""axe finds nothing on any page of the router, in both themes, wide and narrow, and after use."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.core.signing import Signer
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.async_api import Page

from tests.core.tables.files import xlsx
from tests.e2e import axe
from tests.e2e.city import City
from tests.e2e.conftest import ARGUMENTS, CHROMIUM

pytestmark = pytest.mark.skipif(not axe.AXE.is_file(), reason="no axe-core (make setup-dev)")

_PROJECT = "(SELECT id FROM portfolio_project WHERE number = 'P-00001')"
_ROLLOUT = "(SELECT id FROM portfolio_rollout WHERE code = 'e-akte')"
_MEMBER = (
    f"(SELECT id FROM portfolio_rolloutunit WHERE rollout_id = {_ROLLOUT} ORDER BY id LIMIT 1)"
)
_INDICATOR = "(SELECT id FROM portfolio_indicator ORDER BY code LIMIT 1)"
# Parameter of an address → where its values come from. A new parameter needs a line here.
SAMPLES: dict[str, str] = {
    "campaign_id": "SELECT campaign_id FROM reporting_campaignfigure ORDER BY id LIMIT 1",
    "figure_id": "SELECT id FROM reporting_campaignfigure ORDER BY id LIMIT 1",
    "paper_template_id": "SELECT id FROM reporting_papertemplate LIMIT 1",
    "committee_report_id": "SELECT id FROM reporting_report WHERE state = 'draft' LIMIT 1",
    "move": "SELECT 'zahlen' UNION SELECT 'mitzeichnung' UNION SELECT 'freigeben'",
    "output": "SELECT 'html'",
    "project_id": f"SELECT {_PROJECT}",
    "slug": "SELECT 'impressum' UNION SELECT 'datenschutz' UNION SELECT 'barrierefreiheit'",
    "feedback_id": "SELECT id FROM shell_accessibilityfeedback LIMIT 1",
    "dependency_id": "SELECT id FROM portfolio_dependency LIMIT 1",
    "item_id": f"SELECT id FROM portfolio_milestone WHERE project_id = {_PROJECT} LIMIT 1",
    "entry_id": "SELECT id FROM portfolio_goal LIMIT 1",
    "criterion_id": "SELECT id FROM portfolio_prioritycriterion LIMIT 1",
    "goal_id": "SELECT id FROM portfolio_goal LIMIT 1",
    "field_id": "SELECT id FROM portfolio_fieldofaction LIMIT 1",
    "programme_id": "SELECT id FROM portfolio_programme LIMIT 1",
    "unit_id": "SELECT id FROM org_orgunit WHERE code = '10'",
    "run_id": "SELECT id FROM portfolio_importrun WHERE started_by_id IS NOT NULL",
    "identifier": f"SELECT {_PROJECT}",
    "token_id": "SELECT id FROM accounts_apitoken LIMIT 1",
    "person_id": "SELECT id FROM org_person LIMIT 1",
    "account_id": "SELECT id FROM accounts_account WHERE username = 'projektleitung'",
    "assignment_id": "SELECT id FROM policy_roleassignment LIMIT 1",
    "job_id": "SELECT id FROM jobs_job LIMIT 1",
    "notice_id": "SELECT id FROM notify_notification LIMIT 1",
    "mail_id": "SELECT id FROM notify_mail LIMIT 1",
    "code": "SELECT 'mails'",
    "uidb36": "SELECT 'abc'",
    "key": "SELECT 'abgelaufen'",
    "provider_id": "SELECT 'stadt'",
    "need_id": "SELECT max(need_id) FROM portfolio_advicecase GROUP BY state",
    "group_id": "SELECT id FROM portfolio_workinggroup LIMIT 1",
    "member_id": "SELECT id FROM portfolio_groupmember WHERE person_id IS NOT NULL LIMIT 1",
    "meeting_id": "SELECT max(id) FROM portfolio_meeting GROUP BY state",
    "point_id": "SELECT id FROM portfolio_agendaitem LIMIT 1",
    "task_id": "SELECT id FROM portfolio_actionitem LIMIT 1",
    "view_id": "SELECT id FROM saved_savedview WHERE audience = 'all' LIMIT 1",
    "comment_id": "SELECT id FROM comments_comment WHERE removed_at IS NULL LIMIT 1",
    "object_id": f"SELECT {_PROJECT}",
    "overlap_id": "SELECT id FROM portfolio_overlap LIMIT 1",
    "step": "SELECT 'frage' UNION SELECT 'einschaetzung' UNION SELECT 'zusammenfuehren'",
    "rollout_id": f"SELECT {_ROLLOUT}",
    "row_id": f"SELECT {_MEMBER}",
    "cell_id": f"SELECT id FROM portfolio_rolloutcell WHERE member_id = {_MEMBER} LIMIT 1",
    "part_id": f"SELECT id FROM portfolio_wave WHERE rollout_id = {_ROLLOUT} LIMIT 1",
    "template_id": "SELECT id FROM portfolio_rollouttemplate LIMIT 1",
    "indicator_id": f"SELECT {_INDICATOR}",
    "value_id": f"SELECT id FROM portfolio_indicatorvalue WHERE indicator_id = {_INDICATOR} LIMIT 1",
    "warning_id": "SELECT id FROM portfolio_earlywarning WHERE confidentiality = 1 LIMIT 1",
    "rule_kind": "SELECT 'end_days'",
    "round_id": "SELECT id FROM portfolio_statusround",
    "report_id": "SELECT id FROM portfolio_statusreport LIMIT 1",
    "substitution_id": "SELECT id FROM portfolio_substitution ORDER BY valid_until DESC LIMIT 1",
    "request_id": "SELECT id FROM portfolio_statusrequest ORDER BY id DESC LIMIT 1",
    "token": "SELECT id FROM portfolio_roundlink LIMIT 1",
    "paper_id": "SELECT paper_id FROM reporting_resolutiontracking WHERE state = 'running' LIMIT 1",
    "consultation_id": "SELECT id FROM reporting_consultation LIMIT 1",
    "council_meeting_id": "SELECT id FROM reporting_councilmeeting ORDER BY start DESC LIMIT 1",
    "station_id": "SELECT id FROM sensing_thing WHERE name = 'Wetterstation Rathaus'",
    "token_uid": "SELECT id FROM sensing_stationtoken LIMIT 1",
    "tracking_id": "SELECT tracking_id FROM reporting_trackedproject ORDER BY id LIMIT 1",
    "link_id": "SELECT id FROM reporting_trackedproject ORDER BY id LIMIT 1",
    "source_id": "SELECT id FROM reporting_oparlsource LIMIT 1",
    "supply_kind": "SELECT 'position'",
    "supply_id": "SELECT id FROM planning_position ORDER BY number LIMIT 1",
    "scenario_id": "SELECT id FROM planning_scenario LIMIT 1",
    "change_id": "SELECT id FROM planning_scenariochange LIMIT 1",
    "pk": "SELECT 1",
    "form": "SELECT 'csv'",
    "name": "SELECT 'progress' UNION SELECT 'phase' UNION SELECT 'end'",
}
_PARTS = (
    "participation", "person", "milestone", "work-package", "effort", "budget", "funding",
    "consultation", "waiting", "risk", "obstacle", "decision", "document", "partner",
)  # fmt: skip
# What "kind" means depends on the page.
KINDS: dict[str, tuple[str, ...]] = {
    "portfolio:section": _PARTS,
    "portfolio:item_add": _PARTS,
    "portfolio:item_edit": ("milestone",),
    "portfolio:item_remove": ("milestone",),
    "portfolio:strategy_add": ("field-of-action", "goal", "programme", "skill", "indicator"),
    "portfolio:strategy_edit": ("goal",),
    "portfolio:strategy_delete": ("goal",),
    "portfolio:export_part": ("milestone",),
    "portfolio:rollout_part_add": ("step", "wave"),
    "portfolio:rollout_part_edit": ("wave",),
    "portfolio:rollout_part_remove": ("wave",),
    "administration:resource": ("project",),
    "comments:post": ("project",),
}
# Pages that need to be told by their query string what they are about.
QUERIES = {"saved:new": "?page=list&query=phase%3Drunning%26oops%3D1"}
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def routes(
    patterns: Any, prefix: str = "", names: tuple[str, ...] = ()
) -> Iterator[tuple[str, str]]:
    """(name, route) of every address."""
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield ":".join((*names, entry.name or route)), route
        elif isinstance(entry, URLResolver):
            inner = (*names, entry.namespace) if entry.namespace else names
            yield from routes(entry.url_patterns, route, inner)


def addresses(city: City) -> list[tuple[str, str]]:
    """(name, address) of every page of the router with values from the city."""
    found: dict[str, str] = {}
    for name, route in routes(get_resolver().url_patterns):
        if route.startswith(("api/v1/", "sta/")) and name != "api:openapi-view":
            continue  # JSON
        parameters = _PARAMETER.findall(route)
        choices = [_choices(city, name, parameter) for parameter in parameters]
        for values in itertools.product(*choices):
            rest = iter(values)
            found.setdefault("/" + _PARAMETER.sub(lambda _: next(rest), route), name)
    return [(name, url + QUERIES.get(name, "")) for url, name in found.items()]


def _choices(city: City, name: str, parameter: str) -> Sequence[str]:
    """The values of one parameter of an address."""
    if parameter == "kind":
        return KINDS[name]
    found = city.values(SAMPLES[parameter])
    if parameter == "token":  # signed, as the e-mail has it
        key = (city.instance.data / "secrets" / "secret_key").read_text().strip()
        signer = Signer(key=key, salt="leitstand.round-link", sep=".")
        return [signer.sign(value.replace("-", "")) for value in found]
    return found


@pytest.fixture(scope="module")
def city(demo_city: City) -> City:
    """The demo city with imports in every state and a reported barrier."""
    import httpx

    with httpx.Client(base_url=demo_city.url, headers={"accept-language": "de"}, timeout=30) as web:
        user, password = demo_city.passwords["all"]
        _post(web, "/konto/anmelden/", {"login": user, "password": password})
        rows = [("Titel", "Federführung", "Projektleitung", "Beginn"),
                ("Neu", "Sozialamt", "Ina Unbekannt", "2027"), ("Falsch", "Gibtesnicht", None, "x")]  # fmt: skip
        for name in ("zuordnung.xlsx", "vorschau.xlsx", "fertig.xlsx", "verworfen.xlsx"):
            _post(web, "/import/", {}, files={"file": (name, xlsx(*rows))})
            _settled(demo_city)
            run = demo_city.values(
                "SELECT id FROM portfolio_importrun ORDER BY created_at DESC LIMIT 1"
            )[0]
            if name == "verworfen.xlsx":
                _post(web, f"/import/{run}/verwerfen/", {})
            if name in ("vorschau.xlsx", "fertig.xlsx"):
                columns = {"column_0": "title", "column_1": "lead_unit", "column_2": "lead",
                           "column_3": "start", "missing_units": "error",
                           "missing_people": "skip"}  # fmt: skip
                _post(web, f"/import/{run}/zuordnung/", columns, page=f"/import/{run}/?zuordnung")
                _settled(demo_city)
            if name == "fertig.xlsx":
                version = demo_city.values(
                    "SELECT version FROM portfolio_importrun ORDER BY created_at DESC LIMIT 1"
                )[0]
                _post(
                    web, f"/import/{run}/uebernehmen/", {"version": version}, page=f"/import/{run}/"
                )
                _settled(demo_city)
        _post(web, "/import/", {}, files={"file": ("leer.csv", b"Titel;Amt\n")})
        _settled(demo_city)
        _post(web, "/barriere-melden/", {"page": "/roadmap/", "text": "Ich sehe nichts.",
                                         "message": "Ich sehe nichts.", "email": ""})  # fmt: skip
    return demo_city


def _post(web: Any, url: str, data: dict[str, str], page: str = "", **options: Any) -> None:
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', web.get(page or url).text)
    assert token, url
    answer = web.post(url, data={**data, "csrfmiddlewaretoken": token[1]}, **options)
    assert answer.status_code < 500, (url, answer.status_code)


def _settled(city: City) -> None:
    from tests.cli.instance import wait_for

    waiting = "SELECT count(*) FROM jobs_job WHERE state IN ('queued', 'running')"
    assert wait_for(lambda: city.values(waiting) == ["0"], 60)


def test_every_page_for_those_who_may_see_everything(city: City) -> None:
    found = axe.examine(city, "all", addresses(city), str(CHROMIUM), ARGUMENTS)
    states = city.values(
        "SELECT DISTINCT state FROM portfolio_importrun WHERE started_by_id IS NOT NULL"
    )
    assert set(states) == {"mapping", "preview", "done", "discarded", "failed"}
    opened = {label.split()[0] for label, status in found.seen.items() if status == 200}
    assert {"portfolio:list", "portfolio:roadmap", "portfolio:project", "portfolio:import",
            "administration:units", "shell:start", "account_login"} <= opened | {"account_login"}  # fmt: skip
    assert not found.wrong, found.report()


def test_every_page_for_everybody(city: City) -> None:
    looked_at = ("portfolio:item", "api:openapi-view")  # hidden, or the same for everybody
    pages = [(n, u) for n, u in addresses(city) if not n.startswith(looked_at)]
    found = axe.examine(city, "", pages, str(CHROMIUM), ARGUMENTS)
    opened = {label.split()[0] for label, status in found.seen.items() if status == 200}
    assert {"public:projects", "public:project", "shell:text", "account_login"} <= opened
    inside = [label for label, status in found.seen.items() if status == 200
              and label.startswith(("portfolio:", "administration:"))
              and not label.startswith("portfolio:round_link")]  # fmt: skip
    assert not inside, "pages that need a log-in are open"
    assert not found.wrong, found.report()


# --- after use ---------------------------------------------------------------------------------


async def open_cell(page: Page) -> None:
    """Open the first value that can be edited in its cell."""
    await page.locator("a.ls-edit").first.click()
    await page.locator(".ls-inline-edit").first.wait_for()


async def add_in_place(page: Page) -> None:
    """Open the form of a new entry inside the page."""
    await page.locator("main a[hx-get$='/milestone/neu/']").first.click()
    await page.locator("main form input[name=title]").first.wait_for()


async def open_user_menu(page: Page) -> None:
    """Open the menu of the account."""
    await page.locator(".ls-menu--user > summary").click()


async def open_navigation(page: Page) -> None:
    """Open the menu of a phone."""
    await page.set_viewport_size({"width": 390, "height": 900})
    await page.locator(".ls-menu--nav > summary").click()


async def open_all_details(page: Page) -> None:
    """Open everything that can be opened."""
    await page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")


async def send_empty(page: Page) -> None:
    """Send a form without entries; the page with errors comes back."""
    await page.evaluate("document.querySelectorAll('main form').forEach(f => f.noValidate = true)")
    await page.locator("main form[method=post] button[type=submit]").last.click()
    await page.locator("#form-errors").wait_for()


async def search_nothing(page: Page) -> None:
    """Search for what is not there: the empty state."""
    await page.goto(page.url + "?suche=gibtesnicht&q=gibtesnicht")


async def choose_rows(page: Page) -> None:
    """Tick all rows of a table."""
    await page.locator("[data-select-all] input").first.check()


async def state_purpose(page: Page) -> None:
    """State why the trail is read."""
    form = page.locator("main form[method=post]").first
    for select in await form.locator("select").all():
        await select.select_option(index=1)
    for text in await form.locator("textarea, input[type=text]").all():
        await text.fill("Prüfung eines Hinweises")
    await form.locator("button[type=submit]").first.click()
    await page.locator("main table, main .ls-empty").first.wait_for()


def test_after_use(city: City) -> None:
    project = city.values("SELECT id FROM portfolio_project WHERE number = 'P-00001'")[0]
    preview = city.values("SELECT id FROM portfolio_importrun WHERE state = 'preview'")[0]
    acts: dict[str, tuple[str, axe.Act]] = {
        "a value edited in the list": ("/vorhaben/", open_cell),
        "rows ticked in the list": ("/vorhaben/", choose_rows),
        "filters of the list": ("/vorhaben/", open_all_details),
        "a list that finds nothing": ("/vorhaben/", search_nothing),
        "filters of the roadmap": ("/roadmap/", open_all_details),
        "a profile unfolded": (f"/vorhaben/{project}/", open_all_details),
        "a milestone added in the profile": (f"/vorhaben/{project}/", add_in_place),
        "a sketch with errors": ("/vorhaben/neu/", send_empty),
        "a milestone with errors": (f"/vorhaben/{project}/milestone/neu/", send_empty),
        "no file chosen": ("/import/", send_empty),
        "a preview unfolded": (f"/import/{preview}/", open_all_details),
        "the account's menu": ("/", open_user_menu),
        "the phone's menu": ("/", open_navigation),
        "a person with errors": ("/verwaltung/personen/neu/", send_empty),
        "the trail": ("/verwaltung/protokoll/", state_purpose),
        "a past list": ("/vorhaben/?stand=2026-08-15", open_all_details),
        "a past profile": (f"/vorhaben/{project}/?stand=2026-08-15", open_all_details),
        "the tree before the record": ("/verwaltung/einheiten/?stand=2024-01-01", open_all_details),
    }
    found = axe.examine_after(city, "all", acts, str(CHROMIUM), ARGUMENTS)
    assert not found.wrong, found.report()
