"""The private API of redis-py that the portal uses, and the only module that uses it.

tests/test_internals.py fails when a release of redis-py moves it.
"""

from typing import Any

from redis import Redis


def socket_of(client: Redis) -> Any:
    """Return the socket of an open connection of the client's pool: only it knows the version of TLS."""
    connection = client.connection_pool.get_connection()
    try:
        return connection._sock
    finally:
        client.connection_pool.release(connection)
