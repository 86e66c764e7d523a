"""The connection alone decides a client's IP address: no header that a client sends changes it."""

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from websockets.exceptions import InvalidStatus

from tests.stack.conftest import DOCUMENTATION_NETWORK, configure
from tests.stack.test_headers import check_headers
from tests.support.compose import SITES, Stack
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

Visit = Callable[..., Visitor]

FORGED = {
    "X-Forwarded-For": "10.1.2.3, 127.0.0.1",
    "X-Real-IP": "10.1.2.3",
    "X-Client-IP": "10.1.2.3",
    "Forwarded": "for=10.1.2.3;host=example.org;proto=http",
    "X-Forwarded-Host": "example.org",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Port": "80",
    "X-Forwarded-Prefix": "/elsewhere",
    "X-Original-URL": "/admin/",
    "X-Rewrite-URL": "/admin/",
    "X-Accel-Redirect": "/protected/secret.pdf",
    "X-Portal-Site": "another",
    "X-Request-ID": "forged-forged-forged",
    "Proxy": "http://example.org/",
    "Script-Name": "/elsewhere",
    "Remote-User": "chief",
    "Origin": "https://example.org",
}


def access_log_entry(stack: Stack, service: str, request_id: str) -> dict:
    """Wait for the entry of a request in a service's access log, and return it."""

    def find() -> dict | None:
        lines = stack.compose("logs", "--no-log-prefix", "--no-color", "--tail=300", service).stdout.splitlines()
        entries = [json.loads(line[line.index("{") :]) for line in lines if request_id in line]
        return next((entry for entry in entries if entry.get("event") == "access"), None)

    return wait_until(find, seconds=10, every=0.3)


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("name", FORGED)
def test_a_forged_header_changes_nothing(visit: Visit, site: str, name: str) -> None:
    value = FORGED[name] if name != "X-Portal-Site" else next(one for one in SITES if one != site)
    plain = visit(site).get("/api/portal/")
    forged = visit(site).get("/api/portal/", headers={name: value})
    assert forged.status == plain.status
    assert forged.json() | {"now": None} == plain.json() | {"now": None}
    assert forged.json()["site"] == site
    different = {"Set-Cookie", "X-Request-ID", "Date", "Expires"}
    assert {k: v for k, v in forged.headers.items() if k not in different} == {
        k: v for k, v in plain.headers.items() if k not in different
    }
    assert "forged" not in forged.headers["X-Request-ID"]


@pytest.mark.parametrize("service", ["reverse-proxy", "intranet-server"])
def test_logs_contain_the_connection_s_ip_address_and_the_portal_s_request_id(
    stack: Stack, visit: Visit, service: str
) -> None:
    response = visit("intranet").get("/api/portal/?code=not-for-logs", headers=FORGED)
    entry = access_log_entry(stack, service, response.headers["X-Request-ID"])
    assert entry["ip_address"] == stack.gateway
    assert entry["path"] == "/api/portal/"
    assert entry["status"] == 200


def test_a_page_of_another_origin_cannot_send_the_sign_in_form(visit: Visit) -> None:
    response = visit("intranet").sign_in("chief", "any password", Origin="https://example.org")
    assert response.status == 403


def test_a_portal_published_on_127_0_0_1_does_not_listen_on_ipv6(stack: Stack) -> None:
    assert stack.settings["PUBLISH_ADDRESS"] == "127.0.0.1"
    for port in (stack.http_port, stack.https_port):
        with pytest.raises(ConnectionRefusedError), socket.create_connection(("::1", port), timeout=3):
            pass


@contextmanager
def changed_portal(stack: Stack, tls: ssl.SSLContext, site: str, change: Callable[[dict], None]) -> Iterator[None]:
    """Change portal.yaml for the block, so that `site` refuses this machine."""
    file: Path = stack.portal / "portal.yaml"
    before = file.read_text()
    configuration = yaml.safe_load(before)
    change(configuration)
    visitor = Visitor(stack.origin(site), stack.https_port, tls)

    def is_answered_with(status: int) -> bool:
        # Several times: for a moment after the reload, NGINX's old processes still accept connections.
        return all(visitor.get("/").status == status for _ in range(20))

    file.write_text(yaml.safe_dump(configuration))  # in place: the container mounts this file, not its name
    try:
        configure(stack)
        wait_until(lambda: is_answered_with(403), seconds=10)
        yield
    finally:
        file.write_text(before)
        configure(stack)
        wait_until(lambda: is_answered_with(200), seconds=10)


def make_campus_elsewhere(configuration: dict) -> None:
    """Make the campus a network that this machine is not in."""
    configuration["rings"]["campus"] = [DOCUMENTATION_NETWORK]


def close_internet_site(configuration: dict) -> None:
    """Let only a network that this machine is not in enter the internet site."""
    configuration["sites"]["internet"]["rings"] = ["elsewhere"]


@pytest.fixture(scope="module")
def campus_elsewhere(stack: Stack, tls: ssl.SSLContext) -> Iterator[None]:
    with changed_portal(stack, tls, "intranet", make_campus_elsewhere):
        yield


@pytest.fixture
def closed_internet_site(stack: Stack, tls: ssl.SSLContext) -> Iterator[None]:
    with changed_portal(stack, tls, "internet", close_internet_site):
        yield


@pytest.mark.usefixtures("closed_internet_site")
def test_the_rings_of_the_internet_site_hold_for_pages_the_api_and_sockets(visit: Visit) -> None:
    page, problem = visit("internet").get("/"), visit("internet").get("/api/portal/")
    assert (page.status, problem.status) == (403, 403)
    assert "from some networks only" in page.text
    assert "from some networks only" in problem.problem()["detail"]
    for path in ("/polls/", "/_allauth/browser/v1/config", "/health/live/", "/static/frontend/x.js", "/media/x"):
        assert visit("internet").get(path).status == 403, path
    with pytest.raises(InvalidStatus) as refused, visit("internet").socket("/ws/portal/"):
        pass
    assert refused.value.response.status_code == 403
    for name, value in FORGED.items():
        assert visit("internet").get("/api/portal/", headers={name: value}).status == 403, name
    assert visit("intranet").get("/api/portal/").status == 200


@pytest.mark.usefixtures("campus_elsewhere")
class TestFromOutsideTheCampus:
    def test_the_intranet_site_explains_why_it_is_closed(self, visit: Visit) -> None:
        for path in ("/", "/polls/", "/admin/", "/admin/login/", "/redis/", "/static/frontend/none.js", "/media/x"):
            response = visit("intranet").get(path)
            assert response.status == 403, path
            assert response.content_type == "text/html"
            assert "campus network or its VPN" in response.text, path
            check_headers(response.headers)

    def test_its_api_explains_it_as_problem_details(self, visit: Visit, sessions: dict) -> None:
        for person in (None, "chief"):
            response = visit("intranet", person).get("/api/portal/")
            assert response.status == 403
            assert "campus network" in response.problem()["detail"]
            check_headers(response.headers)

    def test_the_explanation_can_load_its_stylesheet(self, visit: Visit) -> None:
        assert visit("intranet").get("/static/error.css").status == 200

    @pytest.mark.parametrize("name", FORGED)
    def test_a_forged_header_grants_no_access(self, visit: Visit, name: str) -> None:
        from_campus = {"X-Forwarded-For": "203.0.113.5", "X-Real-IP": "203.0.113.5", "Forwarded": "for=203.0.113.5"}
        for path in ("/", "/api/portal/", "/admin/login/"):
            response = visit("intranet").get(path, headers={name: from_campus.get(name, FORGED[name])})
            assert response.status == 403

    def test_a_handshake_for_the_other_site_grants_no_access(self, visit: Visit) -> None:
        """The handshake names the internet site, and the request's `Host` names the intranet site."""
        visitor = visit("internet")
        response = visitor.get("/api/portal/", headers={"Host": visit("intranet").host})
        assert response.status in {403, 421}

    def test_its_sockets_are_refused(self, visit: Visit) -> None:
        with pytest.raises(InvalidStatus) as refused, visit("intranet").socket("/ws/portal/"):
            pass
        assert refused.value.response.status_code == 403

    def test_the_internet_site_still_answers(self, visit: Visit) -> None:
        assert visit("internet").get("/").status == 200
        assert visit("internet").get("/api/portal/").status == 200
