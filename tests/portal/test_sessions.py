"""Sessions on real servers: stolen data signs nobody in, and servers that are down sign nobody out."""

import hashlib
from collections.abc import Callable

import pytest

from tests.portal.conftest import MAINTAINER, PASSWORD
from tests.support.installation import Installation, PortalServer
from tests.support.servers import RealServers
from tests.support.visitor import PROBLEM, SIGN_IN, Visitor

COOKIE = "__Host-intranet_session"
STORES = ["session-store", "notification-store", "channel-layer", "application-store"]


def test_the_token_of_a_session_is_stored_and_logged_nowhere(
    http_server: PortalServer, maintainer: Visitor, real_servers: RealServers
) -> None:
    token = maintainer.cookies[COOKIE]
    key = hashlib.sha256(token.encode()).hexdigest()[:40]
    stores = {name: real_servers[name].dump() for name in STORES}
    database = real_servers["database"].dump("portal")
    log = http_server.process.output()
    # Each place holds something that the same search finds.
    assert key.encode() in stores["session-store"]
    assert "chief@example.edu" in database
    assert SIGN_IN in log
    for name, content in stores.items():
        assert token.encode() not in content, name
    assert token not in database
    assert token not in log
    assert key not in log
    assert PASSWORD not in log


def test_the_device_cookie_belongs_to_this_host_over_tls_alone(
    http_server: PortalServer, visit: Callable[..., Visitor]
) -> None:
    visitor = visit(http_server)
    response = visitor.sign_in(MAINTAINER, PASSWORD)
    (line,) = [one for one in response.headers.get_all("Set-Cookie") if one.startswith("__Host-intranet_device=")]
    for attribute in ("; Secure", "; HttpOnly", "; Path=/", "; SameSite=Lax"):
        assert attribute in line
    assert "Domain" not in line


def test_what_a_session_holds_is_stored_encrypted(
    intranet: Installation, http_server: PortalServer, visit: Callable[..., Visitor], real_servers: RealServers
) -> None:
    reader = f"Person.objects.create_user('reader', password={PASSWORD!r})"
    intranet.manage("shell", "-c", f"from core.people.models import Person; {reader}")
    visitor = visit(http_server)
    visitor.sign_in("reader", PASSWORD)
    visitor.send("POST", f"{SIGN_IN.rpartition('auth/')[0]}auth/reauthenticate", {"password": PASSWORD})
    setting_up = visitor.send("GET", f"{SIGN_IN.rpartition('auth/')[0]}account/authenticators/totp")
    secret = setting_up.json()["meta"]["secret"]
    assert visitor.username == "reader"
    dump = real_servers["session-store"].dump()
    assert b":sessions:" in dump
    for text in (secret, "mfa.totp.secret", "_auth_user_id", "_auth_user_hash", "reader"):
        assert text.encode() not in dump, text


def test_a_key_from_the_store_does_not_work_as_a_cookie(
    http_server: PortalServer, maintainer: Visitor, visit: Callable[..., Visitor], real_servers: RealServers
) -> None:
    keys = real_servers["session-store"].run("--scan").split()
    token = maintainer.cookies[COOKIE]
    digest = hashlib.sha256(token.encode()).hexdigest()
    assert any(digest[:40] in key for key in keys)
    for key in keys:
        for stolen in {key, key.rpartition(":")[2], digest}:
            assert visit(http_server, cookies={COOKIE: stolen}).username is None, stolen
    assert maintainer.username == MAINTAINER


def test_signing_in_gives_a_new_token_and_signing_out_ends_it(
    http_server: PortalServer, maintainer: Visitor, visit: Callable[..., Visitor]
) -> None:
    visitor = visit(http_server)
    assert visitor.sign_in(MAINTAINER, PASSWORD).status == 200
    before = dict(visitor.cookies)
    assert before[COOKIE] != maintainer.cookies[COOKIE]
    visitor.sign_out()
    assert visitor.username is None
    assert visit(http_server, cookies=before).username is None


def test_a_session_store_that_is_down_signs_nobody_out(
    http_server: PortalServer, visit: Callable[..., Visitor], maintainer: Visitor, real_servers: RealServers
) -> None:
    token = maintainer.cookies[COOKIE]
    with real_servers["session-store"].killed():
        page = maintainer.get("/admin/")
        assert page.status == 503
        assert int(page.headers["Retry-After"]) > 0
        assert COOKIE not in page.set_cookies
        problem = maintainer.get("/api/portal/")
        assert (problem.status, problem.content_type) == (503, PROBLEM)
        assert COOKIE not in problem.set_cookies
        assert visit(http_server).sign_in(MAINTAINER, PASSWORD).status == 503
    assert maintainer.username == MAINTAINER
    assert maintainer.cookies[COOKIE] == token


@pytest.mark.parametrize(
    "name",
    ["cache", "notification-store", "channel-layer", pytest.param("message-broker", marks=pytest.mark.long)],
)
def test_a_server_that_requests_do_not_need_may_be_down(
    maintainer: Visitor, real_servers: RealServers, name: str
) -> None:
    with real_servers[name].killed():
        assert maintainer.username == MAINTAINER


def test_a_database_that_is_down_answers_503_and_signs_nobody_out(
    maintainer: Visitor, real_servers: RealServers
) -> None:
    with real_servers["database"].killed():
        response = maintainer.get("/api/polls/")
        assert (response.status, response.content_type) == (503, PROBLEM)
        assert COOKIE not in response.set_cookies
        assert maintainer.get("/admin/").status == 503
    assert maintainer.username == MAINTAINER
