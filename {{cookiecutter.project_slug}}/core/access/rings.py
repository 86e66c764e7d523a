"""Finds the rings of an IP address: all rings of `portal.yaml` with a network that contains it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from django.conf import settings

from core.http.clients import docker_gateway

IPAddress = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class RingTable:
    """Finds the rings of an IP address with one dictionary look-up for each prefix length, however many networks."""

    def __init__(self, rings: Mapping[str, Iterable[Network]]):
        self.rings = rings
        # (IP version, bits after the prefix) → prefix → rings.
        self.prefixes: dict[tuple[int, int], dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        for ring, networks in rings.items():
            for network in networks:
                host_bits = network.max_prefixlen - network.prefixlen
                self.prefixes[network.version, host_bits][int(network.network_address) >> host_bits].add(ring)

    def of(self, address: IPAddress) -> list[str]:
        """Return the names of the rings in the order of `portal.yaml`."""
        number = int(address)
        found = {
            ring
            for (version, host_bits), prefixes in self.prefixes.items()
            if version == address.version
            for ring in prefixes.get(number >> host_bits, ())
        }
        return [ring for ring in self.rings if ring in found]


_table = RingTable({})


def ring_table() -> RingTable:
    """Return the table of the rings in `portal.yaml`. It is made again when a test sets other rings."""
    global _table
    if _table.rings is not settings.PORTAL.rings:
        _table = RingTable(settings.PORTAL.rings)
    return _table


def rings_of(text: str) -> list[str]:
    """Return the names of the rings of an IP address, in the order of `portal.yaml`.

    An unknown address is in no ring: neither text that is not an address, nor the unspecified address.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return []
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_unspecified or is_docker_gateway(address):
        return []
    return ring_table().of(address)


def is_docker_gateway(address: IPAddress) -> bool:
    """Return whether this is the address that Docker puts in place of a client's own when it does not know that.

    A portal that only this machine can reach is an exception: there, every client is this machine.
    core/deployment/nginx.py has the same rule.
    """
    environment = settings.CONFIGURATION.environment
    gateway = docker_gateway(environment.edge_subnet)
    return environment.is_production and environment.is_published and str(address) == gateway
