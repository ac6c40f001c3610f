"""Every setting of the site; what differs between installations comes from the environment (see .env.example)."""

import logging.config
from datetime import timedelta
from pathlib import Path

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.environment import Environment
from config.secret_key import kept_secret_key

VERSION = "0.1.0"
BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment(BASE_DIR / ".env")

# Everything the program makes lies under HOME: database, uploads, keys, collected static files.
HOME = Path(env.text("YINFENG_HOME", "var"))
HOME = HOME if HOME.is_absolute() else BASE_DIR / HOME
DEMO = env.flag("YINFENG_DEMO", default=False)
DEMO_PASSWORD = env.text("YINFENG_DEMO_PASSWORD")
DEBUG = env.flag("YINFENG_DEBUG", default=False)
SECURE = not (DEBUG or DEMO)

BIND_HOST = env.text("YINFENG_BIND", "127.0.0.1")
BIND_PORT = env.number("PORT", 8000)
WEB_WORKERS = env.number("YINFENG_WEB_WORKERS", 1)
WEB_THREADS = env.number("YINFENG_WEB_THREADS", 8)

SECRET_KEY = env.text("YINFENG_SECRET_KEY") or kept_secret_key(HOME / "secret-key")
ALLOWED_HOSTS = env.listed("YINFENG_ALLOWED_HOSTS") or ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = env.listed("YINFENG_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "axes",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "core.apps.CoreConfig",
    "accounts.apps.AccountsConfig",
    "parks.apps.ParksConfig",
    "crm.apps.CrmConfig",
    "projects.apps.ProjectsConfig",
    "reports.apps.ReportsConfig",
]

MIDDLEWARE = [
    # First, so that even the answer to a foreign Host has the policy.
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.language.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "core.refuse_nul.RefuseNulMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # A page is closed unless it says `login_not_required`; the API has its own rule, in REST_FRAMEWORK.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "core.sessions.IdleExitMiddleware",
    "accounts.middleware.OwnPasswordMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.refusals.RefusalMiddleware",
    # Last, so that it sees the refusal of a sign-in and can answer with the time left.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

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
                "parks.context.viewer",
            ],
        },
    },
]
MESSAGE_STORAGE = "core.toasts.ToastStorage"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.insert(0, "django.forms")

# Database: SQLite in HOME unless DATABASE_URL names a server.
SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": HOME / "yinfeng.sqlite3",
    "OPTIONS": {
        # IMMEDIATE takes the write lock at BEGIN: a transaction that reads first cannot fail half-way with
        # "database is locked".
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    },
}
DATABASE_URL = env.text("DATABASE_URL")
# psycopg binds on the client (Django's default), so that a rare and a common word each get their own plan.
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=600) if DATABASE_URL else SQLITE}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["CONN_MAX_AGE"] = 600

# Broker and cache: in-process unless REDIS_URL names a server.
REDIS_URL = env.text("REDIS_URL")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

CELERY_BROKER_URL = REDIS_URL or "memory://in-process"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600} if REDIS_URL else {"polling_interval": 0.02}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1 if REDIS_URL else 64
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Asia/Shanghai"
# The embedded worker shares the process with the web server: it must leave its output and loggers alone.
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE: dict[str, dict] = {
    # Skipped rounds are not made up for: the next one finds all there is.
    "resume-jobs": {"task": "core.resume_jobs", "schedule": 30.0, "options": {"expires": 25}},
    "tidy-up": {"task": "core.tidy_up", "schedule": 3600.0, "options": {"expires": 3000}},
    # Hourly, so that a night without a clock is made up for; each protection still ends on its own day.
    "lapse-first-talks": {"task": "crm.lapse_first_talks", "schedule": 3600.0, "options": {"expires": 3000}},
    "mail-notices": {"task": "core.mail_notices", "schedule": 300.0, "options": {"expires": 280}},
    # Once a day would do; hourly, a night in which the clock stood still is caught up the next morning.
    "return-silent-leads": {"task": "crm.return_silent_leads", "schedule": 3600.0, "options": {"expires": 3000}},
    # At seven, and twice more for a site that is switched off at night; who was told is not told again.
    "remind": {"task": "crm.remind", "schedule": crontab(hour="7,10,14", minute=0), "options": {"expires": 3000}},
    "refresh-trend": {"task": "reports.refresh_trend", "schedule": 3600.0, "options": {"expires": 3000}},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(HOME / "beat-schedule")

# E-mail: nothing is sent unless a server is named.
MAIL_SERVER = env.mail_server("YINFENG_EMAIL_URL")
if MAIL_SERVER:
    EMAIL_HOST, EMAIL_PORT = MAIL_SERVER.host, MAIL_SERVER.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL_SERVER.user, MAIL_SERVER.password
    EMAIL_USE_SSL, EMAIL_USE_TLS = MAIL_SERVER.use_ssl, MAIL_SERVER.use_tls
EMAIL_TIMEOUT = 20
SENDS_MAIL = MAIL_SERVER is not None
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("YINFENG_EMAIL_FROM", "yinfeng@localhost")
# Where people reach the site; links in mails begin with it.
SITE_URL = env.text("YINFENG_URL", f"http://{BIND_HOST}:{BIND_PORT}").rstrip("/")

# People and sign-in.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backends.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:sign-in"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)
# A knock during the lock must not prolong it: the page promises a time.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "core.sessions.client_address"
AXES_VERBOSE = False
# How many proxies of ours stand in front; 0 means that X-Forwarded-For is whatever the visitor wrote and is not read.
TRUSTED_PROXIES = env.number("YINFENG_TRUSTED_PROXIES", 0)

SESSION_IDLE = timedelta(minutes=30) if SECURE else timedelta(days=14)
SESSION_COOKIE_AGE = int(SESSION_IDLE.total_seconds())
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db" if REDIS_URL else "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "yinfeng_session"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "yinfeng_csrf"
LANGUAGE_COOKIE_NAME = "yinfeng_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"

# What the browser is told. Demo and debug run over plain http on the loopback address.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = env.flag("YINFENG_SSL_REDIRECT", default=True) and SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# Language and time.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# Files. Documents are never under a served folder: a view hands them out after asking who may see them.
DOCUMENT_ROOT = HOME / "documents"
DOCUMENT_MAX_BYTES = 20 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not SECURE
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DOCUMENT_ROOT}},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if SECURE
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}

FILTERS_EMPTY_CHOICE_LABEL = _("All")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.backends.AccountTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "core.parsers.CarefulJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "core.api.KeysetPagination",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "core.api.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Yinfeng API",
    "VERSION": VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    # Choices stay where they are used: many fields are called "kind" or "stage", and each has its own.
    "POSTPROCESSING_HOOKS": [],
}

LOG_LEVEL = env.text("YINFENG_LOG_LEVEL", "INFO").upper()
LOGGING_CONFIG = None
logging.config.dictConfig(
    {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": "config.logs.Masking",
                "format": "{asctime} {levelname} {name}: {message}",
                "style": "{",
            }
        },
        "filters": {"one_line_refusals": {"()": "config.logs.OneLineRefusals"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["one_line_refusals"]}
        },
        "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
        "loggers": {
            "axes": {"level": "WARNING"},
            "celery": {"level": "WARNING"},
            "kombu": {"level": "WARNING"},
        },
    }
)
