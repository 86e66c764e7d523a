"""Django's migrate, one at a time: a second one waits for the first, and then has nothing to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands.migrate import Command as DjangoCommand
from django.db import connections

# The key of PostgreSQL's advisory lock: any number that nothing else uses.
LOCK = 0x6F6D6E69


class Command(DjangoCommand):
    def handle(self, *args: Any, **options: Any) -> None:
        with migration_lock(options["database"]):
            super().handle(*args, **options)


@contextmanager
def migration_lock(alias: str) -> Iterator[None]:
    """Hold the advisory lock of the database `alias`. SQLite has none: it serves no second container."""
    if connections[alias].vendor != "postgresql":
        yield
        return
    # The lock belongs to a connection, and migrate may close and reopen the usual one.
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
