"""The IP addresses of clients, and a record for doctor of whether the portal sees their own.

The reverse proxy sends `unknown` for a client whose IP address it cannot find out. Such a client is in no ring, and
shares the rate limits with all others of its kind.

When Docker does not know a client's IP address, it passes on that of the network's gateway. If that happens to all
clients, rings cannot work, and doctor reports it. Each process writes the record at most once a minute.
"""

import time
from datetime import timedelta
from functools import cache, lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest
from redis.exceptions import RedisError

from core.stores.session_store import session_store

ClientKind = Literal["gateway", "own"]

UNKNOWN = "unknown"  # in place of an IP address: in the reverse proxy's header, in logs and in mail
UNKNOWN_IP = "0.0.0.0"  # noqa: S104 - where a library requires an address. No client has this one.

RECORD_LIFETIME = timedelta(days=1)
RECORD_SECONDS = 60

# infrastructure/nginx/snippets/proxy.conf sets them.
PROXY_HEADERS = frozenset({"HTTP_X_FORWARDED_FOR", "HTTP_X_PORTAL_SITE"})

recorded_at: dict[ClientKind, float] = {}


@cache
def docker_gateway(subnet: IPv4Network) -> str:
    """Return the first host of a network, which Docker uses as its gateway."""
    return str(next(subnet.hosts()))


def client_ip(request: HttpRequest) -> str:
    """Return the IP address of a request, or an empty string when it is unknown.

    In production it comes from the reverse proxy, so that no client can forge it.
    """
    header = "HTTP_X_FORWARDED_FOR" if settings.CONFIGURATION.environment.is_production else "REMOTE_ADDR"
    return known_ip(str(request.META.get(header, "")))


def client_network(address: str) -> str:
    """Return what limits count as one client: an IPv4 address, or the IPv6 network of 64 bits that each client has.

    infrastructure/nginx/snippets/maps.conf has the same rule.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((int(parsed) >> 64 << 64, 64)))


def came_through_proxy(request: HttpRequest) -> bool:
    """Return whether the reverse proxy passed the request on. No client can remove the headers that it sets."""
    return not PROXY_HEADERS.isdisjoint(request.META)


def is_local(request: HttpRequest) -> bool:
    """Return whether the request came from this machine or this container, and not through the reverse proxy."""
    try:
        peer = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return peer.is_loopback and not came_through_proxy(request)


def socket_client_ip(scope: dict[str, Any]) -> str:
    """Return the IP address of a socket, as `client_ip` does."""
    if settings.CONFIGURATION.environment.is_production:
        return known_ip(bytes(dict(scope["headers"]).get(b"x-forwarded-for", b"")).decode("latin-1"))
    return known_ip(str((scope.get("client") or [""])[0]))


@lru_cache(maxsize=1024)  # each request asks several times for the same address
def known_ip(text: str) -> str:
    """Return `text` if it is one IP address, and an empty string otherwise."""
    try:
        ip_address(text)
    except ValueError:
        return ""
    return text


def record_client(request: HttpRequest) -> None:
    """Record whether this request has the IP address of its client. Never fails, and seldom costs a round trip."""
    environment = settings.CONFIGURATION.environment
    if not environment.is_production or not (found := client_ip(request)):
        return
    kind: ClientKind = "gateway" if found == docker_gateway(environment.edge_subnet) else "own"
    now = time.monotonic()
    if now - recorded_at.get(kind, -RECORD_SECONDS) < RECORD_SECONDS:
        return
    recorded_at[kind] = now
    try:
        session_store("core").set(f"clients:{kind}", True, lifetime=RECORD_LIFETIME)
    except RedisError:
        return  # a later request records it


def all_clients_appear_as_gateway() -> bool:
    """Return whether every client of the last day had the gateway's IP address."""
    return bool(session_store("core").get("clients:gateway")) and not any_client_had_own_address()


def any_client_had_own_address() -> bool:
    """Return whether a client of the last day had an IP address of its own."""
    return bool(session_store("core").get("clients:own"))
