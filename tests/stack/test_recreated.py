"""The reverse proxy finds recreated servers again. Every deployment recreates them."""

import time
from collections.abc import Callable
from functools import partial

from tests.stack.outage import Requests
from tests.support.compose import SERVERS, SITES, Stack
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

Visit = Callable[..., Visitor]

FOUND_AGAIN_SECONDS = 10


def serves_site(visitor: Visitor, site: str) -> bool:
    response = visitor.get("/api/portal/")
    return response.status == 200 and response.json()["site"] == site


def accepts_sockets(visitor: Visitor, path: str) -> bool:
    try:
        with visitor.socket(path) as connection:
            return connection.response.status_code == 101
    except Exception:
        return False


def test_both_sites_answer_again_after_all_four_servers_are_recreated(
    stack: Stack, visit: Visit, sessions: dict, poll
) -> None:
    before = {name: stack.container(name)["Id"] for name in SERVERS}
    with Requests([visit(site, "reader") for site in SITES], ["/", "/api/portal/"]) as requests:
        stack.compose("up", "--detach", "--force-recreate", "--no-deps", *SERVERS)
        started = time.monotonic()
        for site in SITES:
            visitor, path = visit(site, "reader"), "/ws/portal/"
            wait_until(partial(serves_site, visitor, site), seconds=FOUND_AGAIN_SECONDS)
            wait_until(partial(accepts_sockets, visitor, path), seconds=FOUND_AGAIN_SECONDS)
        seconds = time.monotonic() - started
    after = {name: stack.container(name)["Id"] for name in SERVERS}
    assert not set(before.values()) & set(after.values())
    assert seconds < FOUND_AGAIN_SECONDS
    requests.check()
    for site, visitor in ((site, visit(site, "reader")) for site in SITES):
        assert visitor.username == "reader"
        assert {serves_site(visitor, site) for _ in range(20)} == {True}, "one of the workers serves the other site"
    wait_until(lambda: all(stack.is_healthy(name) for name in SERVERS), seconds=60, every=0.5)
