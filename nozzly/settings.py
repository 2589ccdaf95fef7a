"""One file for every place Nozzly runs in; what differs comes from the environment (docs/operations.md)."""

import secrets
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
VAR_DIR = Path(env.str("NOZZLY_VAR", str(BASE_DIR / "var")))


# --- Servers -----------------------------------------------------------------------------------------------------------
# Without both addresses Nozzly brings its own PostgreSQL and Redis, under var/, and takes the machine for a desk.

DATABASE_URL = env.str("DATABASE_URL", "")
REDIS_URL = env.str("REDIS_URL", "")
EMBEDDED = not (DATABASE_URL and REDIS_URL)
if EMBEDDED and find_spec("nozzly.embedded"):
    from nozzly import embedded

    DATABASE_URL = DATABASE_URL or embedded.database_url()
    REDIS_URL = REDIS_URL or embedded.redis_url()

# A desk has no TLS, no collected static files and a key of its own; people there meet the same error pages as anywhere.
AT_A_DESK = env.bool("DEBUG", EMBEDDED)
DEBUG = env.bool("DEBUG", False)
HTTPS = env.bool("NOZZLY_HTTPS", not AT_A_DESK)


def _own_secret_key():
    """A desk makes its key once and keeps it, so that a restart signs nobody out."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY", "") or (_own_secret_key() if AT_A_DESK else env.str("SECRET_KEY"))
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])


# --- Where we answer ---------------------------------------------------------------------------------------------------

BASE_DOMAIN = env.str("NOZZLY_DOMAIN", "localhost")  # sign-up and the platform; workspaces are its subdomains
PORT = env.int("NOZZLY_PORT", 8000 if AT_A_DESK else 0)  # only for addresses shown to people; 0 is the scheme's own
EXTRA_HOSTS = env.list("NOZZLY_EXTRA_HOSTS", default=[])  # custom domains and LAN addresses
PUBLIC_URL = env.str("PUBLIC_URL", "")  # what labels lead to, https://{slug}.example.com; else the address in use
ALLOWED_HOSTS = [BASE_DOMAIN, f".{BASE_DOMAIN}", *EXTRA_HOSTS]
if AT_A_DESK:
    ALLOWED_HOSTS.append("*")  # a phone in the LAN; unknown hosts still meet a 404 in the tenancy middleware
SIGN_UP = env.str("NOZZLY_SIGN_UP", "open")  # open, invited or closed
SIGN_UP_CODES = env.list("NOZZLY_SIGN_UP_CODES", default=[])  # what an invited person types

ROOT_URLCONF = "nozzly.urls"
PUBLIC_SCHEMA_URLCONF = "nozzly.urls_public"
WSGI_APPLICATION = "nozzly.wsgi.application"


# --- Apps --------------------------------------------------------------------------------------------------------------
# nozzly.tenancy stands before all others: its commands replace the ones that know no roles.

_EVERYWHERE = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.admin",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "nozzly.accounts",
]
SHARED_APPS = [
    "nozzly.tenancy",
    *_EVERYWHERE,
    "django_tenants",  # behind the back office, whose pages it would replace by some with styles inside
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "template_partials",
    "import_export",
]
TENANT_APPS = [
    *_EVERYWHERE,
    "nozzly.tax",
    "nozzly.web",
    "nozzly.home",
    "inventory",
    "catalog",
    "production",
    "pricing",
    "sales",
]
INSTALLED_APPS = SHARED_APPS + [app for app in TENANT_APPS if app not in SHARED_APPS]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",  # in front of the static files too: an SVG opened by itself is a page
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "nozzly.tenancy.middleware.WorkspaceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "nozzly.web.middleware.PdfUnavailableMiddleware",
    "nozzly.web.middleware.SenselessQuestionMiddleware",
    "nozzly.web.middleware.OnlyAButtonMiddleware",
    "axes.middleware.AxesMiddleware",
]

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
                "nozzly.tenancy.context.workspace",
                "nozzly.web.context.shell",
            ],
        },
    },
]
FORMS_URLFIELD_ASSUME_HTTPS = True  # as Django 6 will
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


# --- Database, cache, queue --------------------------------------------------------------------------------------------

DATABASES = {
    "default": {
        **environ.Env.db_url_config(DATABASE_URL or "postgresql:///nozzly"),
        "ENGINE": "nozzly.tenancy.backend",
        # A backend keeps about 1 MB for each schema it has touched, so none lives for ever.
        "CONN_MAX_AGE": env.int("DATABASE_CONN_MAX_AGE", 120),
        "CONN_HEALTH_CHECKS": True,
    }
}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    {"options": f"-c lock_timeout=10s -c statement_timeout={env.int('DATABASE_STATEMENT_TIMEOUT_S', 120)}s"}
)
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
TENANT_MODEL = "tenancy.Workspace"
TENANT_DOMAIN_MODEL = "tenancy.Domain"
TENANT_LIMIT_SET_CALLS = True
TENANT_ROLE_PREFIX = env.str("NOZZLY_ROLE_PREFIX", DATABASES["default"]["NAME"])  # roles are shared by the server
PG_EXTRA_SEARCH_PATHS = ["extensions"]
SKIP_PG_EXTRA_VALIDATION = True  # it would ask the database at every start; bootstrap.sql makes that schema

CACHES = {
    "default": {
        "BACKEND": "nozzly.core.caching.KeptClientsCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key",
        "KEY_PREFIX": env.str("NOZZLY_CACHE_PREFIX", "nozzly"),
    }
}
HOST_LOOKUP_TTL_S = 30  # a version in Redis drops hosts at once; this bounds the harm when Redis is gone

# kombu spells a Redis behind a socket in its own way
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_RESULT_BACKEND = CELERY_BROKER_URL
CELERY_RESULT_EXPIRES = timedelta(days=1)
CELERY_TASK_TRACK_STARTED = True
CELERY_TASK_TIME_LIMIT = 60 * 60
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
_EVERYWHERE = {  # task: when (UTC), and over how many seconds the workspaces are spread
    "nozzly.tenancy.tasks.clear_sessions": (crontab(hour=3, minute=17), 600),
    "nozzly.web.tasks.give_up_lost_jobs": (crontab(minute=7), 300),
    "inventory.tasks.join_stock_days": (crontab(hour=3, minute=31), 600),
    "inventory.tasks.check_ledger": (crontab(hour=3, minute=41), 600),
    "inventory.tasks.warn_of_shortages": (crontab(minute=23), 300),
    "production.tasks.learn_failures": (crontab(hour=3, minute=52), 600),
    "catalog.tasks.recost_if_prices_moved": (crontab(hour=4, minute=2), 600),  # before margins are looked at
    "pricing.tasks.look_every_night": (crontab(hour=4, minute=11), 1800),
    "sales.tasks.forget_order_files": (crontab(hour=4, minute=31), 600),
    "sales.tasks.book_fairs": (crontab(hour=4, minute=37), 600),
    "sales.tasks.erase_old_customers": (crontab(hour=4, minute=43), 1800),
    "sales.tasks.refresh_profit": (crontab(minute=47), 600),
    "sales.tasks.enter_expenses": (crontab(hour=4, minute=27), 600),
    "sales.tasks.mail_reports": (crontab(hour=5, minute=37), 1800),  # daily: it makes up for mornings without a server
}
CELERY_BEAT_SCHEDULE = {  # the scheduler runs for the platform; run_everywhere sends a task to each workspace
    task: {
        "task": "nozzly.tenancy.tasks.run_everywhere",
        "schedule": at,
        "args": [task],
        "kwargs": {"spread_s": spread_s},
    }
    for task, (at, spread_s) in _EVERYWHERE.items()
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat")
CELERY_TASK_ALWAYS_EAGER = env.bool("CELERY_TASK_ALWAYS_EAGER", default=False)
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_TIMEZONE = "UTC"


# --- People ------------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # emails are unique by lower case, in accounts_user_email_unique
PASSWORD_HASHERS = ["nozzly.accounts.hashers.SmallArgon2PasswordHasher"]
_PASSWORDS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_PASSWORDS}.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ("email", "name")}},
    {"NAME": f"{_PASSWORDS}.MinimumLengthValidator"},
    {"NAME": f"{_PASSWORDS}.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "accounts:login"
PASSWORD_RESET_TIMEOUT = 60 * 60 * 3

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"  # never signed cookies: they would open every workspace
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# Host-only by name: a sibling subdomain cannot plant one.
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"

AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # a stranger elsewhere cannot lock the owner out
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_USERNAME_FORM_FIELD = "username"
OTP_TOTP_ISSUER = "Nozzly"


# --- Security headers --------------------------------------------------------------------------------------------------

if env.bool("NOZZLY_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    MIDDLEWARE.insert(0, "nozzly.web.middleware.BehindProxyMiddleware")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF, "blob:"],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_PERMISSIONS = 0o640


# --- Words, days, files ------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("en-gb", "English (United Kingdom)")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
FORMAT_MODULE_PATH = "nozzly.web.formats"
TIME_ZONE = "UTC"  # each request and task turns to its workspace's own

STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", str(VAR_DIR / "static"))
_NODE_MODULES = Path(env.str("NODE_MODULES", str(BASE_DIR / "node_modules")))
_PACKAGES = {  # prefix under /static/ and the folder of the npm package it stands for
    "tabler": "@tabler/core/dist/css",
    "fonts": "@fontsource-variable/figtree/files",
    "zxing": "zxing-wasm/dist/iife/reader",
    "zxing-wasm": "zxing-wasm/dist/reader",
}
ICON_DIR = _NODE_MODULES / "@tabler/icons/icons/outline"  # drawn into pages as SVG, not served
STATICFILES_DIRS = [
    *(path for path in [BASE_DIR / "static"] if path.is_dir()),
    *((prefix, path) for prefix, folder in _PACKAGES.items() if (path := _NODE_MODULES / folder).is_dir()),
]
LIBRARY_DIR = str(VAR_DIR / "library")  # filaments that an operator added, see docs/operations.md
MEDIA_URL = "/media/"
MEDIA_ROOT = env.str("MEDIA_ROOT", str(VAR_DIR / "media"))
HASHED_STATIC = env.bool("NOZZLY_HASHED_STATIC", not AT_A_DESK)  # needs collectstatic
_PLAIN_STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"
_HASHED_STATIC = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "nozzly.tenancy.storage.WorkspaceStorage"},
    "staticfiles": {"BACKEND": _HASHED_STATIC if HASHED_STATIC else _PLAIN_STATIC},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not HASHED_STATIC
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
IMPORT_EXPORT_TMP_STORAGE_CLASS = "import_export.tmp_storages.CacheStorage"  # the default is one folder for everybody


# --- Mail and log ------------------------------------------------------------------------------------------------------

EMAIL_FILE_PATH = str(VAR_DIR / "mail")
if _mail := env.str("EMAIL_URL", ""):
    vars().update(environ.Env.email_url_config(_mail))
else:
    EMAIL_BACKEND = "nozzly.tenancy.mail.EmailBackend"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("NOZZLY_MAIL_FROM", f"Nozzly <no-reply@{BASE_DOMAIN}>")
ADMINS = [("Operations", address) for address in env.list("NOZZLY_ADMINS", default=[])]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"workspace": {"()": "nozzly.tenancy.log.WorkspaceFilter"}},
    "formatters": {"line": {"format": "{asctime} {levelname} [{workspace}] {name}: {message}", "style": "{"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["workspace"], "formatter": "line"},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": ["console"], "propagate": False},
        "axes": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}
