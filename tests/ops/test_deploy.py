"""The operator's files: what must be in them. The real programs check them in `.ci/run`."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest

from leitstand import conf

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def unit(path: Path) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path)
    return parser


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_run_without_privileges(path: Path) -> None:
    service = unit(path)["Service"]
    assert service["User"] != "root"
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
    assert service["ReadWritePaths"] == "/var/lib/leitstand"
    assert service["UMask"] == "0077"


def test_there_is_a_unit_for_each_process_and_its_port_wins_over_the_file() -> None:
    starts = {path.name: unit(path)["Service"]["ExecStart"] for path in UNITS}
    assert starts["leitstand-worker.service"].endswith("leitstand serve --only worker")
    # An EnvironmentFile would override Environment=, so the port is set on the command itself.
    assert starts["leitstand-web@.service"].startswith("/usr/bin/env LEITSTAND_PORT=%i ")


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_proxies_leave_room_for_uploads_and_hide_internal_pages(name: str, tmp_path: Path) -> None:
    text = (DEPLOY / name).read_text()
    limit = re.search(r"(?:max_size|client_max_body_size)\s+(\d+)", text)
    assert limit
    default = conf.load({"LEITSTAND_DATA": str(tmp_path)}).max_upload >> 20
    assert default < int(limit[1]) <= 2 * default
    for page in ("/metrics", "/readyz"):
        assert page in text
    assert "404" in text


def test_nginx_replaces_the_clients_forwarded_headers() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    assert "X-Forwarded-For $remote_addr" in text
    assert "proxy_add_x_forwarded_for" not in re.sub(r"#.*", "", text)


def test_the_container_does_not_run_as_root() -> None:
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users
    assert users[-1].split(":")[0] not in {"0", "root"}
