"""Connections to the database: their settings in servers, and locks."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, connections, transaction

from .lock_waits import MOST_SECONDS
from .postgresql.base import LIMIT_LOCK_WAITS

STATEMENT_MILLISECONDS = 2_000  # longer work belongs in a task


def configure_connections(*, keep_connections: bool) -> None:
    """Configure this process's connections for serving requests. The entry points call it before the first connection.

    Gunicorn's threads keep their connections. So does Daphne, whose sockets share one thread: a new connection for each
    question about access would take most of the time when a thousand browsers come back. The development server is
    different: its threads are short-lived, and connections that they kept would use up PostgreSQL's limit. Commands and
    workers do not call it, because migrations and imports take longer.
    """
    if connection.vendor != "postgresql":
        return
    database = connections.settings["default"]
    if not keep_connections:
        database["CONN_MAX_AGE"] = 0
    limits = f"-c statement_timeout={STATEMENT_MILLISECONDS} -c lock_timeout={MOST_SECONDS * 1000:.0f}"
    database[LIMIT_LOCK_WAITS] = True  # for the waits of a request in all; lock_timeout is for each of them
    options = database["OPTIONS"]
    options["options"] = f"{options.get('options', '')} {limits}".strip()


def advisory_lock(lock: int) -> None:
    """Wait for PostgreSQL's lock, and hold it until the transaction ends. SQLite has only one writer at a time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])


@contextmanager
def reading(*, milliseconds: int) -> Iterator[None]:
    """Let the block read the database. On PostgreSQL, refuse writes and cancel statements that take longer.

    An error in the block leaves the connection usable.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = {int(milliseconds)}")
        yield
