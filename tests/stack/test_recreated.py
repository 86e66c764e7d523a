"""Servers that are made again, as every deployment does, are found again."""

import time
from collections.abc import Callable
from functools import partial

from tests.stack.outage import Requests
from tests.support.compose import SERVERS, SITES, Stack
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

Visit = Callable[..., Visitor]

FOUND_AGAIN_SECONDS = 10


def is_right(visitor: Visitor, site: str) -> bool:
    answer = visitor.get("/api/portal/")
    return answer.status == 200 and answer.json()["site"] == site


def has_sockets(visitor: Visitor, path: str) -> bool:
    try:
        with visitor.socket(path) as connection:
            return connection.response.status_code == 101
    except Exception:
        return False


def test_both_sites_answer_right_again_when_all_four_servers_are_made_again(
    stack: Stack, visit: Visit, sessions: dict, poll
) -> None:
    before = {name: stack.container(name)["Id"] for name in SERVERS}
    with Requests([visit(site, "reader") for site in SITES], ["/", "/api/portal/"]) as requests:
        stack.compose("up", "--detach", "--force-recreate", "--no-deps", *SERVERS)
        started = time.monotonic()
        for site in SITES:
            visitor, path = visit(site, "reader"), f"/ws/polls/{poll.id}/"
            wait_until(partial(is_right, visitor, site), seconds=FOUND_AGAIN_SECONDS)
            wait_until(partial(has_sockets, visitor, path), seconds=FOUND_AGAIN_SECONDS)
        taken = time.monotonic() - started
    after = {name: stack.container(name)["Id"] for name in SERVERS}
    assert not set(before.values()) & set(after.values())
    assert taken < FOUND_AGAIN_SECONDS
    requests.check()
    for site, visitor in ((site, visit(site, "reader")) for site in SITES):
        assert visitor.username == "reader"
        assert {is_right(visitor, site) for _ in range(20)} == {True}, "one of the workers serves another site"
    wait_until(lambda: all(stack.is_healthy(name) for name in SERVERS), seconds=60, every=0.5)
