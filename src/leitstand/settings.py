"""Django settings, derived from :mod:`leitstand.conf` alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from leitstand import __version__
from leitstand.conf import Config, load

CONFIG: Config = load()
PACKAGE = Path(__file__).resolve().parent

SECRET_KEY = CONFIG.secret_key
DEBUG = CONFIG.debug
ALLOWED_HOSTS = list(CONFIG.allowed_hosts)
VERSION = __version__

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "leitstand.core.base",
    "leitstand.core.history",
    "leitstand.core.org",
    "leitstand.core.accounts",
    "leitstand.core.policy",
    "leitstand.core.audit",
    "leitstand.core.files",
    "leitstand.core.jobs",
    "leitstand.core.tables",
    "leitstand.core.notify",
    "leitstand.core.privacy",
    "leitstand.core.ui",
    "leitstand.core.administration",
    "leitstand.core.comments",
    "leitstand.core.saved",
    "leitstand.core.demo",
    "leitstand.portfolio",
    "leitstand.sensing",
    "leitstand.planning",
    "leitstand.reporting",
    "leitstand.shell",
    # last, so that our templates and texts come before its own
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "leitstand.core.base.middleware.RequestFrame",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "leitstand.core.ui.middleware.Uploads",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "leitstand.core.accounts.middleware.CurrentActor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "leitstand.core.administration.past.PastDay",
    "leitstand.core.ui.middleware.ErrorPages",
]

ROOT_URLCONF = "leitstand.urls"
WSGI_APPLICATION = None
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "leitstand.shell.context.frame",
            ],
        },
    }
]


def _sqlite() -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": CONFIG.data / "app.db",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 5,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=134217728; "
                "PRAGMA cache_size=-20000; PRAGMA journal_size_limit=67108864; "
                "PRAGMA temp_store=MEMORY; "
                # so that REPLACE meets the triggers that forbid deleting
                "PRAGMA recursive_triggers=ON;"
            ),
        },
    }


def _postgres() -> dict[str, Any]:
    url = urlsplit(CONFIG.database_url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or ""),
        "PORT": str(url.port or ""),
        "CONN_HEALTH_CHECKS": True,  # a restarted server costs nobody a request
        "OPTIONS": {
            "connect_timeout": 5,
            "options": "-c jit=off",  # compiling takes longer than our statements
            **dict(parse_qsl(url.query)),  # such as sslmode=verify-full
        },
    }


# Used by `leitstand serve`; commands need one connection and want to hear why it fails.
CONNECTION_POOL = {"min_size": 1, "max_size": CONFIG.web_threads + 2, "timeout": 5}
DATABASES = {"default": _postgres() if CONFIG.is_postgres else _sqlite()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["leitstand.core.accounts.backend.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]  # the provider may give no address
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "leitstand.core.accounts.adapters.AccountAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "login": "leitstand.core.accounts.forms.LoginForm",
    "change_password": "leitstand.core.accounts.forms.ChangePasswordForm",
    "set_password": "leitstand.core.accounts.forms.SetPasswordForm",
    "reauthenticate": "leitstand.core.accounts.forms.ReauthenticateForm",
    "reset_password": "leitstand.core.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "leitstand.core.accounts.forms.ResetPasswordKeyForm",
}
PASSWORD_RESET_TIMEOUT = 60 * 60
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody may have strangers written to
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# A whole town hall may come from one address; a single account may not be guessed at.
ACCOUNT_RATE_LIMITS = {
    "login": "600/m/ip",
    "login_failed": "60/m/ip,5/300s/key",
    "reset_password": "30/m/ip,3/h/key",
}
SOCIALACCOUNT_ADAPTER = "leitstand.core.accounts.adapters.SocialAccountAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_LOGIN_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Leitstand"
MFA_ADAPTER = "leitstand.core.accounts.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "leitstand.core.accounts.forms.AuthenticateForm",
    "reauthenticate": "leitstand.core.accounts.forms.ReauthenticateCodeForm",
    "activate_totp": "leitstand.core.accounts.forms.ActivateTOTPForm",
    "add_webauthn": "leitstand.core.accounts.forms.AddWebAuthnForm",
    "edit_webauthn": "leitstand.core.accounts.forms.EditWebAuthnForm",
}
USERSESSIONS_TRACK_ACTIVITY = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if CONFIG.oidc:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "APPS": [
            {
                "provider_id": "stadt",
                "name": CONFIG.oidc.label,
                "client_id": CONFIG.oidc.client_id,
                "secret": CONFIG.oidc.client_secret,
                "settings": {"server_url": CONFIG.oidc.issuer, "oauth_pkce_enabled": True},
            }
        ]
    }

SESSION_COOKIE_NAME = "leitstand_session"
SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "leitstand_csrf"
_HTTPS = CONFIG.base_url.startswith("https://")
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _HTTPS  # browsers allow it on localhost alone
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
CSRF_TRUSTED_ORIGINS = [CONFIG.base_url]
CSRF_FAILURE_VIEW = "leitstand.core.ui.web.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'" + (f" {CONFIG.oidc.issuer}" if CONFIG.oidc else "")
)

LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = _HTTPS
TIME_ZONE = "Europe/Berlin"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = None

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static"]
STATIC_ROOT = None

FILE_UPLOAD_HANDLERS = ["leitstand.core.files.upload.LimitedUploadHandler"]
FILE_UPLOAD_TEMP_DIR = str(CONFIG.data / "tmp")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

LOGGING_CONFIG = None
TEST_RUNNER = "django.test.runner.DiscoverRunner"
# Counters of failed log-ins and rate limits: right across processes, and never pushed out.
CACHES = {"default": {"BACKEND": "leitstand.core.base.counters.SharedCache"}}
SILENCED_SYSTEM_CHECKS = ["security.W019"]
EMAIL_BACKEND = "leitstand.core.notify.backend.EmailBackend"  # all e-mails leave by the outbox
