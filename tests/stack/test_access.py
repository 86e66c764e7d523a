"""The reverse proxy: TLS, both sites, and what each path returns."""

import gzip
import json
import re
import socket
import ssl
import subprocess
import warnings
from collections.abc import Callable
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException

import pytest

from tests.support.compose import SITES, Stack, run
from tests.support.network import HOST
from tests.support.visitor import Visitor

Visit = Callable[..., Visitor]


@pytest.mark.parametrize("site", SITES)
def test_a_site_answers_over_tls_with_a_certificate_of_the_local_authority(visit: Visit, site: str) -> None:
    response = visit(site).get("/api/portal/")
    assert response.status == 200
    assert response.json()["site"] == site


@pytest.mark.parametrize("site", SITES)
def test_a_client_that_does_not_trust_the_local_authority_refuses_the_certificate(visit: Visit, site: str) -> None:
    anonymous = visit(site)
    anonymous.tls = ssl.create_default_context()
    with pytest.raises(ssl.SSLCertVerificationError):
        anonymous.get("/")


@pytest.mark.parametrize("site", SITES)
def test_a_site_supports_http_2(stack: Stack, site: str) -> None:
    domain = stack.domains[site]
    options = ["--silent", "--http2", "--cacert", "/var/lib/portal/certificates/authority.crt"]
    options += ["--resolve", f"{domain}:8443:127.0.0.1", "--output", "/dev/null"]
    options += ["--write-out", "%{http_version} %{http_code}"]
    done = stack.execute("reverse-proxy", "curl", *options, f"https://{domain}:8443/health/live/")
    assert done.stdout == "2 200"


def handshake(stack: Stack, name: str | None, version: ssl.TLSVersion | None = None) -> str | None:
    """Return the TLS version that a handshake negotiates. Certificates are not verified."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if version:
        context.set_ciphers("ALL:@SECLEVEL=0")  # by default, the client refuses the old versions too
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            context.minimum_version = context.maximum_version = version
    with (
        socket.create_connection((HOST, stack.https_port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=name) as connection,
    ):
        return connection.version()


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_tls_1_2_and_1_3_are_supported(stack: Stack, version: str) -> None:
    negotiated = handshake(stack, stack.domains["internet"], ssl.TLSVersion[version])
    assert negotiated == version.replace("_", ".")


def test_tls_1_1_is_refused(stack: Stack) -> None:
    with pytest.raises(ssl.SSLError, match="ALERT_PROTOCOL_VERSION"):
        handshake(stack, stack.domains["internet"], ssl.TLSVersion.TLSv1_1)


def negotiate(stack: Stack, curve: str, version: str) -> subprocess.CompletedProcess[str]:
    """Return what openssl prints about a handshake in which the client knows one curve only."""
    server = ("-connect", f"{HOST}:{stack.https_port}", "-servername", stack.domains["internet"])
    return run("openssl", "s_client", *server, "-groups", curve, f"-{version}", check=False, stdin=subprocess.DEVNULL)


# https://wiki.mozilla.org/Security/Server_Side_TLS, the intermediate profile.
@pytest.mark.parametrize("curve", ["X25519", "prime256v1", "secp384r1"])
def test_the_curves_of_mozillas_intermediate_profile_are_offered(stack: Stack, curve: str) -> None:
    assert "Server Temp Key" in negotiate(stack, curve, "tls1_3").stdout


@pytest.mark.parametrize("version", ["tls1_2", "tls1_3"])
@pytest.mark.parametrize("curve", ["X448", "secp521r1"])
def test_no_other_curve_is_offered(stack: Stack, curve: str, version: str) -> None:
    done = negotiate(stack, curve, version)
    assert "Server Temp Key" not in done.stdout
    assert "alert handshake failure" in done.stderr


@pytest.mark.parametrize("name", ["example.org", "localhost", None])
def test_an_unknown_host_gets_no_certificate(stack: Stack, name: str | None) -> None:
    with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
        handshake(stack, name)


def request_without_tls(stack: Stack, host: str, path: str = "/", method: str = "GET") -> bytes:
    """Return the whole response to a plain HTTP request, empty when the connection is closed without one."""
    with socket.create_connection((HOST, stack.http_port), timeout=10) as connection:
        connection.sendall(f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("name", ["example.org", "127.0.0.1", "localhost"])
def test_an_unknown_host_gets_no_response_without_tls(stack: Stack, name: str) -> None:
    assert request_without_tls(stack, name) == b""


def test_an_unknown_host_in_the_headers_gets_no_response_over_tls(visit: Visit) -> None:
    with pytest.raises(ConnectionError):
        visit("internet").get("/", headers={"Host": "example.org"})


@pytest.mark.parametrize("site", SITES)
def test_plain_http_redirects_to_the_published_https_port(stack: Stack, site: str) -> None:
    domain = stack.domains[site]
    response = request_without_tls(stack, domain, "/polls/?page=2").decode()
    assert response.startswith("HTTP/1.1 308 ")
    assert f"\r\nLocation: https://{domain}:{stack.https_port}/polls/?page=2\r\n" in response


PAGES = ("/", "/polls/", "/sign-in/", "/admin/", "/redis/", "/apiary/")
NO_PAGES = (
    *("/api/portal/", "/api", "/_allauth/browser/v1/config", "/ws/portal/", "/health/live/", "/health/ready/"),
    *("/static/error.css.map", "/media/x.png", "/protected/x.pdf"),
)


@pytest.mark.parametrize("site", SITES)
def test_plain_http_redirects_pages_and_refuses_the_rest(stack: Stack, site: str) -> None:
    domain = stack.domains[site]
    for path in PAGES:
        assert request_without_tls(stack, domain, path).startswith(b"HTTP/1.1 308 "), path
        response = request_without_tls(stack, domain, path, "POST").decode()  # a form with a password, for example
        assert response.startswith("HTTP/1.1 403 "), path
        assert "This request is not encrypted." in response
        assert "\r\nStrict-Transport-Security:" not in response
    for path in NO_PAGES:
        for method in ("GET", "POST", "PUT", "DELETE"):
            response = request_without_tls(stack, domain, path, method)
            assert response.startswith(b"HTTP/1.1 403 "), (method, path)
            assert b"Location:" not in response
    refused = request_without_tls(stack, domain, "/api/portal/").partition(b"\r\n\r\n")
    assert b"Content-Type: application/problem+json" in refused[0]
    assert b"not encrypted" in refused[2]


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize(
    "name", ["staticfiles.json", "staticfiles.json.gz", "staticfiles.json?x", "./staticfiles.json"]
)
def test_the_list_of_static_files_is_not_served(visit: Visit, site: str, name: str) -> None:
    visitor = visit(site)
    for headers in ({}, {"Accept-Encoding": "gzip"}):
        assert visitor.get(f"/static/{name}", headers=headers).status == 404


@pytest.mark.parametrize("site", SITES)
def test_pages_are_checked_each_time_and_bundles_are_immutable(visit: Visit, site: str) -> None:
    visitor = visit(site)
    page = visitor.get("/polls/1/")
    assert page.status == 200
    assert page.headers["Cache-Control"] == "no-cache"
    bundles = re.findall(r'(?:src|href)="?(/static/frontend/[^"\s>]+\.(?:js|css))', page.text)
    assert bundles
    for bundle in bundles:
        plain = visitor.get(bundle)
        compressed = visitor.get(bundle, headers={"Accept-Encoding": "gzip"})
        assert plain.status == compressed.status == 200
        assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert compressed.headers["Cache-Control"] == plain.headers["Cache-Control"]
        assert compressed.headers["Content-Encoding"] == "gzip"
        assert compressed.headers["Content-Length"], "the bundle is compressed for each request, not once by the build"
        assert gzip.decompress(compressed.body) == plain.body


def test_a_static_file_of_django_is_immutable_and_compressed(visit: Visit, sessions: dict) -> None:
    maintainer_page = visit("intranet", "chief").get("/admin/").text
    (style, *_) = re.findall(r'href="(/static/admin/css/base\.[0-9a-f]+\.css)"', maintainer_page)
    response = visit("internet").get(style, headers={"Accept-Encoding": "gzip"})
    assert response.status == 200
    assert response.headers["Cache-Control"].endswith("immutable")
    assert response.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("scheme", ["light", "dark", 'x" onload="alert(1)', ""])
def test_a_page_takes_only_a_valid_colour_scheme_from_the_cookie(visit: Visit, scheme: str) -> None:
    page = visit("internet").get("/", headers={"Cookie": f"scheme={scheme}"}).text
    assert f'data-scheme="{scheme if scheme in ("light", "dark") else ""}"' in page


PREFIXES = ("api", "_allauth", "ws", "admin", "redis", "static", "media", "protected", "health")


@pytest.mark.parametrize("site", SITES)
def test_an_unknown_path_below_a_prefix_never_returns_a_page(visit: Visit, site: str) -> None:
    visitor = visit(site)
    connection = visitor.connection()
    wrong = {}
    for prefix in PREFIXES:
        for path in (f"/{prefix}", f"/{prefix}/no-such-thing", f"/{prefix}/no/such/thing/"):
            response = visitor.get(path, connection=connection)
            # The admin and the Redis GUI send anonymous visitors from every path to the sign-in page.
            wanted = {302} if site == "intranet" and prefix in {"admin", "redis"} and path != f"/{prefix}" else {404}
            # The server for sockets refuses plain requests with 421.
            wanted |= {421} if path.startswith("/ws/") else set()
            if response.status not in wanted or "/static/frontend/" in response.text:
                wrong[path] = response.status
    connection.close()
    assert not wrong


def test_paths_are_case_sensitive(visit: Visit) -> None:
    assert visit("internet").get("/API/portal/").headers.get_content_type() == "text/html"


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/redis/", "/redis/connections", "/admin", "/redis"])
def test_the_internet_site_has_neither_admin_nor_redis_gui(visit: Visit, sessions: dict, path: str) -> None:
    for person in (None, "chief"):
        assert visit("internet", person).get(path).status == 404


def test_nobody_can_request_a_protected_file_directly(visit: Visit, sessions: dict) -> None:
    for site in SITES:
        assert visit(site, "chief").get("/protected/secret.pdf").status == 404


def test_media_is_served_with_a_policy_that_forbids_scripts(stack: Stack, visit: Visit) -> None:
    stack.execute("intranet-server", "sh", "-c", "echo '<script>alert(1)</script>' >/portal/var/media/page.html")
    response = visit("internet").get("/media/page.html")
    assert response.status == 200
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("site", SITES)
def test_errors_of_the_api_are_problem_details(visit: Visit, site: str) -> None:
    for path in ("/api/no-such-app/", "/api/polls/999999/", "/api"):
        assert visit(site).get(path).problem()["status"] == 404


REQUEST_BOTH_SITES = """
import http.client, json, sys
def status(site, more={}):
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=5)
    connection.request("GET", sys.argv[1], headers={"X-Portal-Site": site, **more})
    return connection.getresponse().status
upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
           "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Origin": sys.argv[2]}
more = upgrade if sys.argv[1].startswith("/ws/") else {}
print(json.dumps({site: status(site, more) for site in ("intranet", "internet")}))
"""


@pytest.mark.parametrize("site", SITES)
def test_a_server_refuses_requests_for_the_other_site_with_421(stack: Stack, visit: Visit, site: str) -> None:
    done = stack.execute(f"{site}-server", "python", "-c", REQUEST_BOTH_SITES, "/api/portal/", "")
    assert json.loads(done.stdout) == {one: 200 if one == site else 421 for one in SITES}


@pytest.mark.parametrize("site", SITES)
def test_a_server_refuses_sockets_for_the_other_site(stack: Stack, visit: Visit, site: str) -> None:
    done = stack.execute(f"{site}-sockets", "python", "-c", REQUEST_BOTH_SITES, "/ws/portal/", visit(site).origin)
    assert json.loads(done.stdout) == {one: 101 if one == site else 403 for one in SITES}


def answer_of(ip_address: str) -> bytes:
    """Return what a server, or a gateway of this machine in its place, answers at an IP address. Empty: nothing."""
    connection = HTTPConnection(ip_address, 8000, timeout=2)
    with closing(connection), suppress(OSError, HTTPException):
        connection.request("GET", "/health/live/", headers={"Host": HOST})
        return connection.getresponse().read()
    return b""


@pytest.mark.parametrize("network", ["front-intranet", "stores", "cache"])
def test_a_server_cannot_be_reached_past_the_reverse_proxy(stack: Stack, network: str) -> None:
    """Not even from this machine: it has no address in the networks that the servers share with the reverse proxy."""
    assert b"intranet" not in answer_of(stack.ip_address("intranet-server", network))
