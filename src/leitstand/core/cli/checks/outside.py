"""Checks of what lies outside: public address, mail server, log-in provider."""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from urllib.parse import unquote, urlsplit

from leitstand.conf import Config
from leitstand.core.cli.checks.result import Check, fail, ok, warn

_TIMEOUT_S = 5
_MAX_BYTES = 1 << 20


def public_address(config: Config) -> Check:
    """People outside this machine reach the product by https."""
    if config.public_url.startswith("https://"):
        return ok("public address", "https", config.public_url)
    if config.public_url:
        return warn("public address", "passwords travel readably", config.public_url,
                    "put Caddy or nginx in front and set LEITSTAND_PUBLIC_URL to https://…")  # fmt: skip
    if _is_loopback(config.host):
        return ok("public address", "not set: reachable on this machine alone", config.base_url)
    return warn("public address", "not set, but the port is open to others", config.host,
                "set LEITSTAND_PUBLIC_URL to https://… and LEITSTAND_HOST to 127.0.0.1")  # fmt: skip


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def mail(config: Config) -> Check:
    """The mail server answers and takes the log-in; no mail is sent."""
    if not config.smtp_url:
        return ok("mail", "not set: no e-mails are sent", "LEITSTAND_SMTP_URL")
    url = urlsplit(config.smtp_url)
    where = f"{url.hostname}:{url.port or 25}"
    context = ssl.create_default_context()
    try:
        server: smtplib.SMTP
        if url.scheme == "smtps":
            server = smtplib.SMTP_SSL(
                url.hostname or "", url.port or 465, timeout=_TIMEOUT_S, context=context
            )
        else:
            server = smtplib.SMTP(url.hostname or "", url.port or 25, timeout=_TIMEOUT_S)
        with server:
            if url.scheme == "smtp+tls":
                server.starttls(context=context)
            if url.username:
                server.login(unquote(url.username), unquote(url.password or ""))
            server.noop()
    except (OSError, smtplib.SMTPException) as problem:
        return fail("mail", f"{type(problem).__name__}: {problem}"[:200], where,
                    "correct LEITSTAND_SMTP_URL or start the mail server")  # fmt: skip
    return ok("mail", "answers", where)


def login_provider(config: Config) -> Check:
    """The provider's discovery document can be read and is the right one."""
    if config.oidc is None:
        return ok("log-in provider", "not set: local log-in only", "LEITSTAND_OIDC_ISSUER")
    import httpx

    address = f"{config.oidc.issuer}/.well-known/openid-configuration"
    remedy = "correct LEITSTAND_OIDC_ISSUER or start the provider; local log-in still works"
    try:
        answer = httpx.get(address, timeout=_TIMEOUT_S, follow_redirects=False)
        said = answer.raise_for_status().json() if len(answer.content) < _MAX_BYTES else {}
        issuer = str(said["issuer"]).rstrip("/")
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as problem:
        return fail(
            "log-in provider", f"{type(problem).__name__}: {problem}"[:200], address, remedy
        )
    if issuer != config.oidc.issuer:
        return fail("log-in provider", f"calls itself {issuer[:100]}", address,
                    "set LEITSTAND_OIDC_ISSUER to exactly that")  # fmt: skip
    return ok("log-in provider", "answers", address)
