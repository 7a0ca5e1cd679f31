"""``leitstand serve``: the web process and the worker, together or one alone."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time

from leitstand.conf import load


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--only", choices=("web", "worker"), help="run one process alone")
    parser.add_argument("--threads", type=int, default=2, help="jobs at a time (worker)")


def run(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C; a dead worker is started again."""
    from leitstand.core.cli.start import start_django

    config = load()
    if args.only == "worker":
        start_django()
        from leitstand.core.jobs.worker import work

        work(args.threads)
        return 0
    if args.only == "web":
        return serve_web()
    return serve_both(config.host, config.port)


def serve_web() -> int:
    """Run the web process; returns when it is told to stop."""
    import uvicorn

    from leitstand.core.cli.start import start_django

    start_django()
    config = load()
    uvicorn.run(
        "leitstand.asgi:application",
        host=config.host,
        port=config.port,
        log_config=None,
        access_log=False,
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
        timeout_graceful_shutdown=10,
        limit_concurrency=512,
        server_header=False,
    )
    return 0


def start(only: str) -> subprocess.Popen[bytes]:
    """Start one of the two processes as a child."""
    command = [sys.executable, "-m", "leitstand", "serve", "--only", only]
    return subprocess.Popen(command)


def serve_both(host: str, port: int) -> int:
    """Run both as children; ends when the web process ends, restarts a dead worker."""
    children = {"web": start("web"), "worker": start("worker")}
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    code = 0
    while not stopping:
        time.sleep(0.2)
        if children["web"].poll() is not None:
            code = 1
            break
        if children["worker"].poll() is not None and not stopping:
            time.sleep(1)
            children["worker"] = start("worker")
    for child in children.values():
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    for child in children.values():
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            child.kill()
    return code


def port_is_free(host: str, port: int) -> bool:
    """Whether the address can be bound."""
    import socket

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return os.name == "posix"
