"""Open sockets outlive the channel layer, come back after Daphne, and cost little when their browser does not read."""

import contextlib
import json
import os
import re
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.support.installation import Installation, PortalServer
from tests.support.network import HOST, free_port, is_listening
from tests.support.servers import RealServers
from tests.support.visitor import Visitor, receive_topics, subscribe
from tests.support.waiting import wait_until

SOCKET = "/ws/portal/"
TOPIC = "recorder:1"
NEW_TOPIC = "recorder:new"  # no other test has it: the server stays subscribed to a topic for some seconds

BACK_WITHIN = 10  # seconds after the part is healthy again

PUBLISH = """
import sys
import django
django.setup()
from core.live.publishing import publish_to_many
publish_to_many(sys.argv[1:])
"""

PUBLISH_MANY = """
import sys
import django
django.setup()
from core.live.publishing import publish_to_many
for _ in range(100):
    publish_to_many(sys.argv[1:] * 10)
"""

# config/daphne.py with another port than in a container.
RUN_DAPHNE = """
import sys
import config.daphne
from core.deployment import listening
listening.PORT = int(sys.argv[1])
config.daphne.main()
"""


@contextlib.contextmanager
def daphne(installation: Installation, port: int) -> Iterator[PortalServer]:
    """Run Daphne with production's settings."""
    with installation.running("python", "-c", RUN_DAPHNE, str(port)) as process:
        process.wait_until(lambda: is_listening(port), "listened")
        yield PortalServer(process, port)


@pytest.fixture(scope="module")
def server(intranet: Installation) -> Iterator[PortalServer]:
    with daphne(intranet, free_port()) as server:
        yield server


@pytest.fixture
def open_socket(
    server: PortalServer, visit: Callable[..., Visitor], maintainers_cookies: dict[str, str]
) -> Iterator[Callable[..., ClientConnection]]:
    """`open_socket()` opens a socket of a maintainer, and subscribes to TOPIC."""
    with contextlib.ExitStack() as stack:

        def open_socket(server: PortalServer = server) -> ClientConnection:
            visitor = visit(server, cookies=maintainers_cookies)
            connection = stack.enter_context(visitor.socket(SOCKET))
            assert subscribe(connection, TOPIC) == {"subscribed": [TOPIC]}
            return connection

        yield open_socket


@pytest.fixture
def publish(intranet: Installation) -> Callable[..., None]:
    """`publish("recorder:1")` publishes updates from another process."""
    command = intranet.with_variables(DJANGO_SETTINGS_MODULE="config.settings")
    return lambda *topics, program=PUBLISH: command.run("python", "-c", program, *topics) and None


def receives(connection: ClientConnection, topics: set[str], *, seconds: float) -> bool:
    """Return whether an update of exactly these topics arrives in this time."""
    try:
        updates = json.loads(connection.recv(timeout=seconds))["updates"]
    except TimeoutError:
        return False
    connection.send(json.dumps({"acknowledge": updates}))
    return set(updates) == topics


@pytest.mark.parametrize("published_meanwhile", [False, True], ids=["at once", "after an update was lost"])
def test_sockets_outlive_the_channel_layer_and_get_what_they_missed(
    open_socket: Callable[..., ClientConnection],
    publish: Callable[..., None],
    real_servers: RealServers,
    published_meanwhile: bool,
) -> None:
    opened = [open_socket(), open_socket()]
    with real_servers["channel-layer"].killed():
        if published_meanwhile:
            publish(TOPIC)
            opened[0].send(json.dumps({"subscribe": ["recorder:2"]}))
            refused = json.loads(opened[0].recv(timeout=20))["refused"]
            assert refused["recorder:2"]["status"] == 503
    started = time.monotonic()
    for connection in opened:
        assert receives(connection, {TOPIC}, seconds=BACK_WITHIN - (time.monotonic() - started))
    publish(TOPIC)
    for connection in opened:
        assert receives(connection, {TOPIC}, seconds=5)
    if published_meanwhile:  # otherwise the server would stay subscribed, and the next test would not be refused
        assert subscribe(opened[0], "recorder:2") == {"subscribed": ["recorder:2"]}


def test_a_channel_layer_that_hangs_loses_nothing(
    open_socket: Callable[..., ClientConnection], publish: Callable[..., None], real_servers: RealServers
) -> None:
    connection = open_socket()
    with real_servers["channel-layer"].suspended():
        publish(TOPIC)  # gives up after a second
    assert receives(connection, {TOPIC}, seconds=BACK_WITHIN)


def test_after_a_restart_of_daphne_a_client_connects_again(
    intranet: Installation, open_socket: Callable[..., ClientConnection], publish: Callable[..., None]
) -> None:
    port = free_port()
    with daphne(intranet, port) as first:
        connection = open_socket(first)
        os.kill(first.process.popen.pid, 9)
        with pytest.raises(ConnectionClosed):
            connection.recv(timeout=10)
    with daphne(intranet, port) as second:
        connection = open_socket(second)
        publish(TOPIC)
        assert receive_topics(connection) == {TOPIC}


def test_ten_thousand_updates_cost_nothing_when_a_browser_does_not_read(
    server: PortalServer, open_socket: Callable[..., ClientConnection], publish: Callable[..., None]
) -> None:
    connection, reader = open_socket(), open_socket()
    topics = [f"recorder:{number}" for number in range(10)]
    for one in (connection, reader):
        subscribe(one, *topics)
    before = memory_of(server.process.popen.pid)
    publish(*topics, program=PUBLISH_MANY)  # 10,000 updates; `connection` acknowledges none of them
    publish("recorder:end")
    received: set[str] = set()
    while received != set(topics):
        received |= receive_topics(reader)
    assert memory_of(server.process.popen.pid) - before < 4 * 1024, "KiB"
    frames = [json.loads(connection.recv(timeout=5))]
    with contextlib.suppress(TimeoutError):
        while True:
            frames.append(json.loads(connection.recv(timeout=0.5)))
    names = [name for frame in frames for name in frame["updates"]]
    assert sorted(names) == sorted(topics), "each topic once"


def memory_of(process_id: int) -> int:
    """Return the resident memory of a process in KiB."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process_id}/status").read_text())
    return int(found[1])


def test_a_socket_that_answers_no_ping_is_closed_within_30_seconds(server: PortalServer, anonymous_page: dict) -> None:
    """A real browser answers by itself. This client reads, and never writes."""
    with socket.create_connection((HOST, server.port), timeout=60) as connection:
        lines = [f"GET {SOCKET} HTTP/1.1", *(f"{name}: {value}" for name, value in anonymous_page.items())]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        received = connection.recv(4096)
        assert received.startswith(b"HTTP/1.1 101")
        ping = bytes([0x89])
        while ping not in received:
            received = connection.recv(4096)
        pinged = time.monotonic()
        with contextlib.suppress(ConnectionResetError):  # Daphne drops the connection, as the client would not answer
            while connection.recv(4096):
                pass
        assert 5 < time.monotonic() - pinged < 30


@pytest.fixture
def anonymous_page(intranet_domain: str) -> dict[str, str]:
    """The headers of a handshake from a page of an anonymous visitor, as the reverse proxy passes them on."""
    return {
        "Host": intranet_domain,
        "Origin": f"https://{intranet_domain}",
        "X-Forwarded-For": "127.0.0.1",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }


def test_a_page_that_opens_while_the_channel_layer_is_down_subscribes_afterwards(
    server: PortalServer,
    visit: Callable[..., Visitor],
    maintainers_cookies: dict[str, str],
    real_servers: RealServers,
) -> None:
    with contextlib.ExitStack() as stack:
        with real_servers["channel-layer"].killed():
            connection = stack.enter_context(visit(server, cookies=maintainers_cookies).socket(SOCKET))
            assert subscribe(connection, NEW_TOPIC)["refused"][NEW_TOPIC]["status"] == 503
        wait_until(lambda: subscribe(connection, NEW_TOPIC)["subscribed"], seconds=BACK_WITHIN, every=0.5)
