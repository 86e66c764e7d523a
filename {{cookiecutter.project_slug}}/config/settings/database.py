"""The database: the record of everything, in PostgreSQL (`DATABASE_URL`) through psycopg2.

https://docs.djangoproject.com/en/stable/ref/databases/
"""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from core.configuration.secret_text import SecretText

from .configuration import CONFIGURATION, VARIABLE_DIRECTORY

# A packet that is lost on the way is sent again after a second. PostgreSQL's documentation recommends no less than two:
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-CONNECT-TIMEOUT
CONNECT_SECONDS = 2

# A trigram index finds by the threshold of its connection, whatever the query says. It is low enough to find a word of
# five letters with one wrong letter. The queries themselves set a higher one.
TRIGRAM_THRESHOLD = 0.2


def sqlite(path: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            # In development several processes share the file: a writer waits for another instead of failing.
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,  # seconds
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "ENGINE": "core.stores.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": SecretText(unquote(parts.password or "")),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        # Seconds for which a thread keeps its connection. core/stores/database.py changes it for Daphne, whose threads
        # come and go, and limits the duration of statements.
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,  # without a round trip: core/stores/postgresql
        "OPTIONS": {
            "connect_timeout": CONNECT_SECONDS,
            "keepalives_idle": 10,  # seconds until a silent server is probed
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 2000,  # milliseconds until the server must acknowledge what it was sent
            "application_name": "portal",
            "options": f"-c pg_trgm.word_similarity_threshold={TRIGRAM_THRESHOLD}",
            **dict(parse_qsl(parts.query)),
        },
    }


def database(url: str | None) -> dict[str, Any]:
    """Return the database at `url`, or an SQLite file below var/ without one."""
    if url is None:
        return sqlite(str(VARIABLE_DIRECTORY / "database.sqlite3"))
    if url.startswith("sqlite:"):
        return sqlite(unquote(urlsplit(url).path))
    return postgresql(url)


DATABASES = {"default": database(CONFIGURATION.url("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
