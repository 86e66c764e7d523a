"""`make up` applies changes to a running portal."""

import json
import re
from collections.abc import Callable
from ipaddress import ip_address

from dotenv import set_key

from tests.support.compose import PARTS, RUNNING, SITES, Stack, docker, free_subnet, inspect, run
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
    assert set(tags(stack)) == {release}, "the tags of the build without changes are removed"


def tags(stack: Stack) -> list[str]:
    """Return the releases that have an image of the backend, the newest first.

    The reverse proxy runs on with the image of an earlier release while NGINX itself stays the same.
    """
    found = docker("image", "ls", "--format={{.Tag}}", f"{stack.project}-backend").split()
    return sorted({tag for tag in found if tag != "unreleased"}, reverse=True)


def test_each_release_has_images_of_its_own_and_two_old_ones_are_kept(stack: Stack) -> None:
    """A failed start leaves .env, and the images of the release that serves."""
    file = stack.portal / "core" / "release_test.py"
    releases = [stack.release]
    try:
        for number in range(3):
            file.write_text(f"NUMBER = {number}\n")
            make_up(stack)
            releases.append(stack.release)
            assert stack.container("intranet-server")["Config"]["Image"] == stack.image("backend")
        assert releases == sorted(set(releases)), "each is new, and they sort by time"
        assert tags(stack) == releases[:0:-1], "the first has no images any more"
        records = [json.loads(line) for line in (stack.portal / "var" / "releases.jsonl").read_text().splitlines()]
        assert [one["release"] for one in records][-4:] == releases

        file.write_text("this is no Python")
        failed = run("make", "up", cwd=stack.portal, env=stack.environment(), seconds=300, check=False)
        assert failed.returncode != 0
        assert stack.release == releases[-1]
        assert tags(stack) == releases[:0:-1]
    finally:
        file.unlink(missing_ok=True)
        make_up(stack)
