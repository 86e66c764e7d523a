"""The settings: one module for each row of the stack, put together here and nowhere else.

Each module is short and readable alone: it names its variable, its stand-in and its limits, and touches no other.
"""

from . import application_store, cache, communications, sessions
from .api import REST_FRAMEWORK, SPECTACULAR_SETTINGS
from .channels import *  # noqa: F403
from .configuration import BASE_DIRECTORY, KEY_PREFIX, SITE, configuration, environment, plugins, portal
from .database import DATABASES, DEFAULT_AUTO_FIELD
from .files import *  # noqa: F403
from .logs import *  # noqa: F403
from .mail import *  # noqa: F403
from .security import *  # noqa: F403
from .sessions import *  # noqa: F403
from .sign_in import *  # noqa: F403
from .tasks import *  # noqa: F403

CONFIGURATION = configuration
PORTAL = portal
PLUGINS = plugins

CACHES = {
    "default": application_store.BACKEND,  # what must be right and may expire; libraries use this one
    "cache": cache.BACKEND,  # Memcached: whatever can be computed again
    "sessions": sessions.BACKEND,  # the session store
    "notifications": communications.BACKEND,  # the notification store
}
INBOX_LENGTH = communications.INBOX_LENGTH

INSTALLED_APPS = [
    *(["daphne"] if environment.portal_environment == "development" else []),  # its runserver serves sockets too
    "core",  # first: its commands and templates win over those of the libraries
    *(plugin.module for plugin in plugins),  # likewise
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "allauth.usersessions",
    "core.people",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
]

# The way of a request: id → site → security → session → person → access → the app's view.
MIDDLEWARE = [
    "core.http.request_log.RequestMiddleware",
    "core.access.site.SiteMiddleware",
    "services.accounts.sign_in.middleware.SignInMiddleware",
    "core.http.outage.OutageMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "core.http.middleware.ContentSecurityPolicyMiddleware",
    "core.http.middleware.InputMiddleware",
    "core.sessions.middleware.SessionMiddleware",
    "core.http.middleware.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.access.middleware.AccessMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
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
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

AUTH_USER_MODEL = "core_people.Person"

LANGUAGE_CODE = portal.language
TIME_ZONE = portal.time_zone
USE_TZ = True
