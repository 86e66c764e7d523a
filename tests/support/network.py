"""Ports of the loopback address."""

import random
import socket
from itertools import islice

HOST = "127.0.0.1"

# Linux gives the connections of clients ports from 32768 up (ip_local_port_range), macOS from 49152 up. A server on a
# port below these finds it free when it starts at last, and when it starts again in the middle of a test.
PORTS = range(20_000, 32_768)

# In any order, and each once: none is found twice in one process.
candidates = iter(random.SystemRandom().sample(PORTS, len(PORTS)))


def free_port() -> int:
    """Return a port of the loopback address on which nothing listens."""
    (port,) = free_ports(1)
    return port


def free_ports(number: int) -> list[int]:
    """Return so many free ports, each different from the others."""
    return list(islice(filter(is_free, candidates), number))


def is_free(port: int) -> bool:
    try:
        with socket.socket() as listener:
            listener.bind((HOST, port))
    except OSError:
        return False
    return True


def is_listening(port: int, host: str = HOST) -> bool:
    """Say whether a server accepts connections on this port."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False
