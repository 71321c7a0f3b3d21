"""The hub's settings. Runs straight after checkout; what an operator may change is an environment variable.

A wrong value does not raise here: `warp.checks` reports it, with an id and a hint, before anything is served.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from warp import environment as env
from warp.environment import read
from warp.logs import LOGGING as LOGGING

# ---------------------------------------------------------------- where the hub lives

BASE_DIR = Path(__file__).resolve().parent.parent
HOME = WARP_HOME = Path(os.environ.get("WARP_HOME") or BASE_DIR / "var").resolve()
# In pytest's own process, where nothing needs static files collected; a hub that a test starts is a hub like any other.
TESTING = "pytest" in sys.modules

DEBUG = read("DEBUG", env.flag, False, "Write 0 or 1.")
DEMO = read("WARP_DEMO", env.flag, True, "Write 0 on a real hub; 1 allows the demonstration WARP.")
PORT = read("PORT", env.port, 8000, "Write a number from 1 to 65535.")
BASE_URL = read("BASE_URL", env.base_url, f"http://127.0.0.1:{PORT}", "Write it like https://hub.example.org, no path.")
HTTPS = BASE_URL.startswith("https:")
HOST = urlsplit(BASE_URL).hostname or "localhost"
LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = read("ALLOWED_HOSTS", env.listed, [HOST, *LOOPBACK_HOSTS], "Write host names, with commas between.")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
NETWORKS_HINT = "Write networks like 127.0.0.1/32, with commas between."
COLLECT_ALLOW: list[env.Network] = read("COLLECT_ALLOW", env.networks, [], NETWORKS_HINT)
SECRET_KEY = env.secret("SECRET_KEY", HOME / "secret-key")
# Seals who filed an anonymous report. Not the secret key: that one is changed when it may have leaked, and this one
# never, or nobody finds their own reports again. Keep a copy apart from the database's backups.
ORIGIN_KEY = env.secret("ORIGIN_KEY", HOME / "origin-key")
OPERATOR_TOKEN = env.secret("OPERATOR_TOKEN", HOME / "operator-token")

# No django.contrib.admin: it would be a second way in, past the second factor and past the rule.
INSTALLED_APPS = [
    "members.apps.MembersConfig",
    "advisories.apps.AdvisoriesConfig",
    "warp.apps.WarpConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
# No cache middleware, ever: one page given to the wrong member is the worst that can happen here.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "warp.middleware.policy_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "warp.middleware.signed_in",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "members.middleware.one_moment",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "members.middleware.second_factor",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "warp.urls"
WSGI_APPLICATION = "warp.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "members.context.hub",
            ]
        },
    }
]

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "Europe/London"

# ---------------------------------------------------------------- what it remembers

REDIS_URL = read("REDIS_URL", env.redis, "", "Write it like redis://127.0.0.1:6379/0.")
DATABASE_HINT = "Write it like postgresql://user:password@host/name, or sqlite:////path/to/file."
SQLITE_FILE: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "NAME": HOME / "hub.sqlite3"}
# The stand-in for a wrong address keeps nothing: better than quietly filling another database.
NOWHERE: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
DATABASE = read("DATABASE_URL", env.database, NOWHERE, DATABASE_HINT) if env.given("DATABASE_URL") else SQLITE_FILE
SQLITE = DATABASE["ENGINE"].endswith("sqlite3")
if SQLITE:
    DATABASE["CONN_MAX_AGE"] = None
    DATABASE["OPTIONS"] = {
        # A transaction that reads first and writes later can't wait its turn in WAL: it must begin as a writer.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000;"
        " PRAGMA mmap_size=134217728; PRAGMA temp_store=MEMORY;",
    }
else:
    DATABASE |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    # On flash an index is as near as the table: told so, the planner keeps a bucket's order instead of sorting it anew.
    # And nothing here runs long enough to be worth compiling first (10 ms and more, at a million items).
    DATABASE.setdefault("OPTIONS", {}).setdefault("options", "-c random_page_cost=1.1 -c jit=off")
DATABASES = {"default": DATABASE}

# Rate limits count over all processes, so the cache is shared; nothing that a member reads is ever put there.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "warp_cache"}
}

# ---------------------------------------------------------------- who is there

AUTH_USER_MODEL = "members.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "members.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # coordinators make accounts; the link that sets the password verifies
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # every other session ends by itself: its hash no longer fits
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Without a trusted proxy the sender writes X-Forwarded-For as it likes, and the limits with it.
ALLAUTH_TRUSTED_PROXY_COUNT = read("TRUSTED_PROXY_COUNT", env.count, 0, "Write how many proxies stand before the hub.")
# Asking for public mail: by one visitor, and for one address, whoever asks.
ACCOUNT_RATE_LIMITS = {
    "subscribe": "20/h/ip", "subscribe_address": "3/d/key",
    "training_sign_in": "10/h/user",  # of some 700 million codes
    "certificate_check": "60/h/ip", "certificate_name": "10/d/key",  # the key is the number whose name is guessed
}  # fmt: skip
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # whoever sets a password got its link by mail, at the address a coordinator gave
MFA_TOTP_ISSUER = "WARP hub"
MFA_TOTP_TOLERANCE = 1
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

# In the database, although signed cookies would serve twice the pages: a session must end at once when an account
# is closed, and a cookie can't be called back.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_IDLE_SECONDS = 30 * 60
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "advisories.views.kept.csrf_failure"  # a sign-in that ended while somebody wrote loses nothing
# A list of 100,000 indicators, pasted, is told in words that it is too long, and not by a broken page.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024**2
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked on this machine, without the proxy that holds the certificate
SECURE_HSTS_SECONDS = 365 * 86400 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # browsers' preload list is the domain owner's decision
# Not "no-referrer": browsers then send "Origin: null" with forms, and Django's CSRF check refuses those.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# ---------------------------------------------------------------- what it serves and sends

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "warp" / "static"]
MANIFEST = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": HOME / "files",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if TESTING else MANIFEST},
}
WHITENOISE_USE_FINDERS = TESTING

LARGEST_FILE = read("ATTACHMENT_MB", env.count, 20, "Write how many megabytes a file may have.") * 1024**2
FILE_UPLOAD_HANDLERS = [
    "advisories.uploads.Limited",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

EMAIL: dict[str, Any] = read("EMAIL_URL", env.email, {}, "Write it like smtp+tls://user:password@mail.example.org:587.")
EMAIL_MISSING = not EMAIL
EMAIL_BACKEND = EMAIL.get("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = EMAIL.get("EMAIL_FILE_PATH") or str(HOME / "mail")
EMAIL_HOST = EMAIL.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = EMAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = bool(EMAIL.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(EMAIL.get("EMAIL_USE_SSL"))
EMAIL_TIMEOUT = 10  # Django's own default waits for ever
# Text messages, and mail instead of EMAIL_URL where it has a template for that too: GOV.UK Notify, or another's Notify.
NOTIFY_API_KEY = read("NOTIFY_API_KEY", env.notify_key, "", "Copy it whole from Notify: name, and two ids.")
NOTIFY_SMS_TEMPLATE = env.given("NOTIFY_SMS_TEMPLATE")
NOTIFY_MAIL_TEMPLATE = env.given("NOTIFY_MAIL_TEMPLATE")
NOTIFY_URL = read(
    "NOTIFY_URL", env.base_url, "https://api.notifications.service.gov.uk", "Write it like https://host, no path."
)
# Private networks that members' webhooks may lead to; not those of COLLECT_ALLOW, which the operator's sources use.
SEND_ALLOW: list[env.Network] = read("SEND_ALLOW", env.networks, [], NETWORKS_HINT)
# The mailbox of EMAIL_FROM: what the hub sent and what comes back. It is looked at and left as it is.
MAILBOX_HINT = "Write it like imaps://user:password@mail.example.org/INBOX."
BOUNCES_URL: tuple[str, tuple[str, str]] = read("BOUNCES_URL", env.mailbox, ("", ("", "")), MAILBOX_HINT)
# Whence mail is sent, so that only what truly came back proves itself: where NAME@HOST stands here, each is sent from
# NAME+CODE@HOST, which must arrive in the same mailbox. No default: not every server lets a sender have such names.
BOUNCES_ADDRESS = read("BOUNCES_ADDRESS", env.address, "", "Write one mail address, like returned@mail.example.org.")
# Who gets the end of the audit's chain once a day, off this machine, and hears when something is not sound.
OPERATOR_EMAIL = read("OPERATOR_EMAIL", env.address, "", "Write one mail address.")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = (
    env.given("EMAIL_FROM") or f"WARP hub <hub@{'localhost' if env.loopback(HOST) else HOST}>"
)

# ---------------------------------------------------------------- what moves the work

CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost/"
CELERY_BROKER_TRANSPORT = "warp.broker:RedisTransport" if REDIS_URL else "warp.broker:FolderTransport"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {
        # When a message is given out again, should its worker have died: longer than any task of ours runs.
        "visibility_timeout": 900,
        # redis-py 8 gives up a read after 5 s by default, sooner than a quiet queue answers.
        "socket_timeout": 30,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 25,
    }
    if REDIS_URL
    else {
        "data_folder_in": str(HOME / "broker"),
        "data_folder_out": str(HOME / "broker"),
        "control_folder": str(HOME / "broker" / "control"),
        "polling_interval": 0.1,  # kombu's own 1 s would use up what a Flash may take
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_ACCEPT_CONTENT = ["json"]  # never pickle: whoever can write to the broker must not run code here
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(HOME / "beat")
# Due times are columns of the database; beat only says "look". A message that waited a whole round is out of date.
CELERY_BEAT_SCHEDULE = {
    name: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
    for name, task, seconds in [
        ("sweep", "members.tasks.sweep", 15),
        ("seal", "members.tasks.seal", 5),
        ("report", "members.tasks.report_daily", 600),
        ("heartbeat", "members.tasks.heartbeat", 10),
        ("collect", "advisories.tasks.collect_due", 60),
        ("bounces", "advisories.tasks.read_bounces", 120),
        ("sightings", "advisories.tasks.count_sightings", 600),
        ("relays", "advisories.tasks.relay_due", 30),
    ]
}
PULSE_STALE_SECONDS = 60  # the heartbeat goes beat, queue, worker, database: older than this, one of them is ill
