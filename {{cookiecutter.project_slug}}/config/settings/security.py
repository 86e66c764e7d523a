"""What keeps the portal safe, whatever an app does: hosts, origins, cookies, headers and limits.

https://docs.djangoproject.com/en/stable/topics/security/
"""

from django.utils.csp import CSP

from core.configuration.portal import SITES
from core.configuration.production import encryption_keys, mail_keys, signing_key
from core.configuration.secret_text import SecretText

from .configuration import ENVIRONMENT, PORTAL, SITE

# A process of the containers that signs nothing has no key. Django then raises an error on first use.
SECRET_KEY = SecretText(signing_key(ENVIRONMENT))
# The first encrypts, all of them decrypt: core/encryption.py. A process that decrypts nothing has none.
ENCRYPTION_KEYS = [SecretText(key) for key in encryption_keys(ENVIRONMENT)]
# The same, for mail alone: the worker has these, and cannot compute ENCRYPTION_KEYS from them.
MAIL_KEYS = [SecretText(key) for key in mail_keys(ENVIRONMENT)]
DEBUG = ENVIRONMENT.portal_environment == "development" and ENVIRONMENT.debug is not False

LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]", ".localhost", "testserver"]


def origin(host: str) -> str:
    """Return the origin of a site as browsers send it: always TLS, with the port unless it is TLS's own.

    With a proxy in front, the published port is the proxy's way in, and browsers use the proxy's own port.
    """
    port = ENVIRONMENT.publish_https_port
    return f"https://{host}" if port == 443 or PORTAL.tls == "none" else f"https://{host}:{port}"


# The origin of each site, whichever site this process serves.
SITE_ORIGINS = {site: origin(PORTAL.site(site).host) for site in SITES}

# Production serves the hosts of its site. A process without a site (worker, scheduler, one-shots) serves none. The
# health check uses the loopback address; from outside, NGINX answers only the site's domain.
PRODUCTION_HOSTS = [PORTAL.site(SITE).host, "127.0.0.1"] if SITE else []
PRODUCTION_ORIGINS = [SITE_ORIGINS[SITE]] if SITE else []

ALLOWED_HOSTS = PRODUCTION_HOSTS if ENVIRONMENT.is_production else LOCAL_HOSTS
CSRF_TRUSTED_ORIGINS = PRODUCTION_ORIGINS if ENVIRONMENT.is_production else []
SOCKET_ORIGINS = PRODUCTION_ORIGINS if ENVIRONMENT.is_production else LOCAL_HOSTS  # on any port in development

# The prefix makes the browser enforce that the cookie comes over TLS and from this host alone.
COOKIE_PREFIX = "__Host-" if ENVIRONMENT.is_production else ""

CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}{SITE}_csrf"
CSRF_COOKIE_SECURE = ENVIRONMENT.is_production
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "core.http.views.csrf_failure"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# The reverse proxy ends TLS, sends HSTS and redirects. It alone reaches the servers, and it overwrites this header.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.is_production else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if ENVIRONMENT.is_production else 0
SECURE_SSL_REDIRECT = False
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for subdomains, which may belong to others
    "security.W008",  # the reverse proxy redirects to TLS
    "security.W021",  # HSTS preload, which the owner of the domain decides
]

# The admin works without Trusted Types only. The rest of its policy is the pages' own.
ADMIN_CSP = {
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
SECURE_CSP = {**ADMIN_CSP, "require-trusted-types-for": ["'script'"], "trusted-types": ["webpack"]}

# Length counts, and no rule asks for kinds of characters: https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "display_name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "core.people.passwords.CommonPasswordValidator"},
    {"NAME": "core.people.passwords.NamesValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    # Tests create many people. Their hashes are quick to compute, and worthless.
    *(["django.contrib.auth.hashers.MD5PasswordHasher"] if ENVIRONMENT.is_testing else []),
    "core.hashing.hashers.Argon2Hasher",
    "core.hashing.hashers.PBKDF2Hasher",
]

# The limits of a request: bytes in memory, and numbers of fields and files.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 10
