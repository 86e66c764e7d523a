"""Where a server listens: on loopback for its health check, and in the network that it shares with the reverse proxy.

A server believes the forwarding headers of every client that connects. Its other networks have other containers, so it
does not listen there: one of those that was taken over could claim any client's IP address.
"""

import os
import socket
from ipaddress import IPv4Network, ip_address

from core.configuration.problems import ConfigurationError, Problem

PORT = 8000
LOOPBACK = "127.0.0.1"
VARIABLE = "FRONT_NETWORK"


def addresses() -> list[str]:
    """Return the IP addresses that a server listens on: loopback, and that of `FRONT_NETWORK` when it is set.

    Raises SystemExit with the reason when this machine has no address there, or several.
    """
    network = os.environ.get(VARIABLE, "")
    try:
        return [front_address(network), LOOPBACK] if network else [LOOPBACK]
    except ConfigurationError as error:
        raise SystemExit(str(error)) from None


def front_address(network: str) -> str:
    """Return this machine's IP address in a network: a name that resolves to it there alone, or the network as CIDR.

    With Compose, all servers of the network share the name as an alias, so it has an address for each replica. In a
    Swarm, a container does not find its own name before it is healthy: the network's addresses are fixed instead.
    Raises ConfigurationError.
    """
    own = [address for address in candidates(network) if is_own(address)]
    if len(own) != 1:
        found = f"{network}, where this container has {len(own)} IP addresses"
        allowed = "the alias of the network of the reverse proxy and this server, or its addresses as CIDR"
        raise ConfigurationError([Problem("compose.yaml", VARIABLE, found, allowed)])
    return own[0]


def candidates(network: str) -> list[str]:
    """Return the addresses that may be this machine's."""
    if "/" in network:
        inside = IPv4Network(network)
        return [address for address in addresses_of_machine() if ip_address(address) in inside]
    try:
        found = socket.getaddrinfo(network, None, family=socket.AF_INET, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return sorted({str(address[0]) for *_, address in found})


def addresses_of_machine() -> list[str]:
    """Return the addresses of this host name. In a container, /etc/hosts has one for each of its networks."""
    found = socket.getaddrinfo(socket.gethostname(), None, family=socket.AF_INET, type=socket.SOCK_STREAM)
    return sorted({str(address[0]) for *_, address in found})


def is_own(address: str) -> bool:
    """Return whether an interface of this machine has the address: only then can a socket be bound to it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
