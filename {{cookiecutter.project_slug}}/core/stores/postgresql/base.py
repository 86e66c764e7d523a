"""Django's PostgreSQL backend, whose look at a kept connection costs no round trip.

Before a request's first query Django asks `SELECT 1`, to learn whether the server has closed the connection since the
request before. A server that closes one says so, and the word lies on the connection's socket: whether anything lies
there the kernel knows. Django asks only where something does.
"""

import select

from django.db.backends.postgresql.base import DatabaseWrapper as DjangoDatabaseWrapper


class DatabaseWrapper(DjangoDatabaseWrapper):
    def close_if_health_check_failed(self) -> None:
        if self.connection is not None and not self.health_check_done:
            self.health_check_done = not self.connection.closed and has_nothing_to_read(self.connection.fileno())
        super().close_if_health_check_failed()


def has_nothing_to_read(descriptor: int) -> bool:
    """Whether there is nothing to read from it, not even its end."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return not poll.poll(0)
