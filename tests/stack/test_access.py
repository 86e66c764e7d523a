"""The reverse proxy: TLS, both sites, and what stands at which address."""

import gzip
import json
import re
import socket
import ssl
import warnings
from collections.abc import Callable
from http.client import HTTPConnection

import pytest

from tests.support.compose import SITES, Stack
from tests.support.network import HOST
from tests.support.visitor import Visitor

Visit = Callable[..., Visitor]


@pytest.mark.parametrize("site", SITES)
def test_a_site_answers_over_tls_with_a_certificate_of_the_local_authority(visit: Visit, site: str) -> None:
    answer = visit(site).get("/api/portal/")
    assert answer.status == 200
    assert answer.json()["site"] == site


@pytest.mark.parametrize("site", SITES)
def test_a_browser_that_does_not_know_the_authority_warns(visit: Visit, site: str) -> None:
    anonymous = visit(site)
    anonymous.tls = ssl.create_default_context()
    with pytest.raises(ssl.SSLCertVerificationError):
        anonymous.get("/")


@pytest.mark.parametrize("site", SITES)
def test_a_site_speaks_http_2(stack: Stack, site: str) -> None:
    domain = stack.domains[site]
    options = ["--silent", "--http2", "--cacert", "/var/lib/portal/certificates/authority.crt"]
    options += ["--resolve", f"{domain}:8443:127.0.0.1", "--output", "/dev/null"]
    options += ["--write-out", "%{http_version} %{http_code}"]
    done = stack.execute("reverse-proxy", "curl", *options, f"https://{domain}:8443/health/live/")
    assert done.stdout == "2 200"


def handshake(stack: Stack, name: str | None, version: ssl.TLSVersion | None = None) -> str | None:
    """The TLS version that a handshake ends with. Certificates are not looked at."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if version:
        context.set_ciphers("ALL:@SECLEVEL=0")  # our own side would refuse the old ones otherwise
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            context.minimum_version = context.maximum_version = version
    with (
        socket.create_connection((HOST, stack.https_port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=name) as connection,
    ):
        return connection.version()


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_tls_from_1_2_on_is_spoken(stack: Stack, version: str) -> None:
    said = handshake(stack, stack.domains["internet"], ssl.TLSVersion[version])
    assert said == version.replace("_", ".")


def test_tls_1_1_is_refused(stack: Stack) -> None:
    with pytest.raises(ssl.SSLError, match="ALERT_PROTOCOL_VERSION"):
        handshake(stack, stack.domains["internet"], ssl.TLSVersion.TLSv1_1)


@pytest.mark.parametrize("name", ["example.org", "localhost", None])
def test_a_name_that_is_not_ours_gets_no_certificate(stack: Stack, name: str | None) -> None:
    with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
        handshake(stack, name)


def ask_plain(stack: Stack, host: str, path: str = "/") -> bytes:
    """The whole answer to a plain HTTP request, empty when the connection is closed without one."""
    with socket.create_connection((HOST, stack.http_port), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("name", ["example.org", "127.0.0.1", "localhost"])
def test_a_name_that_is_not_ours_gets_no_answer_in_plain_http(stack: Stack, name: str) -> None:
    assert ask_plain(stack, name) == b""


def test_a_foreign_host_within_our_handshake_gets_no_answer(visit: Visit) -> None:
    with pytest.raises(ConnectionError):
        visit("internet").get("/", headers={"Host": "example.org"})


@pytest.mark.parametrize("site", SITES)
def test_plain_http_leads_to_tls_at_the_published_port(stack: Stack, site: str) -> None:
    domain = stack.domains[site]
    answer = ask_plain(stack, domain, "/polls/?page=2").decode()
    assert answer.startswith("HTTP/1.1 308 ")
    assert f"\r\nLocation: https://{domain}:{stack.https_port}/polls/?page=2\r\n" in answer


@pytest.mark.parametrize("site", SITES)
def test_the_pages_are_never_kept_and_their_bundles_for_ever(visit: Visit, site: str) -> None:
    visitor = visit(site)
    page = visitor.get("/polls/1/")
    assert page.status == 200
    assert page.headers["Cache-Control"] == "no-store"
    bundles = re.findall(r'(?:src|href)="?(/static/frontend/[^"\s>]+\.(?:js|css))', page.text)
    assert bundles
    for bundle in bundles:
        plain = visitor.get(bundle)
        packed = visitor.get(bundle, headers={"Accept-Encoding": "gzip"})
        assert plain.status == packed.status == 200
        assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert packed.headers["Cache-Control"] == plain.headers["Cache-Control"]
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.headers["Content-Length"], "it is packed on the disk, not at each request"
        assert gzip.decompress(packed.body) == plain.body


def test_a_static_file_of_django_is_immutable_and_packed(visit: Visit, sessions: dict) -> None:
    maintainer_page = visit("intranet", "chief").get("/admin/").text
    (style, *_) = re.findall(r'href="(/static/admin/css/base\.[0-9a-f]+\.css)"', maintainer_page)
    answer = visit("internet").get(style, headers={"Accept-Encoding": "gzip"})
    assert answer.status == 200
    assert answer.headers["Cache-Control"].endswith("immutable")
    assert answer.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("scheme", ["light", "dark", 'x" onload="alert(1)', ""])
def test_the_page_holds_the_colour_scheme_and_nothing_else_of_the_cookie(visit: Visit, scheme: str) -> None:
    page = visit("internet").get("/", headers={"Cookie": f"scheme={scheme}"}).text
    assert f'data-scheme="{scheme if scheme in ("light", "dark") else ""}"' in page


PREFIXES = ("api", "_allauth", "ws", "admin", "redis", "static", "media", "protected", "health")


@pytest.mark.parametrize("site", SITES)
def test_nothing_below_a_prefix_falls_through_to_the_pages(visit: Visit, site: str) -> None:
    visitor = visit(site)
    connection = visitor.connection()
    wrong = {}
    for prefix in PREFIXES:
        for path in (f"/{prefix}", f"/{prefix}/no-such-thing", f"/{prefix}/no/such/thing/"):
            answer = visitor.get(path, connection=connection)
            # The admin sends anonymous visitors to its sign-in page, whatever they ask for; so does the Redis GUI.
            wanted = {302} if site == "intranet" and prefix in {"admin", "redis"} and path != f"/{prefix}" else {404}
            # The server for sockets takes no plain request: it says that this is not for it.
            wanted |= {421} if path.startswith("/ws/") else set()
            if answer.status not in wanted or "/static/frontend/" in answer.text:
                wrong[path] = answer.status
    connection.close()
    assert not wrong


def test_addresses_are_case_sensitive(visit: Visit) -> None:
    assert visit("internet").get("/API/portal/").headers.get_content_type() == "text/html"


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/redis/", "/redis/connections", "/admin", "/redis"])
def test_the_internet_site_has_neither_admin_nor_redis_gui(visit: Visit, sessions: dict, path: str) -> None:
    for person in (None, "chief"):
        assert visit("internet", person).get(path).status == 404


def test_protected_files_are_given_to_nobody_directly(visit: Visit, sessions: dict) -> None:
    for site in SITES:
        assert visit(site, "chief").get("/protected/secret.pdf").status == 404


def test_media_is_served_as_a_file_that_can_do_nothing(stack: Stack, visit: Visit) -> None:
    stack.execute("intranet-server", "sh", "-c", "echo '<script>alert(1)</script>' >/portal/var/media/page.html")
    answer = visit("internet").get("/media/page.html")
    assert answer.status == 200
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("site", SITES)
def test_an_error_of_the_api_is_problem_details(visit: Visit, site: str) -> None:
    for path in ("/api/no-such-app/", "/api/polls/999999/", "/api"):
        assert visit(site).get(path).problem()["status"] == 404


ASK = """
import http.client, json, sys
def ask(site, more={}):
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=5)
    connection.request("GET", sys.argv[1], headers={"X-Portal-Site": site, **more})
    return connection.getresponse().status
upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
           "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Origin": sys.argv[2]}
more = upgrade if sys.argv[1].startswith("/ws/") else {}
print(json.dumps({site: ask(site, more) for site in ("intranet", "internet")}))
"""


@pytest.mark.parametrize("site", SITES)
def test_a_server_that_is_asked_for_the_other_site_answers_421(stack: Stack, visit: Visit, site: str) -> None:
    done = stack.execute(f"{site}-server", "python", "-c", ASK, "/api/portal/", "")
    assert json.loads(done.stdout) == {one: 200 if one == site else 421 for one in SITES}


@pytest.mark.parametrize("site", SITES)
def test_a_socket_that_is_meant_for_the_other_site_is_refused(stack: Stack, visit: Visit, site: str) -> None:
    done = stack.execute(f"{site}-sockets", "python", "-c", ASK, "/ws/polls/1/", visit(site).origin)
    assert json.loads(done.stdout) == {one: 101 if one == site else 403 for one in SITES}


def test_nobody_reaches_a_server_past_the_reverse_proxy(stack: Stack) -> None:
    """Even from this machine, which is on every bridge: the servers listen on a socket and on their own loopback."""
    connection = HTTPConnection(stack.ip_address("intranet-server", "servers"), 8000, timeout=2)
    with pytest.raises(ConnectionRefusedError):
        connection.request("GET", "/health/live/")
