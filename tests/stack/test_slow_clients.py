"""Clients that hold connections and memory of the reverse proxy: nobody else notices them."""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Callable, Iterator

import pytest

from tests.stack.outage import Requests
from tests.support.compose import Stack, docker
from tests.support.crowd import crowd, slow, steady
from tests.support.network import HOST
from tests.support.visitor import JSON, Visitor
from tests.support.waiting import wait_until

Visit = Callable[..., Visitor]

ADDRESSES, CONNECTIONS = 3, 500  # a fifth of these of each kind
ATTACK_SECONDS = 60
PHOTO = "/api/accounts/photo/"


def restarts(stack: Stack) -> dict[str, tuple[int, int]]:
    """Return how often each container was restarted, and the process that it runs."""
    return {
        service: (container["RestartCount"], container["State"]["Pid"])
        for service, container in stack.containers().items()
    }


def worker_processes(stack: Stack) -> set[str]:
    """Return the ids of NGINX's processes. One that the kernel kills is replaced under another id."""
    return set(docker("top", stack.container("reverse-proxy")["Id"], "-o", "pid").split()[1:])


@pytest.mark.usefixtures("reset_rate_limits")
def test_nobody_else_notices_500_slow_connections_from_each_of_three_addresses(
    stack: Stack, visit: Visit, sessions: dict, poll
) -> None:
    before, processes = restarts(stack), worker_processes(stack)
    bundle = find_bundle(visit("internet"))
    paths = ["/", "/api/portal/", "/api/polls/", bundle]
    options = ("--connections", str(CONNECTIONS), "--page", bundle, "--socket-path", "/ws/portal/")
    visitors = [visit("internet"), visit("internet", "reader")]
    with crowd(slow(stack, *options, addresses=ADDRESSES)) as seen, Requests(visitors, paths) as requests:
        writer, draft = visit("intranet", "reader"), {"question": "Coffee?", "choices": ["yes", "no"]}
        writes = []

        def enough() -> bool:
            if len(writes) < 10:
                writes.append(writer.send("PUT", "/api/polls/draft/", draft).status)
            with visit("internet", "reader").socket("/ws/portal/"):
                return len(requests.responses) >= ATTACK_SECONDS * 5

        wait_until(enough, seconds=3 * ATTACK_SECONDS, every=1)
    assert set(requests.statuses) == {200}, requests.statuses
    assert set(writes) == {200}
    assert restarts(stack) == before
    assert worker_processes(stack) == processes
    for attacker in seen:
        assert sum(attacker["opened"].values()) >= CONNECTIONS, attacker


READINESS, RATE = "/health/ready/", 200


@pytest.mark.usefixtures("reset_rate_limits")
@pytest.mark.parametrize(("store", "status"), [("session-store", 503), ("application-store", 200), ("database", 503)])
def test_pages_answer_while_many_ask_whether_a_stack_with_a_hung_store_is_ready(
    stack: Stack, visit: Visit, store: str, status: int
) -> None:
    """An anonymous visitor's pages need none of these parts."""
    paths = ["/", "/api/portal/", "/health/live/", "/_allauth/browser/v1/config"]
    with crowd(steady(stack, READINESS, rate=RATE, addresses=5)) as counted:
        stack.compose("pause", store)
        try:
            with Requests([visit("internet")], paths) as requests:
                wait_until(lambda: len(requests.responses) >= 100, seconds=120, every=0.5)
            # The last answer may be some seconds old, and each process has its own.
            wait_until(lambda: visit("internet").get(READINESS).status == status, seconds=30, every=0.2)
        finally:
            stack.compose("unpause", store)
    assert set(requests.statuses) == {200}, requests.statuses
    for client in counted:
        assert set(client["statuses"]) <= {"200", "503", "skipped"}, client  # skipped: by the client, on a busy machine
    wait_until(lambda: visit("internet").get(READINESS).status == 200, seconds=30, every=0.5)


def find_bundle(visitor: Visitor) -> str:
    """Return the path of the largest script on the first page."""
    bundles = re.findall(r'src="?(/static/frontend/[^"\s>]+\.js)', visitor.get("/").text)
    return max(bundles, key=lambda path: len(visitor.get(path).body))


@contextlib.contextmanager
def unfinished_bodies(visitor: Visitor, method: str, path: str, *, size: int, sent: int, number: int) -> Iterator[list]:
    """Open connections that send a part of a body and wait. Returns them."""
    with contextlib.ExitStack() as connections:
        opened = []
        for _ in range(number):
            connection = visitor.connection()
            connections.callback(connection.close)
            connection.putrequest(method, path, skip_host=True)
            headers = {
                "Host": visitor.host,
                "Content-Type": JSON,
                "Content-Length": str(size),
                **visitor.cookie_header(),
            }
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            with contextlib.suppress(OSError):  # refused before the body
                connection.sock.sendall(b"x" * sent)
            opened.append(connection)
        yield opened


def status_if_answered(connection) -> int | None:
    """Return the status that has arrived, None while the server waits for the body."""
    connection.sock.settimeout(0.5)
    try:
        return int(connection.sock.recv(64).split()[1])
    except TimeoutError:
        return None
    except (OSError, IndexError):
        return 0  # cut off


def bytes_in_memory(stack: Stack) -> int:
    """Return the bytes of the bodies that wait in the reverse proxy's /tmp."""
    used = stack.execute("reverse-proxy", "df", "-B1", "--output=used", "/tmp").stdout.split()[-1]
    return int(used)


@pytest.mark.usefixtures("reset_rate_limits")
class TestBodies:
    def test_16_slow_anonymous_bodies_of_6_mb_keep_nobody_from_writing(
        self, stack: Stack, visit: Visit, sessions: dict
    ) -> None:
        size = 6 << 20
        with unfinished_bodies(visit("internet"), "PUT", PHOTO, size=size, sent=size - 1, number=16) as opened:
            statuses = [status_if_answered(connection) for connection in opened]
            assert set(statuses) <= {401, 429, 0}, statuses
            assert bytes_in_memory(stack) < size
            write = visit("intranet", "reader").send(
                "PUT", "/api/polls/draft/", {"question": "?", "choices": ["a", "b"]}
            )
            assert write.status == 200

    def test_an_undeclared_path_takes_no_large_body(self, visit: Visit, sessions: dict) -> None:
        for person in (None, "reader"):
            with unfinished_bodies(
                visit("internet", person), "POST", "/api/polls/", size=(1 << 20) + 1, sent=1, number=1
            ) as (connection,):
                assert status_if_answered(connection) == 413

    def test_an_address_has_only_so_many_large_bodies_at_the_same_time(self, stack: Stack, visit: Visit) -> None:
        size = 1 << 20
        with unfinished_bodies(visit("internet"), "POST", "/api/polls/", size=size, sent=size - 1, number=16) as opened:
            statuses = [status_if_answered(connection) for connection in opened]
            assert statuses.count(429) + statuses.count(0) == 8, statuses
            assert bytes_in_memory(stack) <= 8 * size + (64 << 10)
            assert visit("internet").get("/api/portal/").status == 200

    def test_a_person_uploads_while_another_address_sends_slowly(
        self, visit: Visit, sessions: dict, stack: Stack
    ) -> None:
        size = 6 << 20
        with unfinished_bodies(visit("internet", "reader"), "PUT", PHOTO, size=size, sent=size - 1, number=8) as opened:
            statuses = [status_if_answered(connection) for connection in opened]
            assert statuses.count(None) == 4, statuses
            assert bytes_in_memory(stack) <= 4 * size + (64 << 10)

    def test_a_request_that_only_reads_has_no_body(self, visit: Visit) -> None:
        response = visit("internet").request("GET", "/api/portal/", body="x" * 20_000)
        assert response.status == 413


def test_a_silent_connection_is_closed(stack: Stack) -> None:
    address = (HOST, stack.https_port)
    with socket.create_connection(address, timeout=30) as connection, contextlib.suppress(ConnectionResetError):
        assert connection.recv(1) == b""
