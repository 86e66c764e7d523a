"""Ports of the loopback address."""

import contextlib
import socket

HOST = "127.0.0.1"


def free_port() -> int:
    """Return a port of the loopback address on which nothing listens."""
    (port,) = free_ports(1)
    return port


def free_ports(number: int) -> list[int]:
    """Return so many free ports, each different from the others."""
    with contextlib.ExitStack() as stack:
        # All sockets stay open until the last port is found, so that no port is found twice.
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for listener in sockets:
            listener.bind((HOST, 0))
        return [listener.getsockname()[1] for listener in sockets]


def is_listening(port: int, host: str = HOST) -> bool:
    """Say whether a server accepts connections on this port."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False
