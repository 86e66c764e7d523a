"""`make up` applies changes to a running portal."""

import re
from collections.abc import Callable
from ipaddress import ip_address

from dotenv import set_key

from tests.support.compose import PARTS, RUNNING, SITES, Stack, free_subnet, inspect, run
from tests.support.visitor import Visitor


def make_up(stack: Stack) -> str:
    """Run `make up`, and return its output, which ends with the URLs and doctor's table."""
    return run("make", "--no-print-directory", "up", cwd=stack.portal, env=stack.environment(), seconds=300).stdout


def test_it_recreates_the_edge_network_with_the_subnet_of_env(stack: Stack, visit: Callable[..., Visitor]) -> None:
    """NGINX's configuration names the network's gateway, so the network must be the one of .env."""
    before, subnet = stack.container("reverse-proxy")["Id"], free_subnet()
    assert subnet != stack.settings["EDGE_SUBNET"]
    set_key(stack.portal / ".env", "EDGE_SUBNET", subnet, quote_mode="never")
    stack.settings["EDGE_SUBNET"] = subnet
    output = make_up(stack)
    assert stack.container("reverse-proxy")["Id"] != before
    (edge,) = inspect("network", f"{stack.project}_edge")
    assert edge["IPAM"]["Config"][0]["Subnet"] == subnet
    _, route, *_ = stack.execute("reverse-proxy", "cat", "/proc/net/route").stdout.splitlines()
    assert str(ip_address(bytes.fromhex(route.split()[2])[::-1])) == stack.gateway
    for site in SITES:
        assert visit(site).get("/api/portal/").json()["site"] == site
        assert stack.domains[site] in output
    for service in PARTS:
        assert re.search(rf"│ +{service}\b", output), service


def test_it_does_not_restart_unchanged_services(stack: Stack) -> None:
    before, release = {name: stack.container(name)["Id"] for name in RUNNING}, stack.release
    make_up(stack)
    assert {name: stack.container(name)["Id"] for name in RUNNING} == before
    assert stack.release == release
    assert stack.releases() == [release], "the images of the build without changes are removed"
