"""The backend of the cache: Memcached with persistent connections and JSON values."""

import json
import threading
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from pymemcache import HashClient

from .django_internals import AdaptableMemcachedCache

JSON_FLAG = 1


class JSONSerde:
    """Serializes values as JSON. Memcached has no password, so its values must not be unpickled."""

    def serialize(self, key: bytes, value: Any) -> tuple[bytes, int]:
        return json.dumps(value, cls=DjangoJSONEncoder, separators=(",", ":")).encode(), JSON_FLAG

    def deserialize(self, key: bytes, value: bytes, flags: int) -> Any:
        if flags == JSON_FLAG:
            return json.loads(value)
        return int(value)  # a counter, which Memcached increments itself


class SingleServerHasher:
    """Sends every key to the one server, which saves pymemcache's hash of each key."""

    def __init__(self) -> None:
        self.node: str | None = None

    def add_node(self, node: str) -> None:
        self.node = node

    def remove_node(self, node: str) -> None:
        self.node = None

    def get_node(self, key: str) -> str | None:
        return self.node


class SelfClosingClient(HashClient):  # type: ignore[misc]  # pymemcache has no types
    """Closes its connection when it is deleted, at the end of its thread."""

    def __del__(self) -> None:
        self.close()


class PersistentMemcachedCache(AdaptableMemcachedCache):
    """Keeps one connection for each thread, where Django closes them at the end of each request.

    Django also makes a client for each asyncio task. Sockets look up roles in one shared thread, so each would connect
    again.
    """

    threads = threading.local()

    @property
    def client(self) -> HashClient:
        clients = self.threads.__dict__
        server = str(self.client_servers)
        if server not in clients:
            clients[server] = SelfClosingClient(self.client_servers, **self.client_options)
        client: HashClient = clients[server]
        return client

    def ping(self) -> str:
        """Return the server's version. Raises an error when the server is away, which is a miss everywhere else."""
        (version,) = [client.version() for client in self.client.clients.values()]
        return version.decode() if isinstance(version, bytes) else str(version)

    def close(self, **kwargs: Any) -> None:
        """Keep the connections at the end of a request."""
