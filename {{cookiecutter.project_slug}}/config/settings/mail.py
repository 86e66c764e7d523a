"""Mail: `MAIL_URL` (`smtp://user:password@host:587?security=starttls`, `smtps://…`) and `MAIL_FROM`.

https://docs.djangoproject.com/en/stable/topics/email/. Without a URL, development writes each message to `var/mail/`,
and production refuses to send with a message that says so. Production also refuses `smtp://` without TLS, unless
the URL ends in `?security=none`. With TLS, Python checks the server's certificate and its name.
"""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from core.configuration.secret_text import SecretText

from .configuration import CONFIGURATION, ENVIRONMENT, PORTAL, VARIABLE_DIRECTORY

TIMEOUT_SECONDS = 5  # to connect; core/mail/delivery.py waits longer for the answers of a server


def smtp(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    security = parse_qs(parts.query).get("security", [""])[0]
    default_port = 465 if parts.scheme == "smtps" else 587 if security == "starttls" else 25
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname,
            "port": parts.port or default_port,
            "username": unquote(parts.username or ""),
            "password": SecretText(unquote(parts.password or "")),
            "use_ssl": parts.scheme == "smtps",
            "use_tls": parts.scheme == "smtp" and security == "starttls",
            "timeout": TIMEOUT_SECONDS,
        },
    }


def mailer(url: str | None) -> dict[str, Any]:
    """Return the mailer for the server at `url`, or the one that serves without a server."""
    if url is not None:
        return smtp(url)
    if ENVIRONMENT.is_production:
        return {"BACKEND": "core.mail.backends.UnconfiguredBackend"}
    return {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": VARIABLE_DIRECTORY / "mail"},
    }


MAILERS = {"default": mailer(CONFIGURATION.url("MAIL_URL"))}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.mail_from
EMAIL_SUBJECT_PREFIX = f"[{PORTAL.name}] "
ADMINS = [PORTAL.maintainers.email]
