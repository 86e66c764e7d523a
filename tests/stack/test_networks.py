"""Which services can reach each other, and which can reach the internet."""

import pytest

from tests.support.compose import RUNNING, SERVERS, STORES, TIER_I, Stack, inspect
from tests.support.network import HOST

NETWORKS = {
    "stores": {*TIER_I, *SERVERS, "worker", "scheduler", "migrations", "redis-gui"},
    "servers": {*SERVERS, "redis-gui", "reverse-proxy"},
    "edge": {"reverse-proxy"},
    "outward": {"worker"},
}
PORTS = dict.fromkeys(STORES, 6379) | {"cache": 11211, "database": 5432, "message-broker": 5672}

CONNECT = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=2).close()
except OSError as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


def test_a_container_is_on_its_own_networks_and_no_others(stack: Stack) -> None:
    found = {service: set(one["NetworkSettings"]["Networks"]) for service, one in stack.containers().items()}
    wanted = {
        service: {f"{stack.project}_{name}" for name, services in NETWORKS.items() if service in services}
        for service in found
    }
    wanted["configuration"] = {"none"}  # it needs no network
    assert found == wanted


@pytest.mark.parametrize("network", NETWORKS)
def test_only_the_networks_of_stores_and_servers_are_internal(stack: Stack, network: str) -> None:
    (found,) = inspect("network", f"{stack.project}_{network}")
    assert found["Internal"] is (network in {"stores", "servers"})


def test_only_the_reverse_proxy_publishes_ports_and_only_on_publish_address(stack: Stack) -> None:
    published = {}
    for service, container in stack.containers().items():
        for inside, outside in (container["HostConfig"]["PortBindings"] or {}).items():
            published[service, inside] = [(one["HostIp"], int(one["HostPort"])) for one in outside]
    assert published == {
        ("reverse-proxy", "8080/tcp"): [(stack.settings["PUBLISH_ADDRESS"], stack.http_port)],
        ("reverse-proxy", "8443/tcp"): [(stack.settings["PUBLISH_ADDRESS"], stack.https_port)],
    }
    assert stack.settings["PUBLISH_ADDRESS"] == HOST


def test_the_edge_network_has_the_subnet_of_env(stack: Stack) -> None:
    (edge,) = inspect("network", f"{stack.project}_edge")
    assert edge["IPAM"]["Config"][0]["Subnet"] == str(stack.subnet)


@pytest.mark.parametrize("service", sorted(set(RUNNING) - {"worker", "reverse-proxy"}))
def test_a_service_has_no_route_to_the_internet(stack: Stack, service: str) -> None:
    """Without a default route, a container reaches no server and no name server outside its networks."""
    routes = [line.split() for line in stack.execute(service, "cat", "/proc/net/route").stdout.splitlines()[1:]]
    assert routes
    assert "00000000" not in [route[1] for route in routes]


def test_the_worker_has_a_route_to_send_mail(stack: Stack) -> None:
    routes = stack.execute("worker", "cat", "/proc/net/route").stdout
    assert "00000000" in [line.split()[1] for line in routes.splitlines()[1:]]


@pytest.mark.parametrize("service", TIER_I)
def test_the_reverse_proxy_cannot_reach_tier_i(stack: Stack, service: str) -> None:
    ip_address, port = stack.ip_address(service), str(PORTS[service])
    # A server of the portal can connect there, so the network is the reason when the reverse proxy cannot.
    stack.execute("intranet-server", "python", "-c", CONNECT, ip_address, port)
    script = f"exec 3<>/dev/tcp/{ip_address}/{port} && echo reached"
    done = stack.execute("reverse-proxy", "timeout", "1", "bash", "-c", script, check=False)
    assert done.returncode != 0
    assert "reached" not in done.stdout


def test_a_store_reaches_neither_the_reverse_proxy_nor_the_internet(stack: Stack) -> None:
    for ip_address, port in ((stack.ip_address("reverse-proxy", "edge"), 8443), ("192.0.2.1", 443)):
        script = f"exec 3<>/dev/tcp/{ip_address}/{port} && echo reached"
        done = stack.execute("cache", "timeout", "2", "bash", "-c", script, check=False)
        assert "Network is unreachable" in done.stderr
        assert "reached" not in done.stdout
