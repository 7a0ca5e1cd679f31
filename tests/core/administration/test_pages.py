"""Every page of the administration, by role: opened, refused with the reason, or log-in."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.urls import reverse

from leitstand.core.base.actor import Actor
from leitstand.core.jobs.actions import enqueue
from leitstand.core.org.actions import create_person

SYSTEM = Actor.system("test")
ADMINS = {"admin"}
ORG = {"admin", "digital-unit"}
STAFF = {"admin", "digital-unit", "project-lead", "unit-head", "member", "auditor", "emergency"}
EVERYBODY = {*STAFF, "councillor", ""}
ROLES = sorted(EVERYBODY)

# page: (argument, roles that may open it)
PAGES = {
    "account": ("", EVERYBODY),
    "token_new": ("", EVERYBODY),
    "units": ("", STAFF),
    "unit": ("unit", STAFF),
    "unit_new": ("", ORG),
    "unit_rename": ("unit", ORG),
    "unit_move": ("unit", ORG),
    "unit_merge": ("unit", ORG),
    "unit_dissolve": ("unit", ORG),
    "units_import": ("", ORG),
    "people": ("", STAFF),
    "person_new": ("", ORG),
    "person": ("person", ORG),
    "people_import": ("", ORG),
    "accounts": ("", ADMINS),
    "account_new": ("", ADMINS),
    "account_edit": ("account", ADMINS),
    "account_password": ("account", ADMINS),
    "account_factors": ("account", ADMINS),
    "role_assign": ("account", ADMINS),
    "role_withdraw": ("role", ADMINS),
    "roles": ("", EVERYBODY),
    "why": ("", EVERYBODY),
    "audit_purpose": ("", {"auditor"}),
    "jobs": ("", EVERYBODY),
    "notices": ("", EVERYBODY),
    "notice_preferences": ("", EVERYBODY),
    "my_data": ("", EVERYBODY),
    "privacy": ("", {"auditor"}),
    "privacy_about": ("", {"auditor"}),
    "privacy_shred": ("", {"auditor"}),
    "outbox": ("", ADMINS),
    "mail_schedule": ("", ADMINS),
}


@pytest.fixture
def arguments(unit_tree: Any, account: Any) -> Any:
    """Return the URL arguments by the word used in PAGES."""
    person = create_person(
        actor=SYSTEM, given_name="Ute", family_name="Blau", unit=unit_tree["10"], email="u@b.de"
    )
    somebody = account("member", unit_tree["10"])
    return {
        "": [],
        "unit": [unit_tree["10.1"].id],
        "person": [person.id],
        "account": [somebody.id],
        "role": [somebody.id, somebody.roles.get().id],
    }


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_exactly_its_pages(role: Any, arguments: Any, client_of: Any) -> None:
    client = client_of(role)
    for name, (argument, allowed) in PAGES.items():
        url = reverse(f"administration:{name}", args=arguments[argument])
        response = client.get(url)
        expected = 200 if role in allowed else 403
        assert response.status_code == expected, (name, response.status_code)
        queries = int(response.headers["Server-Timing"].rsplit('"', 2)[1])
        most = 30 if name == "privacy" else 14  # there one count per kind of period
        assert queries <= most, (name, queries)


def test_visitors_are_sent_to_the_log_in(client: Any, arguments: Any) -> None:
    for name, (argument, _) in PAGES.items():
        url = reverse(f"administration:{name}", args=arguments[argument])
        response = client.get(url)
        assert response.status_code == 302, name
        assert response.headers["Location"].startswith("/konto/anmelden/"), name


def test_no_page_changes_anything_on_get(client_of: Any, arguments: Any) -> None:
    client = client_of("admin")
    assert client.get(reverse("administration:language")).status_code == 405
    job = enqueue("audit.verify", actor=SYSTEM)
    assert client.get(reverse("administration:job_cancel", args=[job.id])).status_code == 405
    assert client.get(reverse("administration:audit_verify")).status_code in (403, 405)


@pytest.mark.parametrize("name", ["unit", "person", "account_edit", "job", "token_revoke"])
def test_unknown_objects_are_not_found(name: Any, client_of: Any) -> None:
    client = client_of("admin")
    response = client.get(reverse(f"administration:{name}", args=[uuid.uuid4()]))
    assert response.status_code == 404


def test_a_role_on_one_unit_opens_no_accounts(unit_tree: Any, client_of: Any) -> None:
    client = client_of("admin", unit_tree["10"])
    response = client.get(reverse("administration:accounts"))
    assert response.status_code == 403
    assert "ganze Stadt" in response.content.decode()


def test_navigation_shows_only_what_is_open(client_of: Any) -> Any:
    def links(role: Any) -> Any:
        page = client_of(role).get(reverse("administration:account")).content.decode()
        return {n for n in ("konten", "protokoll", "einheiten") if f"/verwaltung/{n}/" in page}

    assert links("admin") == {"konten", "einheiten"}
    assert links("auditor") == {"protokoll", "einheiten"}
    assert links("councillor") == set()


# --- /id/<kind>/<uuid> -----------------------------------------------------------------------


def test_lasting_addresses_lead_to_pages(unit_tree: Any, client_of: Any, client: Any) -> None:
    unit = unit_tree["10"]
    url = f"/id/org-unit/{unit.id}"
    assert client_of("member").get(url).headers["Location"] == f"/verwaltung/einheiten/{unit.id}/"
    assert client_of("councillor").get(url).status_code == 404
    assert client.get(url).headers["Location"].startswith("/konto/anmelden/")
    assert client_of("member").get(f"/id/keine-art/{unit.id}").status_code == 404
