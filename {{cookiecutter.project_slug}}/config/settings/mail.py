"""Mail: `MAIL_URL` (`smtp://user:password@host:587?security=starttls`, `smtps://…`) and `MAIL_FROM`.

https://docs.djangoproject.com/en/stable/topics/email/. Without an address, development writes each message to
`var/mail/`, and production refuses to send, saying so.
"""

from urllib.parse import parse_qs, unquote, urlsplit

from .configuration import VARIABLE_DIRECTORY, environment, portal

TIMEOUT_SECONDS = 2

if environment.mail_url:
    parts = urlsplit(environment.mail_url)
    security = parse_qs(parts.query).get("security", [""])[0]
    DEFAULT = {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname,
            "port": parts.port or {"smtps": 465}.get(parts.scheme, 587 if security == "starttls" else 25),
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_ssl": parts.scheme == "smtps",
            "use_tls": parts.scheme == "smtp" and security == "starttls",
            "timeout": TIMEOUT_SECONDS,
        },
    }
elif environment.is_production:
    DEFAULT = {"BACKEND": "core.mail.backends.UnconfiguredBackend"}
else:
    DEFAULT = {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": VARIABLE_DIRECTORY / "mail"},
    }

MAILERS = {"default": DEFAULT}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.mail_from
EMAIL_SUBJECT_PREFIX = f"[{portal.name}] "
ADMINS = [portal.maintainers.email]
