"""Which services can reach each other, and which can reach the internet."""

import json
from collections.abc import Callable
from ipaddress import ip_address, ip_network

import pytest
import yaml

from tests.stack.test_clients import access_log_entry
from tests.support.compose import RUNNING, SERVERS, STORES, TIER_I, Stack, inspect
from tests.support.network import HOST
from tests.support.visitor import Visitor

INTRANET, INTERNET = ("intranet-server", "intranet-sockets"), ("internet-server", "internet-sockets")
NETWORKS = {
    "stores": {*TIER_I, *SERVERS, "worker", "scheduler", "migrations", "backup"} - {"cache"},
    "cache": {*SERVERS, "worker", "cache"},
    "gui": {*STORES, "redis-gui"},
    "front-intranet": {*INTRANET, "reverse-proxy"},
    "front-internet": {*INTERNET, "reverse-proxy"},
    "front-gui": {"redis-gui", "reverse-proxy"},
    "edge": {"reverse-proxy"},
    "outward": {"worker", "backup"},
}
PORTS = dict.fromkeys(STORES, 6379) | {"cache": 11211, "database": 5432, "message-broker": 5672}

# Runs in the Redis GUI's container, which has Node alone.
CONNECT_FROM_GUI = """
const socket = require("net").connect({host: process.argv[1], port: Number(process.argv[2])});
const end = (text) => { console.log(text); process.exit(); };
socket.setTimeout(2000, () => end("timeout"));
socket.on("connect", () => end("reached")).on("error", (error) => end(error.code));
"""
GET_FROM_GUI = """
const [host, path, id] = process.argv.slice(1);
require("https").get(
    {host: "reverse-proxy", port: 8443, servername: host, path, rejectUnauthorized: false,
     headers: {Host: host, "X-Forwarded-For": "10.1.2.3"}},
    (response) => { console.log(response.statusCode, response.headers["x-request-id"]); response.resume(); });
"""

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
    wanted |= {"configuration": {"none"}, "static": {"none"}}  # they need no network
    assert found == wanted


@pytest.mark.parametrize("network", NETWORKS)
def test_all_networks_but_the_published_one_and_the_worker_s_are_internal(stack: Stack, network: str) -> None:
    (found,) = inspect("network", f"{stack.project}_{network}")
    assert found["Internal"] is (network not in {"edge", "outward"})


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


@pytest.mark.parametrize("service", sorted(set(RUNNING) - {"worker", "backup", "reverse-proxy"}))
def test_a_service_has_no_route_to_the_internet(stack: Stack, service: str) -> None:
    """Without a default route, a container reaches no server and no name server outside its networks."""
    routes = [line.split() for line in stack.execute(service, "cat", "/proc/net/route").stdout.splitlines()[1:]]
    assert routes
    assert "00000000" not in [route[1] for route in routes]


@pytest.mark.parametrize("service", ["worker", "backup"])
def test_mail_and_backups_have_a_route_to_other_machines(stack: Stack, service: str) -> None:
    routes = stack.execute(service, "cat", "/proc/net/route").stdout
    assert "00000000" in [line.split()[1] for line in routes.splitlines()[1:]]


@pytest.mark.parametrize("service", TIER_I)
def test_the_reverse_proxy_cannot_reach_tier_i(stack: Stack, service: str) -> None:
    address, port = stack.ip_address(service), str(PORTS[service])
    # A server of the portal can connect there, so the network is the reason when the reverse proxy cannot.
    stack.execute("intranet-server", "python", "-c", CONNECT, address, port)
    script = f"exec 3<>/dev/tcp/{address}/{port} && echo reached"
    done = stack.execute("reverse-proxy", "timeout", "1", "bash", "-c", script, check=False)
    assert done.returncode != 0
    assert "reached" not in done.stdout


def test_a_store_reaches_neither_the_reverse_proxy_nor_the_internet(stack: Stack) -> None:
    for address, port in ((stack.ip_address("reverse-proxy", "edge"), 8443), ("192.0.2.1", 443)):
        script = f"exec 3<>/dev/tcp/{address}/{port} && echo reached"
        done = stack.execute("cache", "timeout", "2", "bash", "-c", script, check=False)
        assert "Network is unreachable" in done.stderr
        assert "reached" not in done.stdout


def reach(stack: Stack, source: str, ip_address: str, port: int) -> str:
    """Return `reached` when a container can connect, otherwise why it cannot."""
    if source == "redis-gui":
        return stack.execute(source, "node", "-e", CONNECT_FROM_GUI, ip_address, str(port)).stdout.strip()
    done = stack.execute(source, "python", "-c", CONNECT, ip_address, str(port), check=False)
    return done.stderr.strip() or "reached"


@pytest.mark.parametrize("store", STORES)
def test_the_redis_gui_reaches_the_four_stores(stack: Stack, store: str) -> None:
    assert reach(stack, "redis-gui", stack.ip_address(store, "gui"), 6379) == "reached"


def test_the_redis_gui_reaches_the_reverse_proxy(stack: Stack) -> None:
    assert reach(stack, "redis-gui", stack.ip_address("reverse-proxy", "front-gui"), 8443) == "reached"


@pytest.mark.parametrize(
    ("service", "network", "port"),
    [
        ("database", "stores", 5432),
        ("message-broker", "stores", 5672),
        ("cache", "cache", 11211),
        ("session-store", "stores", 6379),
        ("intranet-server", "front-intranet", 8000),
        ("internet-server", "front-internet", 8000),
        ("intranet-server", "stores", 8000),
        ("reverse-proxy", "front-intranet", 8443),
        ("reverse-proxy", "edge", 8443),
        ("worker", "outward", 80),
    ],
)
def test_the_redis_gui_reaches_nothing_else(stack: Stack, service: str, network: str, port: int) -> None:
    assert reach(stack, "redis-gui", stack.ip_address(service, network), port) in {
        "ENETUNREACH",
        "EHOSTUNREACH",
        "timeout",
    }


@pytest.mark.parametrize("source", [*SERVERS, "worker"])
def test_memcached_answers_what_uses_it(stack: Stack, source: str) -> None:
    assert reach(stack, source, stack.ip_address("cache"), 11211) == "reached"


def test_memcached_does_not_answer_the_scheduler(stack: Stack) -> None:
    assert "unreachable" in reach(stack, "scheduler", stack.ip_address("cache"), 11211)


@pytest.mark.parametrize(
    ("source", "target", "network"),
    [
        ("internet-server", "intranet-server", "front-intranet"),
        ("internet-sockets", "intranet-sockets", "front-intranet"),
        ("intranet-server", "internet-server", "front-internet"),
        ("intranet-server", "redis-gui", "front-gui"),
        ("intranet-server", "redis-gui", "gui"),
    ],
)
def test_a_server_cannot_enter_another_front(stack: Stack, source: str, target: str, network: str) -> None:
    port = 8081 if target == "redis-gui" else 8000
    assert "unreachable" in reach(stack, source, stack.ip_address(target, network), port)


@pytest.mark.parametrize("network", ["stores", "cache"])
@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("internet-server", "intranet-server"),
        ("internet-server", "intranet-sockets"),
        ("intranet-sockets", "internet-server"),
        ("worker", "internet-server"),
    ],
)
def test_a_server_does_not_answer_in_a_network_of_others(stack: Stack, source: str, target: str, network: str) -> None:
    """There, a server of the other site that was taken over could claim any client's IP address."""
    assert "ConnectionRefusedError" in reach(stack, source, stack.ip_address(target, network), 8000)


def get_from_gui(stack: Stack, site: str, path: str) -> tuple[int, str]:
    """Return the status and the request id of a request that the Redis GUI's container sends to a site."""
    status, request_id = stack.execute(
        "redis-gui", "node", "-e", GET_FROM_GUI, stack.domains[site], path
    ).stdout.split()
    return int(status), request_id


def test_a_container_s_address_is_in_no_ring_for_the_reverse_proxy(stack: Stack, visit: Callable[..., Visitor]) -> None:
    """It lies in a network that the portal's ring has, and the site is open to that ring."""
    rings = yaml.safe_load((stack.portal / "portal.yaml").read_text())["rings"]["campus"]
    container = ip_address(stack.ip_address("redis-gui", "front-gui"))
    assert any(container in ip_network(one) for one in rings)
    assert visit("intranet").get("/api/portal/").status == 200
    status, request_id = get_from_gui(stack, "intranet", "/api/portal/")
    assert status == 403
    assert access_log_entry(stack, "reverse-proxy", request_id)["ip_address"] == "unknown"


def test_a_container_s_address_is_unknown_to_the_servers(stack: Stack) -> None:
    status, request_id = get_from_gui(stack, "internet", "/api/portal/")
    assert status == 200
    assert access_log_entry(stack, "internet-server", request_id)["ip_address"] == "unknown"


def test_doctor_s_port_of_the_reverse_proxy_shows_only_whether_a_part_answers(stack: Stack) -> None:
    code = """
import http.client, json
found = {}
for path in ("/intranet-server", "/redis-gui", "/", "/redis/", "/api/portal/", "/intranet-server/../api/portal/"):
    connection = http.client.HTTPConnection("reverse-proxy", 8082, timeout=5)
    connection.request("GET", path, headers={"Host": "127.0.0.1"})
    found[path] = connection.getresponse().status
print(json.dumps(found))
"""
    found = json.loads(stack.execute("internet-server", "python", "-c", code).stdout)
    assert {path for path, status in found.items() if status == 200} == {"/intranet-server", "/redis-gui"}
    assert {status for path, status in found.items() if status != 200} == {404}
