"""Looking at the port: is it free, does it accept, who answers."""

from __future__ import annotations

import errno
import http.client
import socket

_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - translated, not bound


def reachable_host(host: str) -> str:
    """Return an address under which a server bound to ``host`` answers on this machine."""
    return _WILDCARDS.get(host, host)


def bind_problem(host: str, port: int) -> int:
    """Return 0 if the address can be bound, else the system's error number."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror:
        return errno.EADDRNOTAVAIL
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as problem:
            return problem.errno or errno.EADDRINUSE
    return 0


def is_free(host: str, port: int) -> bool:
    """Whether the address can be bound."""
    return bind_problem(host, port) == 0


def taken_text(host: str, port: int) -> str:
    """Return the sentence that says why the address cannot be bound and what to do."""
    reason = bind_problem(host, port)
    if reason == errno.EACCES:
        return (
            f"port {port} needs privileges; choose one above 1023 (LEITSTAND_PORT) behind a proxy."
        )
    if reason == errno.EADDRNOTAVAIL:
        return f"this machine has no address {host}; set LEITSTAND_HOST to one of its own."
    who = "Leitstand itself" if answers_as_leitstand(host, port) else "another program"
    return (
        f"port {port} on {host} is taken by {who}; stop that or set LEITSTAND_PORT to another one."
    )


def accepts(host: str, port: int) -> bool:
    """Whether something listens there."""
    try:
        with socket.create_connection((reachable_host(host), port), timeout=1):
            return True
    except OSError:
        return False


def get(host: str, port: int, path: str, timeout: float = 3) -> tuple[int, bytes]:
    """Return status and body of a plain GET; status 0 if nothing answers."""
    connection = http.client.HTTPConnection(reachable_host(host), port, timeout=timeout)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        answer = connection.getresponse()
        return answer.status, answer.read(65536)
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def answers_as_leitstand(host: str, port: int) -> bool:
    """Whether a Leitstand answers there."""
    return get(host, port, "/healthz") == (200, b"ok\n")
