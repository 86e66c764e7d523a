"""The settings of a Redis store for Django's cache framework, the same for all stores."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

from redis.backoff import ConstantBackoff
from redis.retry import Retry

CONNECT_SECONDS = 0.5
OPERATION_SECONDS = 1.0
HEALTH_CHECK_SECONDS = 30  # a connection that was idle for longer is checked before use
MAX_CONNECTIONS = 32  # for each process; further threads wait for a free one
WAIT_FOR_CONNECTION_SECONDS = 1.0

# A server that restarts closes every pooled connection. One immediate retry either connects again or fails.
RETRIES = 1

BLOCKING_POOL = "redis.connection.BlockingConnectionPool"
JSON = "django_redis.serializers.json.JSONSerializer"


# The Redis GUI writes the names of keys into its pages as HTML and as code. A key without these characters is neither.
UNSAFE = re.compile(r"[^A-Za-z0-9._:@-]")


def readable_key(key: str, prefix: str, version: int) -> str:
    """Return a key whose name the Redis GUI may show. "*", the pattern of all keys, stays.

    Raises ValueError for a character that is neither a letter of the alphabet, a digit, nor one of . _ : - @.
    """
    if key != "*" and (unsafe := UNSAFE.search(key)):
        raise ValueError(f"a key of a store has only letters, digits and . _ : - @, not {unsafe[0]!r}")
    return f"{prefix}:{version}:{key}"


def digest_key(key: str, prefix: str, version: int) -> str:
    """Return a key whose name shows nothing of `key`, which may contain what a visitor typed, or a code.

    "*", the pattern of all keys, stays.
    """
    return f"{prefix}:{version}:{key if key == '*' else hashlib.sha256(key.encode()).hexdigest()}"


def redis_backend(
    url: str | None,
    *,
    name: str,
    prefix: str,
    timeout: int,
    serializer: str = JSON,
    key_function: Callable[..., str] = readable_key,
) -> dict[str, Any]:
    """Return the `CACHES` entry of the store called `name`. Without a URL, it has an embedded backend in this process.

    Values are JSON, so a store's content never becomes code: `serializer` names the class that writes and reads them.
    `timeout`, in seconds, is the default lifetime. django-redis has one pool of connections for each URL, so entries
    with the same URL share one.
    """
    pool: dict[str, Any] = {
        "max_connections": MAX_CONNECTIONS,
        "timeout": WAIT_FOR_CONNECTION_SECONDS,
        "health_check_interval": HEALTH_CHECK_SECONDS,
        "retry": Retry(ConstantBackoff(0), RETRIES),
    }
    if url is None:
        import fakeredis  # a development dependency: production always has a URL

        # fakeredis identifies a server by its host and port, so each store needs its own host.
        url = f"redis://{name}/0"
        # fakeredis runs in this process, and would be checked before each command.
        pool |= {"connection_class": fakeredis.FakeRedisConnection, "health_check_interval": 0}
    return {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": url,
        "KEY_PREFIX": prefix,
        "KEY_FUNCTION": key_function,
        "TIMEOUT": timeout,
        "OPTIONS": {
            "SERIALIZER": serializer,
            "SOCKET_CONNECT_TIMEOUT": CONNECT_SECONDS,
            "SOCKET_TIMEOUT": OPERATION_SECONDS,
            "CONNECTION_POOL_CLASS": BLOCKING_POOL,
            "CONNECTION_POOL_KWARGS": pool,
        },
    }
