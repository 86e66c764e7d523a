"""NGINX behind a proxy that ends TLS: a visitor whose IP address could not be told is in no ring."""

import contextlib
import http.client
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.support.installation import Installation
from tests.support.network import HOST, free_port, is_listening
from tests.support.servers import ServerMissingError, find_program
from tests.support.waiting import wait_until

# The whole of 127.0.0.0/8 is this machine, so a test can connect from any of these.
PROXY, SECOND_PROXY, VISITOR = "127.0.0.2", "127.0.0.3", "127.0.0.9"
# An address of NGINX outside the published network, as containers of the portal use it.
BESIDE_EDGE = "127.0.0.77"
RINGS = ("127.0.0.0/8", "10.0.0.0/8", "2001:db8::/32")
WRITE = """
import sys
from pathlib import Path
from core.deployment.nginx import write_sites
from core.plugins.loading import load
write_sites(*load(Path.cwd()), None, Path(sys.argv[1]))
"""
NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/client-addresses.conf;
    include {folder}/networks.conf;
    server {{
        listen {host}:{port};
        return 200 "$client_ip $is_inside_intranet";
    }}
}}
"""


@pytest.fixture(autouse=True)
def nginx_is_installed() -> None:
    try:
        find_program("nginx")
    except ServerMissingError:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip("NGINX is not installed")


Request = Callable[..., str]


@pytest.fixture
def nginx(copy_of_sources: Installation, tmp_path: Path) -> Iterator[Callable[..., Request]]:
    """Return a function that starts NGINX with the files of the configuration step for this portal.yaml.

    It returns a function that sends a request from an address, with these forwarding headers, and returns what NGINX
    takes for the client's address, and 1 when it lets the client into the intranet site.
    """
    processes = []

    def start(*, rings: tuple[str, ...] = RINGS, listens_at: str = HOST, **changes: object) -> Request:
        file = copy_of_sources.folder / "portal.yaml"
        content = yaml.safe_load(file.read_text())
        file.write_text(yaml.safe_dump({**content, "tls": "none", "rings": {"campus": list(rings)}, **changes}))
        folder = tmp_path / "nginx"
        folder.mkdir()
        proxies = copy_of_sources.with_variables(TRUSTED_PROXIES=f"{PROXY}/32, {SECOND_PROXY}/32")
        proxies.run("python", "-c", WRITE, str(folder))
        port = free_port()
        configuration = folder / "nginx.conf"
        configuration.write_text(NGINX.format(folder=folder, host=listens_at, port=port))
        processes.append(subprocess.Popen([find_program("nginx"), "-p", folder, "-c", configuration]))
        wait_until(lambda: is_listening(port, listens_at))

        def request(source: str, *forwarded: str) -> str:
            connection = http.client.HTTPConnection(listens_at, port, timeout=5, source_address=(source, 0))
            with contextlib.closing(connection):
                connection.putrequest("GET", "/")
                for value in forwarded:
                    connection.putheader("X-Forwarded-For", value)
                connection.endheaders()
                return connection.getresponse().read().decode()

        return request

    yield start
    for process in processes:
        process.terminate()
        process.wait(timeout=10)


def test_the_address_that_a_trusted_proxy_adds_is_the_visitors(nginx: Callable[..., Request]) -> None:
    request = nginx()
    assert request(PROXY, "10.1.2.3") == "10.1.2.3 1"
    assert request(PROXY, "203.0.113.9") == "203.0.113.9 0"
    assert request(PROXY, "2001:db8::7") == "2001:db8::7 1"
    assert request(PROXY, f"10.1.2.3, {SECOND_PROXY}") == "10.1.2.3 1", "through both proxies"
    assert request(PROXY, "10.1.2.3, 203.0.113.9") == "203.0.113.9 0", "the visitor wrote the first address"


@pytest.mark.parametrize("rings", [("127.0.0.0/8", "10.0.0.0/8"), ("0.0.0.0/0", "::/0")], ids=["campus", "everyone"])
def test_a_visitor_whose_address_could_not_be_told_is_in_no_ring(
    nginx: Callable[..., Request], rings: tuple[str, ...]
) -> None:
    request = nginx(rings=rings)
    assert request(PROXY, "10.1.2.3") == "10.1.2.3 1"
    assert request(PROXY) == "unknown 0", "the proxy adds no header"
    for header in ("", "unknown", "10.1.2.3, garbage", "10.1.2.3;", PROXY, f"{PROXY}, {SECOND_PROXY}", "10.1.2", "::g"):
        assert request(PROXY, header) == "unknown 0", header


def test_a_request_that_passed_by_the_proxy_is_in_no_ring(nginx: Callable[..., Request]) -> None:
    request = nginx()
    assert request(VISITOR) == "unknown 0"
    assert request(VISITOR, "10.1.2.3") == "unknown 0"
    assert request(VISITOR, PROXY) == "unknown 0"


def test_without_rings_everyone_enters(nginx: Callable[..., Request], portal: Path) -> None:
    sites = yaml.safe_load((portal / "portal.yaml").read_text())["sites"]
    sites["intranet"].pop("rings")
    request = nginx(sites=sites)
    assert request(VISITOR, "10.1.2.3") == "unknown 1"


@pytest.mark.parametrize("tls", ["none", "own-certificate"])
def test_a_container_of_the_portal_is_in_no_ring(nginx: Callable[..., Request], tls: str) -> None:
    """Containers connect to another address of NGINX than the one in the published network."""
    request = nginx(rings=("0.0.0.0/0", "::/0"), listens_at=BESIDE_EDGE, tls=tls)
    assert request(VISITOR) == "unknown 0"
    assert request(PROXY, "10.1.2.3") == "unknown 0"


def test_a_visitor_at_the_published_address_has_their_own(nginx: Callable[..., Request]) -> None:
    assert nginx(tls="own-certificate")(VISITOR) == f"{VISITOR} 1"
