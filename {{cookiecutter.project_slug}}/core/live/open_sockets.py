"""Bounds how many sockets are open in this process: in all, of one person, and of anonymous visitors at one address.

One process of Daphne serves all sockets of a site. core/deployment/nginx.py bounds those of an IP address.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from django.conf import settings

from core.http.clients import client_network, socket_client_ip

logger = structlog.get_logger(__name__)

ALL = "all"


class OpenSockets:
    """Counts open sockets by key. Daphne's event loop is one thread, so nothing else counts meanwhile."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    @contextmanager
    def place(self, key: str, *, most: int) -> Iterator[bool]:
        """Give the block whether the socket is one of `most`. It counts until the block ends."""
        if self.counts[key] >= most:
            logger.warning("too_many_sockets", key=key, most=most)
            yield False
            return
        self.counts[key] += 1
        try:
            yield True
        finally:
            self.counts[key] -= 1
            if not self.counts[key]:
                del self.counts[key]


open_sockets = OpenSockets()


@contextmanager
def place_in_all() -> Iterator[bool]:
    """Count a socket from the first byte of its handshake."""
    with open_sockets.place(ALL, most=settings.SOCKETS_IN_ALL) as is_admitted:
        yield is_admitted


@contextmanager
def place_of_visitor(scope: dict[str, Any]) -> Iterator[bool]:
    """Count a socket once its person is known."""
    person = scope["user"]
    if person.is_authenticated:
        place = open_sockets.place(f"person:{person.pk}", most=settings.SOCKETS_OF_A_PERSON)
    else:
        network = client_network(socket_client_ip(scope))
        place = open_sockets.place(f"address:{network}", most=settings.ANONYMOUS_SOCKETS_OF_AN_ADDRESS)
    with place as is_admitted:
        yield is_admitted
