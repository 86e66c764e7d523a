"""An IP address, v4 or v6, belongs to every ring whose networks contain it, however many networks there are."""

import random
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

import pytest

from core.access.rings import RingTable, rings_of

V4_LENGTHS, V6_LENGTHS = (0, 8, 15, 24, 32), (0, 7, 48, 64, 128)


@pytest.mark.parametrize(
    ("text", "rings"),
    [("127.0.0.1", ["campus"]), ("::1", ["campus"]), ("::ffff:10.0.0.1", ["campus"]), ("2001:db8::1", []),
     ("", []), ("invalid", []), ("10.0.0.1, 127.0.0.1", []), ("::1%lo", ["campus"])],
)  # fmt: skip
def test_an_ip_address_belongs_to_the_rings_that_contain_it(text, rings, settings):
    networks = [ip_network(network) for network in ("127.0.0.0/8", "::1/128", "10.0.0.0/8")]
    settings.PORTAL = settings.PORTAL.model_copy(update={"rings": {"campus": networks}})
    assert rings_of(text) == rings


def test_other_rings_take_effect_when_they_are_set(settings):
    for network, rings in (("192.0.2.0/24", ["campus"]), ("198.51.100.0/24", [])):
        settings.PORTAL = settings.PORTAL.model_copy(update={"rings": {"campus": [ip_network(network)]}})
        assert rings_of("192.0.2.1") == rings


def test_rings_are_in_the_order_of_portal_yaml():
    everywhere = [ip_network("0.0.0.0/0"), ip_network("::/0")]
    table = RingTable({"world": everywhere, "library": [ip_network("192.0.2.7")], "campus": everywhere})
    assert table.of(IPv4Address("192.0.2.7")) == ["world", "library", "campus"]
    assert table.of(IPv6Address("2001:db8::7")) == ["world", "campus"]


def test_the_table_agrees_with_the_ipaddress_module():
    """Compare with `address in network`. The random networks overlap, so that many contain an address."""
    draw = random.Random(4)  # noqa: S311 - no secret
    networks = [IPv4Network((draw.randrange(2**12) << 20, length), strict=False) for length in V4_LENGTHS * 20]
    networks += [IPv6Network((draw.randrange(2**6) << 122, length), strict=False) for length in V6_LENGTHS * 20]
    draw.shuffle(networks)
    rings = {f"ring{number}": networks[number::10] for number in range(10)}
    table = RingTable(rings)
    addresses = [network.network_address for network in networks]
    addresses += [IPv4Address(draw.randrange(2**32)) for _ in range(500)]
    addresses += [IPv6Address(draw.randrange(2**128)) for _ in range(500)]
    matches = 0
    for address in addresses:
        expected = [ring for ring, members in rings.items() if any(address in network for network in members)]
        assert table.of(address) == expected, address
        matches += len(expected)
    assert matches > len(addresses)


def test_a_look_up_costs_the_same_for_any_number_of_networks():
    """One dictionary look-up for each prefix length in use."""
    many = [IPv4Network((number << 8, 24)) for number in range(20_000)] + [
        IPv6Network((number << 64, 64)) for number in range(20_000)
    ]
    table = RingTable({"campus": many})
    assert len(table.prefixes) == len({network.prefixlen for network in many})
    assert table.of(IPv4Address(19_999 << 8)) == ["campus"]
    assert table.of(IPv4Address(20_000 << 8)) == []
