"""Which rings an address is in: every one of `portal.yaml`'s whose networks hold it."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from django.conf import settings

from .clients import gateway

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def rings_of(address: str) -> list[str]:
    """The names of the rings that hold `address`, in the order of `portal.yaml`; none for what is no address."""
    try:
        where = ip_address(address)
    except ValueError:
        return []
    if isinstance(where, IPv6Address) and where.ipv4_mapped:
        where = where.ipv4_mapped
    if is_anybody(where):
        return []
    return [ring for ring, networks in settings.PORTAL.rings.items() if holds(networks, where)]


def holds(networks: list[Network], where: Address) -> bool:
    return any(where.version == network.version and where in network for network in networks)


def is_anybody(where: Address) -> bool:
    """Whether the address says nothing of a client, for Docker shows as it all whose own address it cannot tell.

    Where only this machine reaches the portal it is this machine; core/deployment/nginx.py has the same rule.
    """
    environment = settings.CONFIGURATION.environment
    return environment.is_production and environment.is_published and str(where) == gateway(environment.edge_subnet)
