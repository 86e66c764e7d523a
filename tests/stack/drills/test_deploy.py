"""A new release, a changed configuration and a restart are not noticed by the people who use the portal."""

import itertools
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from dotenv import set_key

from tests.stack.drills.conftest import make
from tests.support.activity import Activity, Poll
from tests.support.compose import SERVERS, Stack
from tests.support.members import Member
from tests.support.open_pages import OpenPage
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

RATE = 12  # things that the members do a second
SOCKETS_BACK_SECONDS = 10
REQUESTS, CLIENTS = 10_000, 16


@contextmanager
def new_release(stack: Stack, code: str = "") -> Iterator[None]:
    """Change the portal's code for the block."""
    file = stack.portal / "core" / "release_of_test.py"
    file.write_text(f"released_at = {time.time_ns()}\n{code}")
    try:
        yield
    finally:
        file.unlink()


@contextmanager
def changed_description(stack: Stack) -> Iterator[None]:
    """Change portal.yaml for the block."""
    file: Path = stack.portal / "portal.yaml"
    before = file.read_text()
    file.write_text(yaml.safe_dump(yaml.safe_load(before) | {"description": f"Changed at {time.time_ns()}"}))
    try:
        yield
    finally:
        file.write_text(before)


@contextmanager
def people(
    members: list[Member], polls: list[Poll], stored_votes: Callable[[], dict[tuple[int, int], int]]
) -> Iterator[None]:
    """Let people read, vote and keep pages open during the block. Fails if they notice anything, or lose a vote."""
    pages = [OpenPage(member, polls[0].id) for member in members[::5]]
    for page in pages:
        page.start()
    wait_until(lambda: all(page.is_subscribed for page in pages), seconds=30)
    lost_at: dict[OpenPage, float] = {}
    away: list[float] = []
    ended = threading.Event()

    def watch_sockets() -> None:
        while not ended.wait(0.05):
            for page in pages:
                if not page.is_subscribed:
                    lost_at.setdefault(page, time.monotonic())
                elif page in lost_at:
                    away.append(time.monotonic() - lost_at.pop(page))

    watcher = threading.Thread(target=watch_sockets, daemon=True)
    watcher.start()
    try:
        with Activity(members, rate=RATE, polls=polls) as activity:
            yield
            wait_until(lambda: all(page.is_subscribed for page in pages), seconds=30)
    finally:
        ended.set()
        watcher.join(timeout=5)
        for page in pages:
            page.close()
    statuses = activity.all_statuses()
    print(
        f"\n{sum(statuses.values())} requests {dict(statuses)}, slowest {activity.slowest:.1f} s; "
        f"{len(away)} sockets were away, at most {max(away, default=0):.1f} s"
    )
    assert sum(statuses.values()) > 50, "too few requests to judge by"
    assert not {status: number for status, number in statuses.items() if not 200 <= status < 300}
    assert max(away, default=0.0) < SOCKETS_BACK_SECONDS
    accepted = {key: choice for key, (choice, status) in activity.votes.items() if status == 200}
    assert accepted
    assert accepted.items() <= stored_votes().items(), "a vote was lost"


def ids(stack: Stack) -> dict[str, list[str]]:
    return {service: stack.replicas(service) for service in (*SERVERS, "worker", "scheduler", "reverse-proxy")}


pytestmark = pytest.mark.usefixtures("drilled_stack")


def test_nobody_notices_a_new_release(stack: Stack, members, polls, stored_votes) -> None:
    before, release = ids(stack), stack.release
    with new_release(stack), people(members, polls, stored_votes):
        make(stack, "deploy")
    after = ids(stack)
    assert stack.release != release
    assert after["reverse-proxy"] == before["reverse-proxy"], "NGINX has not changed itself"
    for service in (*SERVERS, "worker", "scheduler"):
        assert len(after[service]) == 1
        assert after[service] != before[service], service


def test_nobody_notices_a_changed_portal_yaml(stack: Stack, members, polls, stored_votes) -> None:
    before = ids(stack)
    with changed_description(stack), people(members, polls, stored_votes):
        make(stack, "up")
    assert all(ids(stack)[service] != before[service] for service in SERVERS)
    assert ids(stack)["reverse-proxy"] == before["reverse-proxy"]


BROKEN = "raise RuntimeError('this release cannot start')\n"


def test_a_release_that_does_not_start_leaves_the_old_one_and_says_why(
    stack: Stack, members, polls, stored_votes
) -> None:
    before, release = ids(stack), stack.release
    file = stack.portal / "config" / "wsgi.py"
    code = file.read_text()
    file.write_text(code + BROKEN)
    try:
        with people(members, polls, stored_votes):
            output = make(stack, "deploy", fails=True)
    finally:
        file.write_text(code)
    assert "this release cannot start" in output
    assert re.search(r"make deploy: \S+-server-\d+ does not work", output)
    assert "the release before serves on" in output
    assert (ids(stack), stack.release) == (before, release)


def get_and_post(visitor: Visitor, statuses: Counter, numbers: Iterator[int], ended: Callable[[], bool]) -> None:
    """Send requests over a new connection each, one after the other. A quarter of them are POST."""
    for number in numbers:
        if ended():
            return
        try:
            if number % 4:
                status = visitor.get(("/api/portal/", "/health/live/", "/")[number % 3]).status
            else:
                status = visitor.send("POST", "/api/notifications/read/", {"ids": [1]}).status
        except Exception as error:
            status = type(error).__name__
        statuses[status] += 1


@contextmanager
def load(members: list[Member], *, at_least: int) -> Iterator[Counter]:
    """Send requests with a closed loop of clients until the block ends, and `at_least` so many."""
    statuses: Counter = Counter()
    numbers, is_over = itertools.count(), threading.Event()

    def ended() -> bool:
        return is_over.is_set() and statuses.total() >= at_least

    with ThreadPoolExecutor(CLIENTS) as executor:
        for member in members[:CLIENTS]:
            executor.submit(get_and_post, member.visitor, statuses, numbers, ended)
        try:
            yield statuses
        finally:
            is_over.set()


def failures(statuses: Counter) -> dict:
    print(f"\n{statuses.total()} requests: {dict(statuses)}")
    return {status: number for status, number in statuses.items() if status not in {200, 204}}


def test_no_request_of_ten_thousand_fails_while_a_release_is_deployed(stack: Stack, members: list[Member]) -> None:
    with new_release(stack), load(members, at_least=REQUESTS) as statuses:
        make(stack, "deploy")
    assert not failures(statuses)
    assert statuses.total() >= REQUESTS


@pytest.fixture(scope="module")
def two_replicas(stack: Stack) -> Iterator[None]:
    file = stack.portal / ".env"
    for number in ("2", "1"):
        for name in ("SERVER_REPLICAS", "SOCKETS_REPLICAS"):
            set_key(file, name, number, quote_mode="never")
        make(stack, "up")
        if number == "2":
            yield


@pytest.mark.usefixtures("two_replicas")
@pytest.mark.parametrize("service", SERVERS)
def test_no_request_fails_while_a_server_with_two_replicas_is_restarted(
    stack: Stack, members: list[Member], service: str
) -> None:
    before = stack.replicas(service)
    assert len(before) == 2
    with load(members, at_least=500) as statuses:
        make(stack, "restart", f"SERVICE={service}")
    assert not failures(statuses)
    after = stack.replicas(service)
    assert len(after) == 2
    assert not set(before) & set(after)
