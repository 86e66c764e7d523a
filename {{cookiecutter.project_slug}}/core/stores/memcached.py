"""Memcached as this portal uses it: connections that last, values that are data, absence that harms nobody."""

import json
from typing import Any

from django.core.cache.backends.memcached import PyMemcacheCache
from django.core.serializers.json import DjangoJSONEncoder

JSON_FLAG = 1


class JSONSerde:
    """Writes values as JSON. Memcached has no password, so nothing that comes from it may become code."""

    def serialize(self, key: bytes, value: Any) -> tuple[bytes, int]:
        return json.dumps(value, cls=DjangoJSONEncoder, separators=(",", ":")).encode(), JSON_FLAG

    def deserialize(self, key: bytes, value: bytes, flags: int) -> Any:
        if flags == JSON_FLAG:
            return json.loads(value)
        return int(value)  # a counter, which Memcached itself raised


class PersistentMemcachedCache(PyMemcacheCache):
    """Keeps its connections from request to request, where Django closes them at the end of each.

    There is one client a thread, and the servers' threads live long.
    """

    def close(self, **kwargs: Any) -> None:
        pass
