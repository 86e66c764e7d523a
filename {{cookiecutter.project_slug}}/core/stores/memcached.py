"""Memcached as this portal uses it: connections that last, values that are data, absence that harms nobody."""

import json
import threading
from typing import Any

from django.core.cache.backends.memcached import PyMemcacheCache
from django.core.serializers.json import DjangoJSONEncoder
from pymemcache import HashClient

JSON_FLAG = 1


class JSONSerde:
    """Writes values as JSON. Memcached has no password, so nothing that comes from it may become code."""

    def serialize(self, key: bytes, value: Any) -> tuple[bytes, int]:
        return json.dumps(value, cls=DjangoJSONEncoder, separators=(",", ":")).encode(), JSON_FLAG

    def deserialize(self, key: bytes, value: bytes, flags: int) -> Any:
        if flags == JSON_FLAG:
            return json.loads(value)
        return int(value)  # a counter, which Memcached itself raised


class SingleServerHasher:
    """Tells pymemcache on which server a key is: on the one that there is, where it would work that out for each."""

    def __init__(self) -> None:
        self.node: str | None = None

    def add_node(self, node: str) -> None:
        self.node = node

    def remove_node(self, node: str) -> None:
        self.node = None

    def get_node(self, key: str) -> str | None:
        return self.node


class SelfClosingClient(HashClient):
    """pymemcache's client, which closes its connection when it goes: with its thread."""

    def __del__(self) -> None:
        self.close()


class PersistentMemcachedCache(PyMemcacheCache):
    """Keeps a connection for each thread, where Django closes them at the end of each request.

    Django would also make a client for each task of the event loop: a socket asks for roles in the one thread that all
    share, and would connect each time anew.
    """

    _threads = threading.local()

    def __init__(self, server: str, params: dict[str, Any]):
        super().__init__(server, params)
        self._class = SelfClosingClient

    @property
    def _cache(self) -> HashClient:
        clients = self._threads.__dict__
        server = str(self.client_servers)
        if server not in clients:
            clients[server] = self._class(self.client_servers, **self._options)
        client: HashClient = clients[server]
        return client

    def close(self, **kwargs: Any) -> None:
        pass
