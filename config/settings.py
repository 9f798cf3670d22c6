"""Peerdesk's settings: one file, driven by the environment.

PEERDESK_MODE   development (default), demo (loopback only, one-click logins) or production
DATABASE_URL    a PostgreSQL 15+ server; unset, a private server starts by itself under var/
SITE_URL        the address people use, e.g. https://help.example.com (production: required)
SECRET_KEY      production: required; otherwise made once and kept in var/secret_key
EMAIL_URL       smtp://user:password@host:587 or smtps://...; anymail://postmark?POSTMARK_SERVER_TOKEN=... for a service
                (pip install django-anymail); unset, mails go to the readable outbox (not in production)
DATA_DIR        where uploads, the outbox and the embedded database live (default: var/)
SEARCH_DIR      where this machine keeps its search index; never shared between machines (default: search/ in DATA_DIR)
LOG_FORMAT      json (production) or plain (elsewhere); LOG_REQUESTS=0 leaves out the line for each request
SITE_LANGUAGE   the language for people whose browser asks for none that the site speaks: en (default), de or es
WELCOME_HOSTS   hosts besides the brand's own whose links never make a post wait: docs.example.com,example.org
HOLD_POSTS=0    no post waits for a look before it shows (and what looks like spam is only seen when it stands there)
BRAKE_FLOOR     so many posts of new members in ten minutes never put the brake on by themselves (30); 0: they never do
BEHIND_PROXY=1  a proxy of one's own stands in front, and its words about scheme and visitor's address are believed
                (TRUSTED_PROXIES=2 and more: how many of them stand in a row)
LIMITS_FACTOR   how much more than usual everybody may do before they are told to wait (default: 1); see limits.py
UNDO_SECONDS    for how long an agent's reply can be taken back before it leaves (default: 10; 0: it leaves at once)
VIEWS_GATHERED_FOR  seconds in which views of solutions gather before they are written together (default: 5; 0: at once)
INCOMING_ADDRESS  where mail for the site arrives, with one * where its own part stands: reply+*@help.example.com on one
                mailbox, *@lists.example.com on a host of its own; unset, nothing is taken in (demo and development: on)
INCOMING_AUTHSERV  the name (authserv-id) under which the own mail host writes whether a sender is who they say they are
                (Authentication-Results): mx.example.com; needed with INCOMING_ADDRESS. See docs/mail.md
INCOMING_IMAP   a mailbox whose mails are fetched: imaps://user:password@host:993/INBOX, or imap:// with STARTTLS
INCOMING_WEBHOOK_SECRET  user:password that a mail service calls us with (pip install django-anymail); see docs/mail.md
INCOMING_PORT   demo and development: where this machine's own mail server takes mails for the site (2525; 0: nowhere)
DEMO_BRAND      whose demo: nordwave (default) or velora, each with its own data (`make demo BRAND=velora`)
"""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.database import database_from_env
from config.incoming import incoming_settings
from config.logs import logging_settings
from config.mail import mail_settings

BASE_DIR = Path(__file__).resolve().parent.parent
#: The demo's brands (community/demo) and the language of each.
_DEMO_BRANDS = {"nordwave": "en", "velora": "de"}
DEMO_BRAND = os.environ.get("DEMO_BRAND") or "nordwave"
if DEMO_BRAND not in _DEMO_BRANDS:
    raise ImproperlyConfigured(f"There is no demo brand {DEMO_BRAND[:40]!r}; there are {', '.join(_DEMO_BRANDS)}.")
# The second brand lives beside the first: its own database and files, and its own cookies on the same machine.
_BESIDE = "" if DEMO_BRAND == "nordwave" else DEMO_BRAND
DATA_DIR = Path(os.environ.get("DATA_DIR") or BASE_DIR / "var" / _BESIDE).resolve()

MODE = os.environ.get("PEERDESK_MODE", "development")
if MODE not in {"development", "demo", "production"}:
    raise ImproperlyConfigured(f"PEERDESK_MODE is {MODE!r}; it must be development, demo or production.")
PRODUCTION = MODE == "production"
DEMO = MODE == "demo"
DEBUG = MODE == "development" and os.environ.get("DEBUG", "1") != "0"


def _secret_key() -> str:
    """The key from the environment; outside production one is made once and kept beside the data."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    if PRODUCTION:
        raise ImproperlyConfigured("SECRET_KEY is not set; production needs a long random one of its own.")
    path = DATA_DIR / "secret_key"
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if key := path.read_text():
            return key
        descriptor = os.open(path, os.O_WRONLY)
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_urlsafe(50)
        file.write(key)
    return key


def number_from_env(name: str, *, default: float, least: float) -> float:
    """A number from the environment; refused when it is none, or too small to make sense."""
    told = os.environ.get(name) or str(default)
    try:
        number = float(told)
    except ValueError:
        number = -1
    if not least <= number <= 1_000_000_000:
        raise ImproperlyConfigured(f"{name} is {told[:40]!r}; it must be a number, at least {least}.")
    return number


SECRET_KEY = _secret_key()

SITE_URL = os.environ.get("SITE_URL", "").rstrip("/")
if PRODUCTION and not SITE_URL:
    raise ImproperlyConfigured(
        "SITE_URL is not set; production needs the address people use, e.g. https://help.example.com."
    )
_site_host = urlsplit(SITE_URL).hostname
ALLOWED_HOSTS = [host for host in [_site_host, *os.environ.get("ALLOWED_HOSTS", "").split(",")] if host]
if not PRODUCTION:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "[::1]", "testserver"]
HOLD_POSTS = os.environ.get("HOLD_POSTS", "1") != "0"
_floor = os.environ.get("BRAKE_FLOOR", "30")
if not (_floor.isascii() and _floor.isdigit() and len(_floor) < 7):
    raise ImproperlyConfigured(f"BRAKE_FLOOR is {_floor[:40]!r}; it must be a number of posts.")
BRAKE_FLOOR = int(_floor)
WELCOME_HOSTS = [host.strip().lower() for host in os.environ.get("WELCOME_HOSTS", "").split(",") if host.strip()]
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL else []

INSTALLED_APPS = [
    "config.apps.SetupConfig",  # first: its runserver is the one that is used
    "config.apps.PeerdeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "taggit",
    "django_htmx",
    "csp",
    "procrastinate.contrib.django",
    "community",
    "support",
]

MIDDLEWARE = [
    "config.logs.RequestLogMiddleware",
    "community.compression.CompressionMiddleware",
    "community.reading.page_cache.PageCacheMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "community.middleware.ReadableInputMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "community.accounts.preferences.PreferencesMiddleware",
    "community.accounts.renewal.RenewalMiddleware",
    "community.accounts.visitors.VisitorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "community.care.read_only.ReadOnlyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "community.old_addresses.OldAddressMiddleware",
    "community.accounts.doors.DoorMiddleware",
    "community.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "community.context_processors.site",
            ],
        },
    },
]

DATABASES = {"default": database_from_env(os.environ.get("DATABASE_URL"), data_dir=DATA_DIR / "postgres")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People ---------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "community.User"
AUTHENTICATION_BACKENDS = [
    "community.accounts.auth_backend.StandingBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"

ACCOUNT_ADAPTER = "community.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "community.forms.entrance.LoginForm",
    "signup": "community.forms.entrance.SignupForm",
    "add_email": "community.forms.entrance.AddEmailForm",
    "change_password": "community.forms.entrance.ChangePasswordForm",
    "set_password": "community.forms.entrance.SetPasswordForm",
    "reset_password": "community.forms.entrance.ResetPasswordForm",
    "reset_password_from_key": "community.forms.entrance.ResetPasswordKeyForm",
    "request_login_code": "community.forms.entrance.RequestLoginCodeForm",
    "confirm_login_code": "community.forms.entrance.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "community.forms.entrance.ConfirmEmailVerificationCodeForm",
    "confirm_password_reset_code": "community.forms.entrance.ConfirmPasswordResetCodeForm",
}
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# Whoever types an address learns nothing about whether it has an account: the same page, and a mail to its owner.
# Changing the address on the code page stays off, because allauth can only offer it where there is an account.
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
# Mail takes its time: a code lives as long as the whole sign-in may take.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = ACCOUNT_LOGIN_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
MFA_ADAPTER = "community.accounts.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "community.forms.factors.SecondStepForm",
    "reauthenticate": "community.forms.factors.AskAgainForm",
    "activate_totp": "community.forms.factors.SetUpAppForm",
    "add_webauthn": "community.forms.factors.AddKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A phone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
# Behind how many proxies of one's own the site stands: only their words about the visitor's address are believed.
ALLAUTH_TRUSTED_PROXY_COUNT = int(
    os.environ.get("TRUSTED_PROXIES") or (1 if os.environ.get("BEHIND_PROXY") == "1" else 0)
)
#: Multiplies every limit of community/actions/limits.py: for a day on which a whole hall comes from one address.
LIMITS_FACTOR = number_from_env("LIMITS_FACTOR", default=1, least=0.1)
UNDO_SECONDS = number_from_env("UNDO_SECONDS", default=10, least=0)
if UNDO_SECONDS > 600:
    raise ImproperlyConfigured("UNDO_SECONDS is more than ten minutes; no customer should wait for that.")
VIEWS_GATHERED_FOR = number_from_env("VIEWS_GATHERED_FOR", default=5, least=0)
if VIEWS_GATHERED_FOR > 600:
    raise ImproperlyConfigured(
        "VIEWS_GATHERED_FOR is more than ten minutes; a kill would lose what gathered meanwhile."
    )
# Rate limits and used codes are counted in the database (migration 0002 makes the table), so that they hold across all
# workers and machines. Nothing else belongs in this cache: it costs queries.
CACHES = {
    "default": {
        "BACKEND": "community.accounts.count_cache.CountCache",
        "LOCATION": "community_rate_limit",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Languages and time ---------------------------------------------------------------------------------------------------
# Each by its own name: whoever looks for it may not be able to read the page's.
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español")]
LANGUAGE_CODE = os.environ.get("SITE_LANGUAGE") or (_DEMO_BRANDS[DEMO_BRAND] if DEMO else "en")
if LANGUAGE_CODE not in dict(LANGUAGES):
    raise ImproperlyConfigured(f"SITE_LANGUAGE is {LANGUAGE_CODE!r}; the site speaks {', '.join(dict(LANGUAGES))}.")
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = os.environ.get("TIME_ZONE", "UTC")

# Files ----------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "media"
# Each machine that serves pages keeps a search index of its own: where DATA_DIR is shared among them, this is not.
SEARCH_DIR = Path(os.environ.get("SEARCH_DIR") or DATA_DIR / "search").resolve()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "config.staticfiles.HashedStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION  # no collectstatic outside production
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 10
#: Larger requests are refused before they are read, in bytes.
MAX_REQUEST_SIZE = 40 * 1024 * 1024

# Safety ---------------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "config.error_pages.csrf_failure"
SESSION_ENGINE = "community.accounts.sessions"
if DEMO and _BESIDE:
    # Browsers tell no port from another: two demos on one machine would sign each other out.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"sessionid_{_BESIDE}", f"csrftoken_{_BESIDE}"
#: By what a visitor is counted who agreed to it (community/accounts/visitors.py).
VISITOR_COOKIE_NAME = f"visitor_{_BESIDE}" if DEMO and _BESIDE else "visitor"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = False
if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https://")
    SECURE_SSL_REDIRECT = SITE_URL.startswith("https://") and os.environ.get("SECURE_SSL_REDIRECT", "1") != "0"
    SECURE_HSTS_SECONDS = 31536000 if SITE_URL.startswith("https://") else 0
    # Subdomains and browsers' preload lists are promises about the whole domain, which is not ours to make.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
    if os.environ.get("BEHIND_PROXY") == "1":
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Mail -----------------------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "noreply@localhost")
OUTBOX_DIR = DATA_DIR / "outbox"
#: Where demo and runserver note the address they serve, for links in mails that another process writes.
SERVED_FILE = DATA_DIR / "served_at"
if email_url := os.environ.get("EMAIL_URL"):
    globals().update(mail_settings(email_url))
elif PRODUCTION:
    raise ImproperlyConfigured(
        "EMAIL_URL is not set; production needs a mail server, e.g. smtp://user:password@mail.example.com:587."
    )
else:
    EMAIL_BACKEND = "community.mails.local_server.LocalServerBackend"

_incoming = incoming_settings(os.environ, production=PRODUCTION)
INCOMING_ADDRESS, INCOMING_AUTHSERV, INCOMING_PORT = _incoming.address, _incoming.authserv, _incoming.port
INCOMING_IMAP, INCOMING_WEBHOOK_SECRET = _incoming.imap, _incoming.webhook_secret
if INCOMING_WEBHOOK_SECRET:
    ANYMAIL = globals().get("ANYMAIL", {}) | {"WEBHOOK_SECRET": INCOMING_WEBHOOK_SECRET}
    # A service sends a whole mail as one field of a form: as large as the largest that is taken, in base64.
    DATA_UPLOAD_MAX_MEMORY_SIZE = 36 * 1024 * 1024

# The one extension mechanism: lists of dotted paths, resolved where they are used -----------------------------------
NOTIFIABLES = [
    "community.notices.notifiables.NOTIFIABLES",
    "community.notices.reminders.NOTIFIABLES",
    "community.notices.decisions.NOTIFIABLES",
    "community.notices.flagged.NOTIFIABLES",
    "community.notices.standing.NOTIFIABLES",
    "community.notices.known_issues.NOTIFIABLES",
    "support.notices.notifiables.NOTIFIABLES",
    "support.notices.weekly.NOTIFIABLES",
]
#: what each kind of notice says by mail
NOTICE_WRITERS = [
    "community.notices.wording.WRITERS",
    "support.notices.wording.WRITERS",
    "support.notices.weekly.WRITERS",
]
#: groups of mails in the administrators' list of what the site sends
MAIL_SAMPLES = ["community.admin.mail_samples.GROUPS", "support.notices.samples.GROUPS"]
INVARIANTS = [
    "community.integrity.INVARIANTS",
    "community.known_issue_integrity.INVARIANTS",
    "support.integrity.INVARIANTS",
    "support.ledger.invariants.INVARIANTS",
]
FORM_SURFACES = ["community.surfaces.SURFACES", "support.surfaces.SURFACES"]
#: mails that no choice of their reader keeps away, by how their keys begin
MAIL_WRITERS = ["community.notices.writing.OWN_WRITERS", "support.notices.letters.OWN_WRITERS"]
#: what can be written to by mail, by the letter in its reply addresses (community/incoming/targets.py)
MAIL_TARGETS = ["community.incoming.targets.TARGETS", "support.incoming.TARGETS"]
#: what every site has from its first migration on
DEFAULTS = ["community.defaults.make_defaults", "support.defaults.make_defaults"]
#: what the worker's first loop does at each turn, beside the notices
WORKER_STEPS = ["support.worker.step"]
#: periodic jobs, and after how long without a run something is wrong
WATCHED_JOBS = ["support.worker.EXPECTED"]
#: what else happened at a demo brand beside the community's story: called with its builder, in the same transaction
DEMO_STORIES = [
    "support.demo.build.live_at_the_desk",
    "support.demo.measured.live_through_the_measuring",
    "support.demo.heard.report_the_weeks",
]
#: what other apps keep of people, how long, and how it is taken along or forgotten (community/care/others.py)
CARE = ["support.care.answers.CARE"]
#: kinds of things (model names) about which the audit log tells administrators alone
AUDITED_FOR_ADMINS = ["ticket"]
#: how acts of other apps read there
AUDIT_VERBS = ["community.reading.audit.VERBS", "support.audit.VERBS"]
#: places of the site that only some people have in the top of their pages
MEMBER_PLACES = ["support.places.places_of"]
#: where drafts are kept besides the community's own forms: "word:number", by the word the page it is written on
DRAFT_PLACES = ["support.places.DRAFT_PLACES"]

# Logs -----------------------------------------------------------------------------------------------------------------
LOG_FORMAT = os.environ.get("LOG_FORMAT") or ("json" if PRODUCTION else "plain")
if LOG_FORMAT not in {"json", "plain"}:
    raise ImproperlyConfigured(f"LOG_FORMAT is {LOG_FORMAT!r}; it must be json or plain.")
#: One line for each request (config/logs.py).
LOG_REQUESTS = (os.environ.get("LOG_REQUESTS") or ("1" if PRODUCTION else "0")) != "0"
LOGGING = logging_settings(form=LOG_FORMAT, level=os.environ.get("LOG_LEVEL", "WARNING"), logs_requests=LOG_REQUESTS)
