"""A served instance as the browser tests see it."""

from __future__ import annotations

import http.client
import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.cli.instance import Instance

_IDENTIFIER = re.compile(r"[0-9a-f]{32}")
PASSWORD = "Kirschkern-weit-spucken-7"
ALL_ROLES = ("digital-unit", "admin", "auditor")


@dataclass
class City:
    """The instance, its address and who can log in: role → (user name, password)."""

    instance: Instance
    url: str
    passwords: dict[str, tuple[str, str]] = field(default_factory=dict)

    def is_ready(self) -> bool:
        """Whether the web process answers."""
        host, _colon, port = self.url.removeprefix("http://").partition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def log_in(self, page: Any, role: str) -> None:
        """Log in as a person does."""
        user, password = self.passwords[role]
        page.goto("/konto/anmelden/?next=/")
        page.locator("input[name=login]").fill(user)
        page.locator("input[name=password]").fill(password)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(self.url + "/")

    def values(self, statement: str) -> list[str]:
        """The first column of a query; identifiers as the addresses write them."""
        return [_written(str(row[0])) for row in self.instance.sql(statement)]


def _written(value: str) -> str:
    """SQLite keeps identifiers without hyphens."""
    return str(uuid.UUID(value)) if _IDENTIFIER.fullmatch(value) else value
