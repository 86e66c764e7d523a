"""A server listens on loopback and in the network that it shares with the reverse proxy."""

import socket

import pytest

from core.configuration.problems import ConfigurationError
from core.deployment import listening


def resolve_to(*addresses):
    """Return a replacement of getaddrinfo that finds these IP addresses for every name."""
    return lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 0)) for one in addresses]


def test_without_a_network_it_is_loopback_alone(monkeypatch):
    monkeypatch.delenv("FRONT_NETWORK", raising=False)
    assert listening.addresses() == ["127.0.0.1"]


@pytest.mark.parametrize("network", ["front-intranet", "127.0.0.8/29"])
def test_of_all_replicas_addresses_it_is_the_container_s_own(monkeypatch, network):
    monkeypatch.setenv("FRONT_NETWORK", network)
    monkeypatch.setattr(socket, "getaddrinfo", resolve_to("192.0.2.7", "127.0.0.9", "192.0.2.8"))
    assert listening.addresses() == ["127.0.0.9", "127.0.0.1"]


@pytest.mark.parametrize(
    ("network", "found"),
    [
        ("front-intranet", ["192.0.2.7"]),
        ("front-intranet", []),
        ("front-intranet", ["127.0.0.9", "127.0.0.10"]),
        ("192.0.2.0/24", ["127.0.0.9"]),
    ],
)
def test_without_one_address_of_its_own_the_server_does_not_start(monkeypatch, network, found):
    monkeypatch.setattr(socket, "getaddrinfo", resolve_to(*found))
    with pytest.raises(ConfigurationError, match="FRONT_NETWORK"):
        listening.front_address(network)


def test_an_unknown_name_is_refused(monkeypatch):
    monkeypatch.setenv("FRONT_NETWORK", "front-nowhere.invalid")
    with pytest.raises(SystemExit, match=r"front-nowhere\.invalid"):
        listening.addresses()
