"""The database: the record of everything, in PostgreSQL (`DATABASE_URL`) through psycopg2.

https://docs.djangoproject.com/en/stable/ref/databases/
"""

from urllib.parse import parse_qsl, unquote, urlsplit

from .configuration import VARIABLE_DIRECTORY, configuration

URL = configuration.url("DATABASE_URL")

CONNECT_SECONDS = 1

# An index by trigram finds by the threshold of its connection, whatever the query says: so low that one wrong letter in
# a word of five does not hide it. The queries themselves ask for more.
TRIGRAM_THRESHOLD = 0.2

if URL is None or URL.startswith("sqlite:"):
    path = unquote(urlsplit(URL).path) if URL else str(VARIABLE_DIRECTORY / "database.sqlite3")
    DEFAULT = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        # Several processes share the file in development: writers wait for each other instead of failing.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
else:
    parts = urlsplit(URL)
    DEFAULT = {
        "ENGINE": "core.stores.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        # A thread keeps its connection. Daphne's threads come and go, and keep none: core/stores/database.py, which
        # also ends requests' statements in time.
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,  # at no round trip: core/stores/postgresql
        "OPTIONS": {
            "connect_timeout": CONNECT_SECONDS,
            "keepalives_idle": 10,  # seconds until a silent server is asked whether it is there
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 2000,  # milliseconds until what was sent must be acknowledged
            "application_name": "portal",
            "options": f"-c pg_trgm.word_similarity_threshold={TRIGRAM_THRESHOLD}",
            **dict(parse_qsl(parts.query)),
        },
    }

DATABASES = {"default": DEFAULT}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
