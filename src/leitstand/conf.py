"""Settings of an instance: one frozen dataclass read from the environment.

Every field is documented in ``docs/reference/settings.md``; a test compares the two.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit


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
    today: date | None
    oidc: OidcConfig | None
    max_upload: int
    virus_scanner: str
    demo: bool
    debug: bool
    log_level: str
    log_format: str
    web_threads: int
    allowed_hosts: tuple[str, ...] = field(default=())

    @property
    def is_postgres(self) -> bool:
        """Whether the instance runs on PostgreSQL instead of the embedded SQLite."""
        return self.database_url.startswith(("postgres://", "postgresql://"))

    @property
    def base_url(self) -> str:
        """Address under which people reach the instance, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def load(env: Mapping[str, str] | None = None) -> Config:
    """Read the configuration from ``env`` (default: the process environment).

    Raises :class:`ConfigError` with the variable's name if a value cannot be used.
    """
    values = os.environ if env is None else env
    data = Path(values.get("LEITSTAND_DATA", "data")).expanduser().resolve()
    public_url = values.get("LEITSTAND_PUBLIC_URL", "")
    return Config(
        host=values.get("LEITSTAND_HOST", "127.0.0.1"),
        port=_integer(values, "LEITSTAND_PORT", 8000, 1, 65535),
        data=data,
        database_url=_database_url(values),
        secret_key=values.get("LEITSTAND_SECRET_KEY", "") or _stored_secret(data),
        public_url=public_url,
        smtp_url=values.get("LEITSTAND_SMTP_URL", ""),
        today=_day(values, "LEITSTAND_TODAY"),
        oidc=_oidc(values),
        max_upload=_integer(values, "LEITSTAND_MAX_UPLOAD_MB", 50, 1, 2000) * 1024 * 1024,
        virus_scanner=values.get("LEITSTAND_VIRUS_SCANNER", ""),
        demo=values.get("LEITSTAND_DEMO", "") == "1",
        debug=values.get("LEITSTAND_DEBUG", "") == "1",
        log_level=values.get("LEITSTAND_LOG_LEVEL", "INFO").upper(),
        log_format=values.get("LEITSTAND_LOG_FORMAT", "json"),
        web_threads=_integer(values, "LEITSTAND_WEB_THREADS", 8, 1, 64),
        allowed_hosts=_hosts(values, public_url),
    )


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
    if url and urlsplit(url).scheme not in {"postgres", "postgresql"}:
        raise ConfigError(
            "LEITSTAND_DATABASE_URL must begin with postgresql://; leave it empty for SQLite."
        )
    return url


def _oidc(values: Mapping[str, str]) -> OidcConfig | None:
    issuer = values.get("LEITSTAND_OIDC_ISSUER", "")
    if not issuer:
        return None
    client_id = values.get("LEITSTAND_OIDC_CLIENT_ID", "")
    if not client_id:
        raise ConfigError("LEITSTAND_OIDC_CLIENT_ID is missing although LEITSTAND_OIDC_ISSUER is set.")
    return OidcConfig(
        issuer=issuer.rstrip("/"),
        client_id=client_id,
        client_secret=values.get("LEITSTAND_OIDC_CLIENT_SECRET", ""),
        label=values.get("LEITSTAND_OIDC_LABEL", "Anmelden mit dem Konto der Stadt"),
        claim_username=values.get("LEITSTAND_OIDC_CLAIM_USERNAME", "preferred_username"),
    )


def _hosts(values: Mapping[str, str], public_url: str) -> tuple[str, ...]:
    hosts = {"localhost", "127.0.0.1", "[::1]"}
    if public_url:
        hosts.add(urlsplit(public_url).hostname or "")
    hosts.update(part.strip() for part in values.get("LEITSTAND_ALLOWED_HOSTS", "").split(","))
    return tuple(sorted(hosts - {""}))


def _stored_secret(data: Path) -> str:
    """Return the generated secret of this data folder, creating it (0600) at the first start."""
    path = data / "secrets" / "secret_key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    except OSError as problem:
        raise ConfigError(
            f"LEITSTAND_DATA ({data}) cannot be written: {problem.strerror}. "
            "Choose a folder that this user may write."
        ) from None
    secret = secrets.token_urlsafe(50)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(secret)
    return secret
