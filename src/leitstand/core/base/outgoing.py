"""Requests to other people's servers: only to public addresses, bounded in size, time and hops.

The name is looked up once and the connection goes to the very address that was checked, so that a
name that answers differently the second time reaches nothing inside the city's network.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from leitstand.core.base.errors import DomainError

# Addresses that stand for IPv4 addresses which the check would not see: NAT64, 6to4, Teredo.
_DISGUISES = ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Limits:
    """What one request may cost: seconds, bytes after unpacking, redirects."""

    connect: float = 10.0
    read: float = 30.0
    total: float = 90.0
    size: int = 32 * 1024 * 1024
    redirects: int = 5


@dataclass(frozen=True)
class Answer:
    """A successful answer; ``url`` is where the redirects led."""

    url: str
    media_type: str
    body: bytes


class Unreachable(DomainError):
    """The server did not give what was asked for; ``again`` says whether a later try may help."""

    code = "unreachable"
    status = 502

    def __init__(self, text: str, *, again: bool = False, silent: bool = False) -> None:
        super().__init__(text)
        self.again = again
        self.silent = silent
        """Whether the server gave no answer at all."""


def get(url: str, *, accept: str = "*/*", limits: Limits | None = None) -> Answer:
    """Fetch an address; raises ``Unreachable`` with a text for people in every other case."""
    bounds = limits or Limits()
    ends = time.monotonic() + bounds.total
    for _hop in range(bounds.redirects + 1):
        found = _once(url, accept, bounds, ends)
        if isinstance(found, Answer):
            return found
        url = found
    raise Unreachable(_("The server leads from one address to the next without end."))


def check_address(url: str) -> None:
    """Raise ``Unreachable`` unless the address may be asked."""
    _target(url)


def _target(url: str) -> tuple[SplitResult, str]:
    """The parts of the address and the IP address that the request goes to."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Unreachable(_("This is no address of a server: %(url)s") % {"url": url}) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise Unreachable(_("The address must begin with https:// or http://."))
    if parts.username or parts.password:
        raise Unreachable(_("The address must not hold a user name or password."))
    port = port or (443 if parts.scheme == "https" else 80)
    return parts, _allowed(parts.hostname, port)


def _allowed(host: str, port: int) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        text = _("There is no server named %(host)s, or the name cannot be looked up now.")
        raise Unreachable(text % {"host": host}, again=True, silent=True) from None
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(map(_may_be_asked, addresses)):
        text = _(
            "%(host)s is an address inside the city's network. The operator can allow it with the "
            "setting LEITSTAND_OUTGOING_NETWORKS."
        )
        raise Unreachable(text % {"host": host})
    return addresses[0]


def _may_be_asked(text: str) -> bool:
    address = ipaddress.ip_address(text.split("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    if any(address in network for network in _networks(settings.CONFIG.outgoing_networks)):
        return True
    if any(address in network for network in _networks(_DISGUISES)):
        return False
    return address.is_global and not address.is_multicast


def _networks(texts: Iterable[str]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(text) for text in texts]


def _once(url: str, accept: str, bounds: Limits, ends: float) -> Answer | str:
    """One request: the answer, or the address that it leads to."""
    parts, address = _target(url)
    host = f"[{address}]" if ":" in address else address
    place = f"{host}:{parts.port}" if parts.port else host
    straight = urlunsplit((parts.scheme, place, parts.path or "/", parts.query, ""))
    headers = {"Host": parts.netloc, "Accept": accept, "User-Agent": "Leitstand"}
    extensions = {"sni_hostname": parts.hostname} if parts.scheme == "https" else {}
    timeout = httpx.Timeout(bounds.read, connect=bounds.connect)
    try:
        with (
            httpx.Client(trust_env=False, timeout=timeout) as client,
            client.stream("GET", straight, headers=headers, extensions=extensions) as response,
        ):
            if response.status_code in _REDIRECTS and response.headers.get("location"):
                return urljoin(url, response.headers["location"])
            _check_status(response.status_code)
            body = _body(response, bounds, ends)
            media_type = response.headers.get("content-type", "").partition(";")[0].strip()
            return Answer(url, media_type.lower(), body)
    except httpx.TimeoutException:
        text = _("The server has not answered in time.")
        raise Unreachable(text, again=True, silent=True) from None
    except httpx.RemoteProtocolError:
        text = _("The connection broke before the answer was complete.")
        raise Unreachable(text, again=True) from None
    except httpx.DecodingError:
        raise Unreachable(_("The answer is packed in a way that cannot be read.")) from None
    except (httpx.TransportError, httpx.InvalidURL) as problem:
        text = _("The server cannot be reached (%(what)s).") % {"what": type(problem).__name__}
        raise Unreachable(text, again=True, silent=True) from None


def _check_status(status: int) -> None:
    if status == 200:
        return
    words = {401: _("it asks for a log-in"), 403: _("it refuses access"), 404: _("not found")}
    text = _("The server answers with status %(status)d") % {"status": status}
    why = words.get(status)
    again = status == 429 or status >= 500
    raise Unreachable(f"{text}: {why}." if why else f"{text}.", again=again)


def _body(response: httpx.Response, bounds: Limits, ends: float) -> bytes:
    parts, size = [], 0
    for part in response.iter_bytes():
        size += len(part)
        if size > bounds.size:
            text = _("The answer is larger than %(n)d MB.") % {"n": bounds.size // 1024 // 1024}
            raise Unreachable(text)
        if time.monotonic() > ends:
            text = _("The server sends too slowly; the answer was given up after %(n)d seconds.")
            raise Unreachable(text % {"n": round(bounds.total)}, again=False, silent=True)
        parts.append(part)
    return b"".join(parts)
