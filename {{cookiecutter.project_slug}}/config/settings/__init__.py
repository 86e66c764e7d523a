"""The settings of Django and its libraries: one module for each part of the stack, composed here and nowhere else.

Each module is short and can be read alone. It names its variable, its embedded backend and its limits, and changes no
other module. Names that Django does not know are the portal's own, which its code reads from django.conf.
"""

from . import application_store, cache, communications, sessions
from .api import REST_FRAMEWORK, SPECTACULAR_SETTINGS, TOKEN_REQUESTS_PER_MINUTE
from .audit import AUDIT_RETENTION_DAYS
from .channels import (
    ANONYMOUS_SOCKETS_OF_AN_ADDRESS,
    CHANNEL_LAYERS,
    LARGEST_MESSAGE_BYTES,
    MESSAGES_AT_ONCE,
    MESSAGES_PER_SECOND,
    SOCKETS_IN_ALL,
    SOCKETS_OF_A_PERSON,
)
from .communications import INBOX_LENGTH, NOTIFICATION_DAYS, NOTIFICATION_STORE_REPORT
from .configuration import BASE_DIRECTORY, CONFIGURATION, PLUGINS, PORTAL, SITE
from .database import DATABASES, DEFAULT_AUTO_FIELD
from .files import (
    FRONTEND_BUILD,
    MEDIA_ROOT,
    MEDIA_URL,
    PROTECTED_ROOT,
    STATIC_ROOT,
    STATIC_URL,
    STATICFILES_DIRS,
    STORAGES,
)
from .languages import (
    LANGUAGE_CODE,
    LANGUAGE_COOKIE_AGE,
    LANGUAGE_COOKIE_NAME,
    LANGUAGE_COOKIE_SECURE,
    LANGUAGES,
    LOCALE_PATHS,
    TIME_ZONE,
    USE_TZ,
)
from .logs import (
    DJANGO_STRUCTLOG_CELERY_ENABLED,
    DJANGO_STRUCTLOG_IP_LOGGING_ENABLED,
    DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL,
    DJANGO_STRUCTLOG_USER_ID_FIELD,
    LOGGING,
)
from .mail import (
    ADMINS,
    DEFAULT_FROM_EMAIL,
    EMAIL_SUBJECT_PREFIX,
    MAILERS,
    SERVER_EMAIL,
)
from .security import (
    ADMIN_CSP,
    ALLOWED_HOSTS,
    AUTH_PASSWORD_VALIDATORS,
    CSRF_COOKIE_NAME,
    CSRF_COOKIE_SAMESITE,
    CSRF_COOKIE_SECURE,
    CSRF_FAILURE_VIEW,
    CSRF_TRUSTED_ORIGINS,
    DATA_UPLOAD_MAX_MEMORY_SIZE,
    DATA_UPLOAD_MAX_NUMBER_FIELDS,
    DATA_UPLOAD_MAX_NUMBER_FILES,
    DEBUG,
    ENCRYPTION_KEYS,
    FILE_UPLOAD_MAX_MEMORY_SIZE,
    MAIL_KEYS,
    PASSWORD_HASHERS,
    SECRET_KEY,
    SECURE_CONTENT_TYPE_NOSNIFF,
    SECURE_CROSS_ORIGIN_OPENER_POLICY,
    SECURE_CSP,
    SECURE_HSTS_SECONDS,
    SECURE_PROXY_SSL_HEADER,
    SECURE_REFERRER_POLICY,
    SECURE_SSL_REDIRECT,
    SILENCED_SYSTEM_CHECKS,
    SITE_ORIGINS,
    SOCKET_ORIGINS,
    X_FRAME_OPTIONS,
)
from .sessions import (
    SESSION_CACHE_ALIAS,
    SESSION_COOKIE_AGE,
    SESSION_COOKIE_HTTPONLY,
    SESSION_COOKIE_NAME,
    SESSION_COOKIE_SAMESITE,
    SESSION_COOKIE_SECURE,
    SESSION_ENGINE,
    SESSION_LIFETIME_SECONDS,
)
from .sign_in import (
    ACCOUNT_ADAPTER,
    ACCOUNT_CHANGE_EMAIL,
    ACCOUNT_EMAIL_NOTIFICATIONS,
    ACCOUNT_EMAIL_SUBJECT_PREFIX,
    ACCOUNT_EMAIL_VERIFICATION,
    ACCOUNT_LOGIN_METHODS,
    ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR,
    ACCOUNT_PREVENT_ENUMERATION,
    ACCOUNT_RATE_LIMITS,
    ACCOUNT_REAUTHENTICATION_METHODS,
    ACCOUNT_REAUTHENTICATION_REQUIRED,
    ACCOUNT_REAUTHENTICATION_TIMEOUT,
    ACCOUNT_SIGNUP_FIELDS,
    ACCOUNT_SIGNUP_FORM_CLASS,
    ACCOUNT_USER_DISPLAY,
    ALLAUTH_TRUSTED_CLIENT_IP_HEADER,
    AUTHENTICATION_BACKENDS,
    DEVICE_COOKIE_NAME,
    HEADLESS_CLIENTS,
    HEADLESS_FRONTEND_URLS,
    HEADLESS_ONLY,
    LOGIN_URL,
    LOGOUT_REDIRECT_URL,
    MFA_ADAPTER,
    MFA_ALLOW_UNVERIFIED_EMAIL,
    MFA_SUPPORTED_TYPES,
    MFA_TOTP_ISSUER,
    PASSWORD_RESET_TIMEOUT,
    SECOND_FACTOR_FOR_MAINTAINERS,
    USERSESSIONS_ADAPTER,
    USERSESSIONS_TRACK_ACTIVITY,
)
from .single_sign_on import (
    ADDRESS_TOKENS_PER_MINUTE,
    CLIENT_REQUESTS_PER_MINUTE,
    CLIENT_TOKENS_PER_MINUTE,
    IDENTITY_ORIGIN,
    IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN,
    IDP_OIDC_ADAPTER,
    IDP_OIDC_AUTHORIZATION_CODE_EXPIRES_IN,
    IDP_OIDC_DEVICE_CODE_EXPIRES_IN,
    IDP_OIDC_ID_TOKEN_EXPIRES_IN,
    IDP_OIDC_INTROSPECTION_ENABLED,
    IDP_OIDC_JWKS_CACHE_CONTROL,
    IDP_OIDC_RATE_LIMITS,
    IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN,
    SERVES_IDENTITY,
    SINGLE_SIGN_ON_REPORT,
)
from .tasks import AFTER_COMMIT_RAISES

CACHES = {
    "default": sessions.PROTECTED_VALUES,  # the session store: what must not be evicted; libraries use this one
    "application": application_store.BACKEND,  # the application store: what apps keep for a while
    "cache": cache.BACKEND,  # Memcached: whatever can be computed again
    "sessions": sessions.BACKEND,  # the session store
    "notifications": communications.BACKEND,  # the notification store
}

INSTALLED_APPS = [
    "core",  # first: its commands and templates win over those of the libraries
    *(["daphne"] if CONFIGURATION.environment.portal_environment == "development" else []),  # serves sockets
    *(plugin.module for plugin in PLUGINS),  # likewise
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.idp.oidc",
    "allauth.mfa",
    "allauth.usersessions",
    "core.audit",
    "core.mail",
    "core.backups",
    "core.people",
    "core.tokens",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
    *([] if CONFIGURATION.environment.is_production else ["drf_spectacular_sidecar"]),  # the files of Swagger UI
]

# The order of a request: id → site → security → session → person → access → the app's view.
MIDDLEWARE = [
    *(["core.development.errors.ApiErrorMiddleware"] if DEBUG else []),
    "core.http.request_log.RequestMiddleware",
    *(["core.development.round_trips.RoundTripsMiddleware"] if DEBUG else []),
    "core.http.compression.CompressionMiddleware",
    "core.access.site.SiteMiddleware",
    "core.access.bodies.BodyMiddleware",
    "services.accounts.sign_in.middleware.HashingMiddleware",
    "services.accounts.sign_in.middleware.SignInMiddleware",
    "core.http.outage.OutageMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "core.http.middleware.ContentSecurityPolicyMiddleware",
    "core.http.middleware.InputMiddleware",
    "core.sessions.middleware.SessionMiddleware",
    "core.languages.middleware.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "services.single_sign_on.middleware.TokenMiddleware",
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
                "core.http.error_pages.portal_context",
            ],
        },
    },
]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

AUTH_USER_MODEL = "core_people.Person"
