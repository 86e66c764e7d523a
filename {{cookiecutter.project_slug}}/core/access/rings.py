"""Which rings an address is in: every one of `portal.yaml`'s whose networks hold it."""

from ipaddress import IPv6Address, ip_address

from django.conf import settings


def rings_of(address: str) -> list[str]:
    """The names of the rings that hold `address`, in the order of `portal.yaml`; none for what is no address."""
    try:
        where = ip_address(address)
    except ValueError:
        return []
    if isinstance(where, IPv6Address) and where.ipv4_mapped:
        where = where.ipv4_mapped
    return [
        ring
        for ring, networks in settings.PORTAL.rings.items()
        if any(where.version == network.version and where in network for network in networks)
    ]
