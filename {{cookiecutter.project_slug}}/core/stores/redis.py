"""A store as Django's cache framework wants it: the same manners for all, whatever serves it."""

from typing import Any

from redis.backoff import ConstantBackoff
from redis.retry import Retry

CONNECT_SECONDS = 0.5
OPERATION_SECONDS = 1.0
HEALTH_CHECK_SECONDS = 30  # a connection idle for longer is asked before it is used
LARGEST_POOL = 32  # connections a process; more threads than that wait for a free one
WAIT_FOR_CONNECTION_SECONDS = 1.0

# A server that went away closes every pooled connection: once more, at once, finds it back or fails.
RETRIES = 1

BLOCKING_POOL = "redis.connection.BlockingConnectionPool"
JSON = "django_redis.serializers.json.JSONSerializer"


def redis_backend(address: str | None, *, name: str, prefix: str, timeout: int) -> dict[str, Any]:
    """The `CACHES` entry of the store called `name`; without an address, a stand-in inside this process.

    Values are JSON: what comes back from a store is data, never code. `timeout`, in seconds, is the lifetime of
    what is written without one.
    """
    pool: dict[str, Any] = {
        "max_connections": LARGEST_POOL,
        "timeout": WAIT_FOR_CONNECTION_SECONDS,
        "health_check_interval": HEALTH_CHECK_SECONDS,
        "retry": Retry(ConstantBackoff(0), RETRIES),
    }
    if address is None:
        import fakeredis  # a development dependency: production has an address, and no stand-in

        # fakeredis tells servers apart by host and port alone, so each store has a host of its own.
        address = f"redis://{name}/0"
        # It is there whenever this process is, and would be asked before each command.
        pool |= {"connection_class": fakeredis.FakeRedisConnection, "health_check_interval": 0}
    return {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": address,
        "KEY_PREFIX": prefix,
        "TIMEOUT": timeout,
        "OPTIONS": {
            "SERIALIZER": JSON,
            "SOCKET_CONNECT_TIMEOUT": CONNECT_SECONDS,
            "SOCKET_TIMEOUT": OPERATION_SECONDS,
            "CONNECTION_POOL_CLASS": BLOCKING_POOL,
            "CONNECTION_POOL_KWARGS": pool,
        },
    }
