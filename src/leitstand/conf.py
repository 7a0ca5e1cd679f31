"""Settings of an instance: one frozen dataclass read from the environment.

Every field is documented in ``docs/reference/settings.md``; a test compares the two.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from email.utils import parseaddr
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

# Every variable that the product reads; `doctor` warns of others that begin with LEITSTAND_.
VARIABLES = (
    "LEITSTAND_HOST",
    "LEITSTAND_PORT",
    "LEITSTAND_DATA",
    "LEITSTAND_DATABASE_URL",
    "LEITSTAND_SECRET_KEY",
    "LEITSTAND_PUBLIC_URL",
    "LEITSTAND_ALLOWED_HOSTS",
    "LEITSTAND_TRUSTED_PROXIES",
    "LEITSTAND_OUTGOING_NETWORKS",
    "LEITSTAND_SMTP_URL",
    "LEITSTAND_MAIL_FROM",
    "LEITSTAND_OIDC_ISSUER",
    "LEITSTAND_OIDC_CLIENT_ID",
    "LEITSTAND_OIDC_CLIENT_SECRET",
    "LEITSTAND_OIDC_LABEL",
    "LEITSTAND_OIDC_CLAIM_USERNAME",
    "LEITSTAND_TODAY",
    "LEITSTAND_MAX_UPLOAD_MB",
    "LEITSTAND_VIRUS_SCANNER",
    "LEITSTAND_BACKUPS_KEEP",
    "LEITSTAND_WEB_THREADS",
    "LEITSTAND_LOG_LEVEL",
    "LEITSTAND_LOG_FORMAT",
    "LEITSTAND_DEMO",
    "LEITSTAND_DEBUG",
)
# Read by tests and benchmarks alone.
FOR_TESTS = ("LEITSTAND_REFERENCE_DATA",)
_LOOPBACK = ("127.0.0.1", "::1")
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class ConfigError(Exception):
    """A setting is missing or wrong; the text says which and how to mend it."""


@dataclass(frozen=True)
class OidcConfig:
    """The city's OpenID Connect provider; ``None`` in :class:`Config` means local log-in only."""

    issuer: str
    client_id: str
    client_secret: str
    label: str
    claim_username: str


@dataclass(frozen=True)
class Config:
    """All settings of one instance; paths are absolute, sizes in bytes."""

    host: str
    port: int
    data: Path
    database_url: str
    secret_key: str
    public_url: str
    smtp_url: str
    mail_from: str
    today: date | None
    oidc: OidcConfig | None
    max_upload: int
    virus_scanner: str
    backups_keep: int
    demo: bool
    debug: bool
    log_level: str
    log_format: str
    web_threads: int
    allowed_hosts: tuple[str, ...] = field(default=())
    trusted_proxies: tuple[str, ...] = _LOOPBACK
    outgoing_networks: tuple[str, ...] = ()

    @property
    def is_postgres(self) -> bool:
        """Whether the instance runs on PostgreSQL instead of the embedded SQLite."""
        return self.database_url.startswith(("postgres://", "postgresql://"))

    @property
    def base_url(self) -> str:
        """Address under which people reach the instance, without a trailing slash."""
        return (self.public_url or f"http://{_reachable(self.host)}:{self.port}").rstrip("/")


def load(env: Mapping[str, str] | None = None) -> Config:
    """Read the configuration from ``env`` (default: the process environment).

    Raises :class:`ConfigError` with the variable's name if a value cannot be used.
    """
    values = os.environ if env is None else env
    data = Path(values.get("LEITSTAND_DATA", "") or "data").expanduser().resolve()
    public_url = _address(values, "LEITSTAND_PUBLIC_URL", ("http", "https"))
    host = values.get("LEITSTAND_HOST", "") or "127.0.0.1"
    return Config(
        host=host,
        port=_integer(values, "LEITSTAND_PORT", 8000, 1, 65535),
        data=data,
        database_url=_database_url(values),
        secret_key=values.get("LEITSTAND_SECRET_KEY", "") or _stored_secret(data),
        public_url=public_url,
        smtp_url=_address(values, "LEITSTAND_SMTP_URL", ("smtp", "smtp+tls", "smtps")),
        mail_from=_sender(values),
        today=_day(values, "LEITSTAND_TODAY"),
        oidc=_oidc(values),
        max_upload=_integer(values, "LEITSTAND_MAX_UPLOAD_MB", 50, 1, 2000) * 1024 * 1024,
        virus_scanner=values.get("LEITSTAND_VIRUS_SCANNER", ""),
        backups_keep=_integer(values, "LEITSTAND_BACKUPS_KEEP", 10, 1, 1000),
        demo=values.get("LEITSTAND_DEMO", "") == "1",
        debug=values.get("LEITSTAND_DEBUG", "") == "1",
        log_level=_choice(values, "LEITSTAND_LOG_LEVEL", "INFO", _LOG_LEVELS),
        log_format=_choice(values, "LEITSTAND_LOG_FORMAT", "json", ("json", "console")),
        web_threads=_integer(values, "LEITSTAND_WEB_THREADS", 3, 1, 64),
        allowed_hosts=_hosts(values, host, public_url),
        trusted_proxies=_networks(values, "LEITSTAND_TRUSTED_PROXIES") or _LOOPBACK,
        outgoing_networks=_networks(values, "LEITSTAND_OUTGOING_NETWORKS"),
    )


def _reachable(host: str) -> str:
    """Return how a browser on this machine writes the address that the server listens on."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - not bound here
    return f"[{host}]" if ":" in host else host


def _integer(values: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = values.get(name, "")
    if not text:
        return default
    try:
        number = int(text)
    except ValueError:
        raise ConfigError(f"{name} must be a whole number, but is {text!r}.") from None
    if not low <= number <= high:
        raise ConfigError(f"{name} must lie between {low} and {high}, but is {number}.")
    return number


def _choice(values: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    text = values.get(name, "") or default
    found = next((word for word in allowed if word.lower() == text.lower()), None)
    if found is None:
        raise ConfigError(f"{name} must be one of {', '.join(allowed)}, but is {text!r}.")
    return found


def _split(url: str) -> SplitResult | None:
    """Return the parts of a URL, or None if it has no possible port."""
    try:
        parts = urlsplit(url)
        return None if parts.port == 0 else parts
    except ValueError:
        return None


def _address(values: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str:
    """Return a URL with one of the schemes and a host, or "" if the variable is not set."""
    url = values.get(name, "")
    parts = _split(url)
    if url and (parts is None or parts.scheme not in schemes or not parts.hostname):
        # The value itself is not repeated: it may hold a password.
        begins = " or ".join(f"{scheme}://" for scheme in schemes)
        raise ConfigError(f"{name} must begin with {begins} and name a host.")
    return url


def _sender(values: Mapping[str, str]) -> str:
    """Return the sender of e-mails, ``address`` or ``Name <address>``, or ""."""
    text = values.get("LEITSTAND_MAIL_FROM", "").strip()
    address = parseaddr(text)[1]
    if text and not re.fullmatch(r"[!-~]+@[A-Za-z0-9.-]+", address):
        raise ConfigError(
            "LEITSTAND_MAIL_FROM must be an e-mail address such as leitstand@stadt.example "
            "or Leitstand <leitstand@stadt.example>."
        )
    return text


def _day(values: Mapping[str, str], name: str) -> date | None:
    text = values.get(name, "")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{name} must be a date like 2026-11-20, but is {text!r}.") from None


def _database_url(values: Mapping[str, str]) -> str:
    url = values.get("LEITSTAND_DATABASE_URL", "")
    if not url:
        return ""
    parts = _split(url)
    if parts is None or parts.scheme not in {"postgres", "postgresql"}:
        raise ConfigError(
            "LEITSTAND_DATABASE_URL must begin with postgresql://; leave it empty for SQLite."
        )
    if not parts.path.strip("/"):
        raise ConfigError(
            "LEITSTAND_DATABASE_URL must name a database: postgresql://user:password@host/name"
        )
    return url


def _oidc(values: Mapping[str, str]) -> OidcConfig | None:
    issuer = _address(values, "LEITSTAND_OIDC_ISSUER", ("https", "http"))
    if not issuer:
        return None
    client_id = values.get("LEITSTAND_OIDC_CLIENT_ID", "")
    if not client_id:
        raise ConfigError(
            "LEITSTAND_OIDC_CLIENT_ID is missing although LEITSTAND_OIDC_ISSUER is set."
        )
    return OidcConfig(
        issuer=issuer.rstrip("/"),
        client_id=client_id,
        client_secret=values.get("LEITSTAND_OIDC_CLIENT_SECRET", ""),
        label=values.get("LEITSTAND_OIDC_LABEL", "Anmelden mit dem Konto der Stadt"),
        claim_username=values.get("LEITSTAND_OIDC_CLAIM_USERNAME", "preferred_username"),
    )


def _hosts(values: Mapping[str, str], host: str, public_url: str) -> tuple[str, ...]:
    hosts = {"localhost", "127.0.0.1", "[::1]", f"[{host}]" if ":" in host else host}
    if public_url:
        hosts.add(urlsplit(public_url).hostname or "")
    hosts.update(part.strip() for part in values.get("LEITSTAND_ALLOWED_HOSTS", "").split(","))
    return tuple(sorted(hosts - {"", "0.0.0.0", "[::]"}))  # noqa: S104 - left out, not bound


def _networks(values: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Return the addresses and networks that a variable lists, separated by commas."""
    parts = [part.strip() for part in values.get(name, "").split(",") if part.strip()]
    for part in parts:
        try:
            ip_network(part)
        except ValueError:
            raise ConfigError(
                f"{name} must list addresses or networks such as 10.0.0.5, 172.18.0.0/16, "
                f"but holds {part!r}."
            ) from None
    return tuple(parts)


def secret_path(data: Path) -> Path:
    """Return where the generated secret of a data folder lies."""
    return data / "secrets" / "secret_key"


def _stored_secret(data: Path) -> str:
    """Return the generated secret of this data folder, creating it (0600) at the first start."""
    path = secret_path(data)
    try:
        if not path.exists():
            _create_secret(path)
        secret = path.read_text().strip()
    except OSError as problem:
        raise ConfigError(
            f"LEITSTAND_DATA ({data}) cannot be used: {problem.strerror}. "
            "Choose a folder that this user may read and write."
        ) from None
    if not secret:
        raise ConfigError(f"{path} is empty; remove it and a new secret will be made.")
    return secret


def _create_secret(path: Path) -> None:
    """Write a new secret in full before it gets its name; whoever is first wins."""
    path.parent.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.parent.mkdir(exist_ok=True, mode=0o700)
    descriptor, part = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(50))
            handle.flush()
            os.fsync(handle.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(part, path)
    finally:
        os.unlink(part)
