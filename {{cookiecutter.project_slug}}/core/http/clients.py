"""Clients' addresses, and whether the portal sees their own, for doctor.

Docker shows clients whose address it cannot tell as the gateway of their network. When all are, rings mean nothing, and
the operator should know. A process notes what it sees once a minute, so that it costs nothing.
"""

import time
from datetime import timedelta
from functools import cache
from ipaddress import IPv4Network
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest

from core.stores.application_store import application_store
from core.stores.outage import STORE_ERRORS

Kind = Literal["gateway", "own"]

LIFETIME = timedelta(days=1)
EVERY_SECONDS = 60

recorded_at: dict[Kind, float] = {}


@cache
def docker_gateway(subnet: IPv4Network) -> str:
    """The first host of a network, which Docker takes for the gateway."""
    return str(next(subnet.hosts()))


def client_ip(request: HttpRequest) -> str:
    """The address that a request comes from: in production the proxy's word for it, which no client can forge."""
    header = "HTTP_X_FORWARDED_FOR" if settings.CONFIGURATION.environment.is_production else "REMOTE_ADDR"
    return str(request.META.get(header, ""))


def socket_client_ip(scope: dict[str, Any]) -> str:
    """The same of a socket."""
    if settings.CONFIGURATION.environment.is_production:
        return bytes(dict(scope["headers"]).get(b"x-forwarded-for", b"")).decode("latin-1")
    return str((scope.get("client") or [""])[0])


def record_client(request: HttpRequest) -> None:
    """Note whether this request came with an address of its own; never fails, and seldom costs a round trip."""
    environment = settings.CONFIGURATION.environment
    address = request.META.get("HTTP_X_FORWARDED_FOR")
    if address is None or not environment.is_production:
        return
    kind: Kind = "gateway" if address == docker_gateway(environment.edge_subnet) else "own"
    now = time.monotonic()
    if now - recorded_at.get(kind, -EVERY_SECONDS) < EVERY_SECONDS:
        return
    recorded_at[kind] = now
    try:
        application_store("core").set(f"clients:{kind}", True, lifetime=LIFETIME)
    except STORE_ERRORS:
        return  # it is noted again in a minute


def all_clients_appear_as_gateway() -> bool:
    store = application_store("core")
    return bool(store.get("clients:gateway")) and not store.get("clients:own")
