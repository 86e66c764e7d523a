"""A warning of calls to other systems from a view, while the portal is developed.

Only the worker has a way out of the containers' networks. A task may call, also one that runs at once because there is
no broker.
"""

import socket
import sys
from collections.abc import Callable
from functools import cache, wraps
from ipaddress import ip_address
from typing import Any

from celery import current_task

from .requests import current, place_of_caller

warned: set[str] = set()  # places, so that each is named once


@cache
def watch_connections() -> None:
    """Let sockets warn when a request connects one to another machine, once for the process."""
    socket_class: Any = socket.socket
    for name in ("connect", "connect_ex"):
        setattr(socket_class, name, warning(getattr(socket_class, name)))


def warning(connect: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(connect)
    def wrapper(own: socket.socket, address: Any) -> Any:
        if current.get() is not None and not current_task and is_elsewhere(address):
            warn(address)
        return connect(own, address)

    return wrapper


def is_elsewhere(address: Any) -> bool:
    """Return whether an address of Python's sockets is one of another machine."""
    if not isinstance(address, tuple):
        return False  # a file
    try:
        return not ip_address(address[0]).is_loopback
    except ValueError:
        return str(address[0]) != "localhost"


def warn(address: tuple[Any, ...]) -> None:
    """Name the app's line that calls another system. What is no app's is for others to decide, such as servers."""
    place = place_of_caller()
    if place.startswith("apps/") and place not in warned:
        warned.add(place)
        sys.stderr.write(
            f"\n{place}: a view calls another system. In the containers, only the worker has a way out.\n"
            f"  found    a connection to {address[0]}, port {address[1]}\n"
            "  do       call it in a task: docs/how-to/call-another-system.md\n"
        )
