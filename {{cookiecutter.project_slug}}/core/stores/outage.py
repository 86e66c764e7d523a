"""Which errors mean that a server is down, full or too slow, for every part of the stack."""

from django.db import InterfaceError, OperationalError, connection
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, ReadOnlyError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

# A store that is full, or whose disk is, refuses to write.
STORE_ERRORS = (RedisConnectionError, RedisTimeoutError, OutOfMemoryError, ReadOnlyError)


class NoRoom(Exception):
    """So much work waits that no more is taken in. A request answers 503, as for a store that is full."""


class ServerDown(Exception):
    """A server whose client has errors of its own is down, or does not answer as it should."""


def is_outage(error: BaseException) -> bool:
    """Return whether an error means that a server is down, full, or too slow to wait for.

    SQLite raises the same classes for mistakes, such as a missing table, so there they are no outage.
    """
    if isinstance(error, OperationalError | InterfaceError):
        return connection.vendor == "postgresql"
    if isinstance(error, ResponseError) and str(error).startswith("MISCONF"):
        return True  # the store cannot write to its disk
    return isinstance(error, (*STORE_ERRORS, BrokerError, NoRoom, ServerDown))
