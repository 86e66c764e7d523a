"""Django's migrate, one at a time: a second one waits for the first, and then has nothing to do."""

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
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
    """Hold a lock that other processes respect, while the database `alias` is migrated.

    It is an advisory lock of PostgreSQL, or a file beside that of SQLite, where `make dev` and `make migrations` may
    migrate at the same time. A database in memory has one process.
    """
    database: Any = connections[alias]
    lock: AbstractContextManager[None]
    if database.vendor == "postgresql":
        lock = advisory_lock(alias)
    elif database.is_in_memory_db():
        lock = nullcontext()
    else:
        lock = file_lock(Path(f"{database.settings_dict['NAME']}.migrating"))
    with lock:
        yield


@contextmanager
def advisory_lock(alias: str) -> Iterator[None]:
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


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
