"""Django's settings, from the environment only; see foundation/variables.py for what may be set."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

from expertim.foundation.variables import read

PACKAGE = Path(__file__).resolve().parent
DATA_DIR: Path = read("DATA_DIR")
HOST: str = read("HOST")
PORT: int = read("PORT")
DEBUG: bool = read("DEBUG")
SITE_NAME: str = read("SITE_NAME")
TOP_UP_TEXT: str = read("TOP_UP_TEXT")
# A data folder that `expertim demo` has made is a demo's for every command, whatever shell it is called from.
MOVABLE_CLOCK: bool = (
    read("EXPERTIM_MOVABLE_CLOCK") if os.environ.get("EXPERTIM_MOVABLE_CLOCK") else (DATA_DIR / "demo").exists()
)
PUBLIC_URL: str = (read("PUBLIC_URL") or f"http://{'localhost' if HOST == '0.0.0.0' else HOST}:{PORT}").rstrip("/")
APP_ROLE: str = read("EXPERTIM_APP_ROLE")


def _kept_secret(variable: str) -> str:
    """From the environment, or made once and kept in the data folder, readable by its owner only."""
    if given := read(variable):
        return str(given)
    path = DATA_DIR / variable.lower()
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    made = secrets.token_urlsafe(50)
    draft = DATA_DIR / f".{path.name}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(made)
    try:
        # link, not rename: of two first starts at once only one may win, and both must use its key
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text().strip()


SECRET_KEY = _kept_secret("SECRET_KEY")
# Of its own: whoever changes the other to sign everybody out must not break the links that have been mailed.
LINK_KEY = _kept_secret("LINK_KEY")
# Nor must it lock everybody out whose second factor is kept by it.
FACTOR_KEY = _kept_secret("FACTOR_KEY")


def _database(url: str) -> dict[str, Any]:
    given = conninfo_to_dict(url)
    options = " ".join(
        [
            str(given.pop("options", "")),
            "-c lock_timeout=5s",
            "-c statement_timeout=10s",
            "-c idle_in_transaction_session_timeout=30s",
        ]
    ).strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": given.pop("dbname", ""),
        "USER": given.pop("user", ""),
        "PASSWORD": given.pop("password", ""),
        "HOST": given.pop("host", ""),
        "PORT": given.pop("port", ""),
        "CONN_MAX_AGE": None,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        # Planned once a connection, not at every call: half of what a short statement costs (docs/decisions).
        "OPTIONS": {**given, "options": options, "server_side_binding": True, "prepare_threshold": 2},
    }


# Without an address (--help, mypy) nothing connects; the command line starts the embedded server and sets it.
DATABASES = {"default": _database(read("DATABASE_URL") or "postgresql:///expertim")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_host = urlsplit(PUBLIC_URL).hostname or "localhost"
ALLOWED_HOSTS = [*dict.fromkeys([_host, "localhost", "127.0.0.1", "[::1]", *read("ALLOWED_HOSTS")])]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL.startswith("https://") else []
ROOT_URLCONF = "expertim.urls"
WSGI_APPLICATION = "expertim.wsgi.application"

INSTALLED_APPS = [
    "expertim.site",
    "expertim.backoffice",
    "expertim.simulation",
    "expertim.api",
    "expertim.meetings",
    "expertim.credits",
    "expertim.notifications",
    "expertim.video",
    "expertim.expertise",
    "expertim.reviews",
    "expertim.chat",
    "expertim.people",
    "expertim.outbox",
    "expertim.foundation",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    *(["allauth.socialaccount.providers.dummy"] if MOVABLE_CLOCK else []),
    "django_htmx",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "expertim.foundation.headers.ContentSecurityPolicyMiddleware",
    "expertim.api.entering.TokensIgnoreCookies",
    "expertim.foundation.sizes.BodySizeMiddleware",
    "expertim.site.middleware.HeaderSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "expertim.people.middleware.PersonMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "expertim.people.middleware.PersonLocaleMiddleware",
    "expertim.people.second_factor.OperatorsProveThemselves",
    "expertim.people.terms.TermsMiddleware",
    "expertim.site.middleware.HeaderMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "expertim.site.views_trouble.WordsForABareRefusal",
    "expertim.foundation.htmx.HtmxMiddleware",
    "expertim.foundation.limits.TooOftenMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "NAME": "pages",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,  # each room's jinja2/ folder
        "OPTIONS": {
            "environment": "expertim.foundation.templates.environment",
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "expertim.site.context.header",
                "expertim.people.services.shown",
            ],
        },
    },
    {
        "NAME": "django",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

AUTH_USER_MODEL = "people.Person"
# It is Django's own ModelBackend and more; naming both would hash every wrong password twice.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "expertim.people.passwords.ContextWordsValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

SESSION_ENGINE = "expertim.people.sessions"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_AGE = 14 * 24 * 3600  # since signing in, however busy
SESSION_IDLE_AGE = 12 * 3600  # since anything was done
# With the prefix browsers refuse the cookie from anywhere but this very host, over TLS.
COOKIE_PREFIX = "__Host-" if SESSION_COOKIE_SECURE else ""
# Two copies on one host must not sign each other's people out: cookies know no ports.
SESSION_COOKIE_NAME = COOKIE_PREFIX + (f"expertim_session_{PORT}" if MOVABLE_CLOCK else "expertim_session")
CSRF_FAILURE_VIEW = "expertim.site.views_trouble.out_of_date"
CSRF_COOKIE_NAME = COOKIE_PREFIX + (f"expertim_csrf_{PORT}" if MOVABLE_CLOCK else "expertim_csrf")
MESSAGE_STORAGE = "expertim.foundation.cookies.MessageStorage"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if PUBLIC_URL.startswith("https://") else 0
SECURE_SSL_REDIRECT = False
# The proxy that ends TLS redirects, and knows what other names the domain has.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]
if read("TRUSTED_PROXIES"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 262144
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
# What people send never lies on our disk; how much it may be, foundation/sizes.py says before any of it is read.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 9 << 20

ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600  # ASVS 6.5.5
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_ADAPTER = "expertim.people.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    name: f"expertim.people.forms_signing_in.{form}"
    for name, form in {
        "login": "LoginForm",
        "signup": "OurSignUpForm",
        "add_email": "AddEmailForm",
        "change_password": "ChangePasswordForm",
        "set_password": "SetPasswordForm",
        "reset_password": "ResetPasswordForm",
        "reset_password_from_key": "ResetPasswordKeyForm",
        "reauthenticate": "ReauthenticateForm",
        "confirm_email_verification_code": "CodeForm",
        "request_login_code": "LoginCodeForm",
        "confirm_login_code": "ConfirmLoginCodeForm",
    }.items()
}
ACCOUNT_MAX_EMAIL_ADDRESSES = 2  # the main one, and a second by which one gets in too; each proved by a code
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600  # ASVS 6.5.5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = True
# In a demo or a test, whose clock anybody may move, nothing is worth a second factor.
OPERATORS_NEED_SECOND_FACTOR = not MOVABLE_CLOCK
MFA_ADAPTER = "expertim.people.second_factor.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = MFA_PASSKEY_SIGNUP_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # a period before and after (RFC 6238 §5.2): phones' clocks differ, and typing takes time
MFA_FORMS = {
    name: f"expertim.people.forms_second_factor.{form}"
    for name, form in {
        "authenticate": "AuthenticateForm",
        "reauthenticate": "ReauthenticateForm",
        "activate_totp": "ActivateTOTPForm",
        "add_webauthn": "AddPasskeyForm",
        "signup_webauthn": "FirstPasskeyForm",
        "edit_webauthn": "EditPasskeyForm",
    }.items()
}
SOCIALACCOUNT_ADAPTER = "expertim.people.services.SocialAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False  # a service knows nobody's time zone
SOCIALACCOUNT_STORE_TOKENS = False  # who somebody is, is all that is asked
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
SOCIALACCOUNT_FORMS = {
    "signup": "expertim.people.forms_services.SocialSignUpForm",
    "disconnect": "expertim.people.forms_services.DisconnectForm",
}
# `origin`: where the browser is sent, for the Content-Security-Policy of the pages with the buttons.
_SERVICES = {
    "google": {
        "name": "Google",
        "settings": {
            "server_url": "https://accounts.google.com",
            "origin": "https://accounts.google.com",
            "oauth_pkce_enabled": True,
        },
    },
    "linkedin": {
        "name": "LinkedIn",
        "settings": {"server_url": "https://www.linkedin.com/oauth", "origin": "https://www.linkedin.com"},
    },
}
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": service,
                "client_id": read(f"{service.upper()}_CLIENT_ID"),
                "secret": read(f"{service.upper()}_CLIENT_SECRET"),
                **described,
            }
            for service, described in _SERVICES.items()
            if read(f"{service.upper()}_CLIENT_ID") and read(f"{service.upper()}_CLIENT_SECRET")
        ]
    }
}
ALLAUTH_TRUSTED_PROXY_COUNT = read("TRUSTED_PROXIES")
# How many times the usual limits, these and those of foundation/limits.py; 0: none.
RATE_LIMITS: int = read("RATE_LIMITS")
_RATES = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "20/m/ip",
    # A double click and a second try are fine, filling somebody's mailbox is not.
    "confirm_email": "3/m/key,10/h/key",
    "request_login_code": "20/m/ip,3/m/key,10/h/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "reauthenticate": "10/m/user",
}
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = (
    {
        action: re.sub(r"\d+(?=/\d*[mh]/)", lambda amount: str(int(amount[0]) * RATE_LIMITS), rates)
        for action, rates in _RATES.items()
    }
    if RATE_LIMITS
    else False
)
MFA_RATE_LIMITS = {"webauthn_login": f"{10 * RATE_LIMITS}/m/ip"} if RATE_LIMITS else False

EMAIL_BACKEND = "expertim.outbox.mail.OutboxBackend"
EMAIL_URL: str = read("EMAIL_URL")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = read("EMAIL_FROM")
EMAIL_REPLY_ADDRESS: str = read("EMAIL_REPLY_ADDRESS")
OUTBOUND_PRIVATE: list[str] = read("OUTBOUND_PRIVATE")
WEB_PUSH_KEY: str = read("WEB_PUSH_KEY")
WEB_PUSH_CONTACT: str = read("WEB_PUSH_CONTACT")
VIDEO_PLATFORM: str = read("VIDEO_PLATFORM")
TURN_URL: list[str] = read("TURN_URL")
TURN_SECRET: str = read("TURN_SECRET")
TURN_ONLY: bool = read("TURN_ONLY")
OUTBOX_KEEP_DAYS: int = read("OUTBOX_KEEP_DAYS")
CACHES = {"default": {"BACKEND": "expertim.foundation.cache.TableCache"}}

LANGUAGE_CODE = "en"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}expertim_language"  # of visitors; see people/views_language.py
LANGUAGES = [("en", "English"), ("cs", "Čeština"), ("sk", "Slovenčina"), ("de", "Deutsch")]
# Those whose catalogue holds every string: `expertim words --check` fails where one of them lacks any.
COMPLETE_LANGUAGES = ("en", "cs", "sk", "de")
LOCALE_PATHS = [PACKAGE / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
BRAND_DIR: Path | None = Path(read("BRAND_DIR")).absolute() if read("BRAND_DIR") else None
STATICFILES_DIRS: list[tuple[str, Path]] = [("brand", BRAND_DIR)] if BRAND_DIR and BRAND_DIR.is_dir() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "expertim.foundation.logs.Line"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # It tells every address that is called, with the seal in it by which a video platform knows us.
    "loggers": {"httpx": {"level": "WARNING"}},
}
