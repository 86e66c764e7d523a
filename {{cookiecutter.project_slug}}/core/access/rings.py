"""Which rings an address is in: every one of `portal.yaml`'s whose networks hold it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from django.conf import settings

from core.http.clients import docker_gateway

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class RingTable:
    """The rings of an address at one look-up for each length of prefix in use, however many networks there are."""

    def __init__(self, rings: Mapping[str, Iterable[Network]]):
        self.rings = rings
        # (version, bits after the prefix) → prefix → rings.
        self.prefixes: dict[tuple[int, int], dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        for ring, networks in rings.items():
            for network in networks:
                rest = network.max_prefixlen - network.prefixlen
                self.prefixes[network.version, rest][int(network.network_address) >> rest].add(ring)

    def of(self, address: Address) -> list[str]:
        """The names, in the order of `portal.yaml`."""
        number = int(address)
        found = {
            ring
            for (version, rest), prefixes in self.prefixes.items()
            if version == address.version
            for ring in prefixes.get(number >> rest, ())
        }
        return [ring for ring in self.rings if ring in found]


_table = RingTable({})


def ring_table() -> RingTable:
    """Made once for `portal.yaml`'s rings, and anew when a test sets others."""
    global _table
    if _table.rings is not settings.PORTAL.rings:
        _table = RingTable(settings.PORTAL.rings)
    return _table


def rings_of(address: str) -> list[str]:
    """The names of the rings that hold `address`, in the order of `portal.yaml`; none for what is no address."""
    try:
        where = ip_address(address)
    except ValueError:
        return []
    if isinstance(where, IPv6Address) and where.ipv4_mapped:
        where = where.ipv4_mapped
    if is_docker_gateway(where):
        return []
    return ring_table().of(where)


def is_docker_gateway(where: Address) -> bool:
    """Whether the address says nothing of a client, for Docker shows as it all whose own address it cannot tell.

    Where only this machine reaches the portal it is this machine; core/deployment/nginx.py has the same rule.
    """
    environment = settings.CONFIGURATION.environment
    return (
        environment.is_production and environment.is_published and str(where) == docker_gateway(environment.edge_subnet)
    )
