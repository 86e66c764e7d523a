"""Django's migrate, one at a time: a second one waits until the first is done, and then finds nothing to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands.migrate import Command as DjangoCommand
from django.db import connections

# The name of the lock in PostgreSQL: any number, as long as nobody else takes the same.
LOCK = 0x6F6D6E69


class Command(DjangoCommand):
    def handle(self, *args: Any, **options: Any) -> None:
        with only_one(options["database"]):
            super().handle(*args, **options)


@contextmanager
def only_one(alias: str) -> Iterator[None]:
    """Hold the lock of the database called `alias`; SQLite has none, and no second container either."""
    if connections[alias].vendor != "postgresql":
        yield
        return
    # A connection of its own: the lock is the session's, and migrate may close and open the usual one.
    connection = connections[alias].copy()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    finally:
        connection.close()
