"""Names of browsers and systems in the list of sessions."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from leitstand.core.accounts.programs import program_name

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64"
KIT = ") AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (WINDOWS + "; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox unter Windows"),
        (WINDOWS + KIT, "Chrome unter Windows"),
        (WINDOWS + KIT + " Edg/126.0.0.0", "Microsoft Edge unter Windows"),
        (WINDOWS + KIT + " OPR/111.0.0.0", "Opera unter Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64" + KIT, "Chrome unter Linux"),
        ("Mozilla/5.0 (Linux; Android 14; SM-G991B" + KIT, "Chrome unter Android"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/17.5 Safari/605.1.15",
            "Safari unter macOS",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
            "like Gecko) CriOS/126.0 Mobile/15E148 Safari/604.1",
            "Chrome unter iPhone",
        ),
        ("curl/8.5.0", "curl"),
        ("Mozilla/5.0 (Windows NT 10.0)", "unbekanntes Programm unter Windows"),
        ("", "unbekanntes Programm"),
        ("<script>" * 500, "unbekanntes Programm"),
    ],
)  # fmt: skip
def test_program_name(user_agent: str, name: str) -> None:
    with translation.override("de"):
        assert program_name(user_agent) == name


def test_the_list_of_sessions_names_programs_plainly(client_of: Any) -> None:
    client = client_of("member")
    agent = WINDOWS + "; rv:128.0) Gecko/20100101 Firefox/128.0"
    client.get("/mein-konto/", headers={"user-agent": agent})
    html = client.get("/konto/sitzungen/", headers={"user-agent": agent}).content.decode()
    assert "Gecko" not in html
