"""The database as servers use it: connections that suit their threads, statements that end in time."""

from django.db import connection, connections

STATEMENT_MILLISECONDS = 2_000  # a request that needs longer belongs into a task
LOCK_MILLISECONDS = 1_000


def configure_connections(*, keep_connections: bool) -> None:
    """Settle this process's connections for serving requests; called by the entry points before the first one.

    Gunicorn's threads keep their connections. Daphne's come and go, and would leave theirs open, so that PostgreSQL
    runs out of them. Commands and workers are left as they are: migrations and imports take their time.
    """
    if connection.vendor != "postgresql":
        return
    database = connections.settings["default"]
    if not keep_connections:
        database["CONN_MAX_AGE"] = 0
    limits = f"-c statement_timeout={STATEMENT_MILLISECONDS} -c lock_timeout={LOCK_MILLISECONDS}"
    options = database["OPTIONS"]
    options["options"] = f"{options.get('options', '')} {limits}".strip()


def advisory_lock(lock: int) -> None:
    """Wait for the lock and hold it until the caller's transaction ends. SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
