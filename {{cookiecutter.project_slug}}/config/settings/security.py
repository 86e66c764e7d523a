"""What keeps the portal safe whatever an app does: hosts, origins, cookies, headers.

https://docs.djangoproject.com/en/stable/topics/security/
"""

from django.utils.csp import CSP

from core.configuration.portal import SITES

from .configuration import SITE, environment, portal

# Over TLS a cookie belongs to its host alone, which `__Host-` makes the browser prove.
SECURE = environment.is_production
COOKIE_PREFIX = "__Host-" if SECURE else ""

SECRET_KEY = environment.secret_key
DEBUG = (
    (environment.debug if environment.debug is not None else True)
    if (environment.portal_environment == "development")
    else False
)

LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]


def origin(host: str) -> str:
    """A site's address as browsers name it: always TLS, the port only when it is not TLS's own.

    With a proxy in front the port that is published is the proxy's way in, and browsers see the proxy's own.
    """
    port = environment.publish_https_port
    return f"https://{host}" if port == 443 or portal.tls == "none" else f"https://{host}:{port}"


# Where people find each site, whichever site this process serves.
SITE_ORIGINS = {site: origin(portal.site(site).host) for site in SITES}

if environment.is_production:
    # A process of no site (worker, scheduler, one-shots) answers nobody.
    # The health check asks by the loopback address; from outside, NGINX answers no name but the domain.
    HOSTS = [portal.site(SITE).host, "127.0.0.1"] if SITE else []
    ORIGINS = [SITE_ORIGINS[SITE]] if SITE else []
    SOCKET_ORIGINS = ORIGINS
else:
    HOSTS = [*LOOPBACK_HOSTS, "testserver", ".localhost"]
    ORIGINS = []
    SOCKET_ORIGINS = [*LOOPBACK_HOSTS, "testserver", ".localhost"]  # at whatever port the development server has

ALLOWED_HOSTS = HOSTS
CSRF_TRUSTED_ORIGINS = ORIGINS

CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}{SITE}_csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "core.http.views.csrf_failure"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# The reverse proxy ends TLS, sends HSTS and redirects; it alone can reach the servers, and overwrites this header.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_SSL_REDIRECT = False
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for sub-domains: they may be other people's
    "security.W008",  # the reverse proxy redirects
    "security.W021",  # HSTS preload: the domain's owner decides
]

POLICY = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
SECURE_CSP = {**POLICY, "require-trusted-types-for": ["'script'"], "trusted-types": ["webpack"]}
ADMIN_CSP = POLICY  # Django's admin knows nothing of Trusted Types; all else holds

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_HASHERS = [
    # A test run makes many people: there the hash is quick, and worth nothing.
    *(["django.contrib.auth.hashers.MD5PasswordHasher"] if environment.is_testing else []),
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

# What a request may weigh, in bytes and in numbers.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 10
