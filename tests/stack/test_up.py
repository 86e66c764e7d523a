"""`make up` on a portal that runs, as after every change."""

import re
from collections.abc import Callable
from ipaddress import ip_address

from dotenv import set_key

from tests.support.compose import RUNNING, SITES, Stack, free_subnet, inspect, run
from tests.support.visitor import Visitor


def make_up(stack: Stack) -> str:
    """What it says last: the addresses and doctor's table."""
    return run("make", "--no-print-directory", "up", cwd=stack.portal, env=stack.environment(), seconds=300).stdout


def test_it_moves_the_edge_to_the_network_of_env(stack: Stack, visit: Callable[..., Visitor]) -> None:
    """NGINX is told which gateway is nobody's address, so it has to be the one that there is."""
    before, subnet = stack.container("reverse-proxy")["Id"], free_subnet()
    assert subnet != stack.settings["EDGE_SUBNET"]
    set_key(stack.portal / ".env", "EDGE_SUBNET", subnet, quote_mode="never")
    stack.settings["EDGE_SUBNET"] = subnet
    said = make_up(stack)
    assert stack.container("reverse-proxy")["Id"] != before
    (edge,) = inspect("network", f"{stack.project}_edge")
    assert edge["IPAM"]["Config"][0]["Subnet"] == subnet
    _, route, *_ = stack.execute("reverse-proxy", "cat", "/proc/net/route").stdout.splitlines()
    assert str(ip_address(bytes.fromhex(route.split()[2])[::-1])) == stack.gateway
    for site in SITES:
        assert visit(site).get("/api/portal/").json()["site"] == site
        assert stack.domains[site] in said
    for service in RUNNING:
        assert re.search(rf"│ +{service}\b", said), service


def test_it_leaves_running_what_did_not_change(stack: Stack) -> None:
    before = {name: stack.container(name)["Id"] for name in RUNNING}
    make_up(stack)
    assert {name: stack.container(name)["Id"] for name in RUNNING} == before
