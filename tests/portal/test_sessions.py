"""Signing in on real servers: what a thief of any dump gets, and what a dead session store does."""

import hashlib
from collections.abc import Callable

from tests.portal.conftest import MAINTAINER, PASSWORD
from tests.support.installation import PortalServer
from tests.support.servers import RealServers
from tests.support.visitor import SIGN_IN, Visitor

COOKIE = "__Host-intranet_session"
STORES = ["session-store", "notification-store", "channel-layer", "application-store"]


def test_the_token_of_a_session_is_kept_nowhere(
    http_server: PortalServer, maintainer: Visitor, real_servers: RealServers
) -> None:
    token = maintainer.cookies[COOKIE]
    key = hashlib.sha256(token.encode()).hexdigest()[:40]
    stores = {name: real_servers[name].dump() for name in STORES}
    database = real_servers["database"].dump("portal")
    log = http_server.process.output()
    # Each place is one where the search would find something.
    assert key.encode() in stores["session-store"]
    assert "chief@example.edu" in database
    assert SIGN_IN in log
    for name, content in stores.items():
        assert token.encode() not in content, name
    assert token not in database
    assert token not in log
    assert key not in log
    assert PASSWORD not in log


def test_a_stored_key_is_no_cookie(
    http_server: PortalServer, maintainer: Visitor, visit: Callable[..., Visitor], real_servers: RealServers
) -> None:
    keys = real_servers["session-store"].run("--scan").split()
    token = maintainer.cookies[COOKIE]
    digest = hashlib.sha256(token.encode()).hexdigest()
    assert any(digest[:40] in key for key in keys)
    for key in keys:
        for stolen in {key, key.rpartition(":")[2], digest}:
            thief = visit(http_server, cookies={COOKIE: stolen})
            assert thief.username is None, stolen
    assert maintainer.username == MAINTAINER  # with the token itself it is a session


def test_signing_in_gives_a_new_token_and_signing_out_ends_it(
    http_server: PortalServer, maintainer: Visitor, visit: Callable[..., Visitor]
) -> None:
    before = dict(maintainer.cookies)
    maintainer.sign_out()
    assert maintainer.username is None
    assert visit(http_server, cookies=before).username is None


def test_a_dead_session_store_signs_nobody_out(maintainer: Visitor, real_servers: RealServers) -> None:
    token = maintainer.cookies[COOKIE]
    with real_servers["session-store"].killed():
        answer = maintainer.get("/admin/")
        assert answer.status == 503
        assert int(answer.headers["retry-after"]) > 0
        assert COOKIE not in answer.set_cookies
        problem = maintainer.get("/api/portal/")
        assert problem.status == 503
        assert problem.headers["content-type"] == "application/problem+json"
        assert COOKIE not in problem.set_cookies
    assert maintainer.username == MAINTAINER
    assert maintainer.cookies[COOKIE] == token


def test_somebody_who_signs_in_while_the_session_store_is_dead_is_told_so(
    http_server: PortalServer, visit: Callable[..., Visitor], real_servers: RealServers
) -> None:
    visitor = visit(http_server)
    with real_servers["session-store"].killed():
        answer = visitor.sign_in("chief", PASSWORD)
    assert answer.status == 503


def test_a_dead_cache_or_broker_changes_nothing_for_who_is_signed_in(
    maintainer: Visitor, real_servers: RealServers
) -> None:
    for name in ("cache", "notification-store", "channel-layer", "message-broker"):
        with real_servers[name].killed():
            assert maintainer.username == MAINTAINER, name
            assert maintainer.get("/api/portal/").json()["person"]["username"] == "chief", name


def test_a_dead_database_is_a_503_and_signs_nobody_out(maintainer: Visitor, real_servers: RealServers) -> None:
    with real_servers["database"].killed():
        answer = maintainer.get("/api/polls/")
        assert answer.status == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert COOKIE not in answer.set_cookies
        assert maintainer.get("/admin/").status == 503
    assert maintainer.username == MAINTAINER
