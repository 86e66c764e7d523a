"""Who asks is decided by the connection alone: nothing that a client says about itself changes anything."""

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from websockets.exceptions import InvalidStatus

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

NARROW = "203.0.113.0/24"  # for documentation: nobody comes from there


def logged(stack: Stack, service: str, request_id: str) -> dict:
    """What a service's access log says of a request."""

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
    assert (forged.status, forged.body) == (plain.status, plain.body)
    assert forged.json()["site"] == site
    different = {"Set-Cookie", "X-Request-ID", "Date", "Expires"}
    assert {k: v for k, v in forged.headers.items() if k not in different} == {
        k: v for k, v in plain.headers.items() if k not in different
    }
    assert "forged" not in forged.headers["X-Request-ID"]


@pytest.mark.parametrize("service", ["reverse-proxy", "intranet-server"])
def test_the_logs_hold_the_connection_s_address_and_an_id_of_our_own(stack: Stack, visit: Visit, service: str) -> None:
    answer = visit("intranet").get("/api/portal/?code=not-for-logs", headers=FORGED)
    entry = logged(stack, service, answer.headers["X-Request-ID"])
    assert entry["ip_address"] == stack.gateway
    assert entry["path"] == "/api/portal/"
    assert entry["status"] == 200


def test_a_foreign_page_cannot_send_the_sign_in_form(visit: Visit) -> None:
    answer = visit("intranet").sign_in("chief", "whatever it is", Origin="https://example.org")
    assert answer.status == 403


def test_over_ipv6_there_is_no_door_while_only_this_machine_is_served(stack: Stack) -> None:
    assert stack.settings["PUBLISH_ADDRESS"] == "127.0.0.1"
    for port in (stack.http_port, stack.https_port):
        with pytest.raises(ConnectionRefusedError), socket.create_connection(("::1", port), timeout=3):
            pass


def configure(stack: Stack) -> None:
    """As an operator who changed portal.yaml: the one-shot again, and NGINX reads what it wrote."""
    stack.compose("run", "--rm", "--no-deps", "configuration")
    stack.execute("reverse-proxy", "nginx", "-s", "reload")


@pytest.fixture(scope="module")
def narrow_rings(stack: Stack, tls) -> Iterator[None]:
    """The campus is a network that this machine is not in."""
    file: Path = stack.portal / "portal.yaml"
    before = file.read_text()
    told = yaml.safe_load(before)
    told["rings"]["campus"] = [NARROW]
    visitor = Visitor(stack.origin("intranet"), stack.https_port, tls)

    def answers(status: int) -> bool:
        # Many times over: for a moment after the reload, processes of before it still take connections.
        return all(visitor.get("/").status == status for _ in range(20))

    file.write_text(yaml.safe_dump(told))  # the same file: a container holds it by itself, not by its name
    try:
        configure(stack)
        wait_until(lambda: answers(403), seconds=10)
        yield
    finally:
        file.write_text(before)
        configure(stack)
        wait_until(lambda: answers(200), seconds=10)


@pytest.mark.usefixtures("narrow_rings")
class TestFromOutsideTheRings:
    def test_the_intranet_site_explains_why_it_is_closed(self, visit: Visit) -> None:
        for path in ("/", "/polls/", "/admin/", "/admin/login/", "/redis/", "/static/frontend/none.js", "/media/x"):
            answer = visit("intranet").get(path)
            assert answer.status == 403, path
            assert answer.content_type == "text/html"
            assert "campus network or its VPN" in answer.text, path
            check_headers(answer.headers)

    def test_its_api_explains_it_to_programs(self, visit: Visit, sessions: dict) -> None:
        for person in (None, "chief"):
            answer = visit("intranet", person).get("/api/portal/")
            assert answer.status == 403
            assert "campus" in answer.problem()["detail"]
            check_headers(answer.headers)

    def test_the_page_has_its_style(self, visit: Visit) -> None:
        assert visit("intranet").get("/static/error.css").status == 200

    @pytest.mark.parametrize("name", FORGED)
    def test_a_forged_header_opens_nothing(self, visit: Visit, name: str) -> None:
        inside = {"X-Forwarded-For": "203.0.113.5", "X-Real-IP": "203.0.113.5", "Forwarded": "for=203.0.113.5"}
        for path in ("/", "/api/portal/", "/admin/login/"):
            answer = visit("intranet").get(path, headers={name: inside.get(name, FORGED[name])})
            assert answer.status == 403

    def test_the_other_site_s_handshake_opens_nothing(self, visit: Visit) -> None:
        """The name in the handshake is the internet site's, the one in the request the intranet's."""
        visitor = visit("internet")
        answer = visitor.get("/api/portal/", headers={"Host": visit("intranet").host})
        assert answer.status in {403, 421}

    def test_its_sockets_are_closed(self, visit: Visit) -> None:
        with pytest.raises(InvalidStatus) as refused, visit("intranet").socket("/ws/polls/1/"):
            pass
        assert refused.value.response.status_code == 403

    def test_the_internet_site_is_open(self, visit: Visit) -> None:
        assert visit("internet").get("/").status == 200
        assert visit("internet").get("/api/portal/").status == 200
