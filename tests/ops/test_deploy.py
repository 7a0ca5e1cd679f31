"""The operator's files: what must be in them. The real programs check them in `.ci/run`."""

from __future__ import annotations

import configparser
import json
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


def instructions() -> list[tuple[str, str]]:
    """The Containerfile's instructions as the builder reads them: comments and breaks taken out."""
    text = re.sub(r"^\s*#.*\n", "", (DEPLOY / "Containerfile").read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines if line.strip()]


def test_the_container_does_not_run_as_root() -> None:
    users = [rest for name, rest in instructions() if name == "USER"]
    assert users
    assert users[-1].split(":")[0] not in {"0", "root"}


def test_the_container_file_is_one_that_a_builder_takes() -> None:
    """No container engine here: its words, its exec forms, and what it asks of install.sh."""
    found = instructions()
    known = {"FROM", "COPY", "RUN", "USER", "ENV", "VOLUME", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL",
             "ENTRYPOINT", "CMD"}  # fmt: skip
    assert {name for name, _rest in found} <= known
    assert found[0][0] == "FROM"
    assert re.fullmatch(r"[\w./-]+:3\.1[1-3][\w.-]*", found[0][1])
    values = dict(found)
    start = json.loads(values["ENTRYPOINT"])
    assert json.loads(values["CMD"]) == ["serve"]
    check = json.loads(values["HEALTHCHECK"].partition("CMD ")[2])
    compile(check[2], "healthcheck", "exec")
    run = values["RUN"]
    target = re.search(r"--target (\S+)", run)
    assert target
    assert start == [f"{target[1]}/venv/bin/leitstand"]
    assert check[0] == f"{target[1]}/venv/bin/python"
    script = (DEPLOY / "install.sh").read_text()
    call = re.search(r"install\.sh ([^&]*)", run)
    assert call
    for option in re.findall(r"--\w+", call[1]):
        assert f"{option}|" in script or f"|{option}" in script
    assert "LEITSTAND_SKIP_START" in script
    data = re.search(r"LEITSTAND_DATA=(\S+)", values["ENV"])
    assert data
    assert data[1] == values["VOLUME"]
    assert f"{data[1]}\n" in run.replace(" \\", "") + "\n"
    for name in re.findall(r"LEITSTAND_\w+", values["ENV"]):
        assert name in (DEPLOY.parent / "docs/reference/settings.md").read_text()
