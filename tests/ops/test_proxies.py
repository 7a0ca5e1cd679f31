"""The reverse proxies' examples, run by the real programs in front of a server that echoes."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
CADDY = shutil.which("caddy", path="/usr/bin:/bin:/usr/local/bin")
HOST = "leitstand.example.org"
FORGED = {"Host": HOST, "X-Forwarded-For": "6.6.6.6", "Forwarded": "for=6.6.6.6"}
FORGED |= {"X-Forwarded-Proto": "gopher"}
CHUNK = 1 << 16
Fetch = Callable[..., tuple[int, dict[str, str]]]


class Echo(BaseHTTPRequestHandler):
    """Answers with the request's headers as JSON."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def handle(self) -> None:
        # A refused upload breaks off in the middle; that is the proxy's right.
        with contextlib.suppress(ConnectionError):
            super().handle()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def backend() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetch_through(port: int, tls: bool) -> Fetch:
    """A function that sends one request through the proxy: path, body size → status, echo."""

    def fetch(path: str, size: int = 0) -> tuple[int, dict[str, str]]:
        if tls:
            context = ssl._create_unverified_context()
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                "127.0.0.1", port, timeout=20, context=context
            )
        else:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            headers = FORGED | ({"Content-Length": str(size)} if size else {})
            connection.request("POST" if size else "GET", path, headers=headers)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                for _ in range(size // CHUNK):
                    connection.send(b"x" * CHUNK)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if answer.status == 200 else {}
        finally:
            connection.close()

    return fetch


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        assert process.poll() is None, process.stderr and process.stderr.read()
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the proxy does not listen")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.communicate(timeout=20)


@pytest.fixture(scope="module")
def nginx(backend: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fetch]:
    if NGINX is None:
        pytest.skip("nginx is not installed")
    folder = tmp_path_factory.mktemp("nginx")
    folder.chmod(0o755)
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
            *("-subj", f"/CN={HOST}", "-keyout", "privkey.pem", "-out", "fullchain.pem"),
        ],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    plain, secure = free_port(), free_port()
    text = (DEPLOY / "nginx.conf").read_text()
    text = text.replace("/etc/ssl/leitstand", str(folder)).replace(":8000", f":{backend}")
    text = re.sub(r"listen \[::\].*", "", text)
    text = text.replace("listen 80;", f"listen 127.0.0.1:{plain};")
    text = text.replace("listen 443 ", f"listen 127.0.0.1:{secure} ")
    paths = "".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(
        f"{user} daemon off; pid {folder}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; {paths}\n{text}\n}}\n"
    )
    process = subprocess.Popen(
        [NGINX, "-c", str(config), "-p", str(folder)], stderr=subprocess.PIPE
    )
    try:
        wait_for(secure, process)
        yield fetch_through(secure, tls=True)
    finally:
        stop(process)


@pytest.fixture(scope="module")
def caddy(backend: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fetch]:
    if CADDY is None:
        pytest.skip("caddy is not installed")
    folder = tmp_path_factory.mktemp("caddy")
    port = free_port()
    text = (DEPLOY / "Caddyfile").read_text().replace(":8000", f":{backend}")
    # Without a certificate of its own: nothing may be fetched in a test.
    text = re.sub(rf"(?m)^{re.escape(HOST)} {{", f"http://{HOST}:{port} {{\n\tbind 127.0.0.1", text)
    (folder / "Caddyfile").write_text(text)
    process = subprocess.Popen(
        [CADDY, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"],
        env={"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)},
        stderr=subprocess.PIPE,
    )
    try:
        wait_for(port, process)
        yield fetch_through(port, tls=False)
    finally:
        stop(process)


@pytest.fixture(params=["nginx", "caddy"])
def fetch(request: pytest.FixtureRequest) -> Fetch:
    through: Fetch = request.getfixturevalue(request.param)
    return through


def test_the_client_cannot_choose_its_address(fetch: Fetch) -> None:
    status, seen = fetch("/projekte/")
    assert status == 200
    assert seen["x-forwarded-for"] == "127.0.0.1"
    assert "6.6.6.6" not in json.dumps(seen)
    assert seen["x-forwarded-proto"] in {"https", "http"}
    assert seen["host"] == HOST


@pytest.mark.parametrize("page", ["/metrics", "/readyz"])
def test_internal_pages_are_hidden(fetch: Fetch, page: str) -> None:
    assert fetch(page)[0] == 404


def test_uploads_pass_up_to_the_limit(fetch: Fetch) -> None:
    assert fetch("/import/", size=3 * CHUNK)[0] == 200
    assert fetch("/import/", size=1500 * CHUNK)[0] == 413


def test_nginx_sends_plain_requests_to_https(nginx: Fetch) -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    assert "return 301 https://" in text
    assert nginx("/")[1]["x-forwarded-proto"] == "https"
