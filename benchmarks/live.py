"""Measure how quickly an update reaches open sockets, what a socket costs, and how quickly sockets come back.

    python benchmarks/live.py [--sockets 500 1000] [--events 40]

This needs Docker. The program generates a portal with the default answers, builds it, starts it on free ports of the
loopback address, and removes it at the end. People who have signed in open sockets on both sites, through NGINX and
TLS, and subscribe to one topic. Another process publishes to it, once a second. The clock of all of them is this
machine's. Then the socket servers of both sites are killed, and NGINX is restarted: each socket connects again as the
page does, after a random part of a delay that doubles. The program prints a Markdown table, and fails when a promise is
missed.
"""

import argparse
import contextlib
import heapq
import json
import os
import random
import select
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlsplit

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[0] = str(REPOSITORY)  # in place of this folder, whose requests.py has the name of a library

from benchmarks.stack import memory, running_stack  # noqa: E402
from tests.support.compose import SITES, Stack  # noqa: E402
from tests.support.network import HOST  # noqa: E402
from tests.support.waiting import wait_until  # noqa: E402

MOST_MILLISECONDS = 100
MOST_KILOBYTES = 120
MOST_SECONDS_TO_RECONNECT = 30

SOCKETS_PER_PERSON = 10
FIRST_DELAY, LONGEST_DELAY = 1.0, 8.0  # seconds; as in frontend/sdk/connection.js
HANDSHAKES_AT_ONCE = 64

TEXT, PING, PONG = 0x1, 0x9, 0xA

# Prints the tokens of new sessions on this site, of people who are created when they do not exist.
SESSIONS = """
import json, os
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from core.people.models import Person
from core.sessions.store import SessionStore
tokens = []
for number in range(int(os.environ["NUMBER"])):
    name = f"reader{number}"
    if not Person.objects.filter(username=name).exists():
        Person.objects.create_user(name)
    person = Person.objects.get(username=name)  # as each request reads it
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.start()
    session.create()
    tokens.append(session.token)
print(json.dumps({"tokens": tokens, "cookie": settings.SESSION_COOKIE_NAME}))
"""

POLL = """
from datetime import timedelta
from django.utils import timezone
from apps.polls.models import Poll
print(Poll.objects.create(question="Tea or coffee?", closes_at=timezone.now() + timedelta(days=1)).pk)
"""

# Publishes to the topic whenever it gets a line, and prints the time just before.
PUBLISH = """
import sys, time
from core.live.publishing import publish
topic = {topic!r}
publish(topic)
while input():
    before = time.time()
    publish(topic)
    print(before, flush=True)
"""


class Socket:
    """A WebSocket through NGINX and TLS, with so little code of its own that the server's time is measured."""

    def __init__(self, url: str, port: int, cookie: str, topic: str) -> None:
        self.url, self.port, self.cookie, self.topic = url, port, cookie, topic
        self.connection: ssl.SSLSocket | None = None
        self.buffer = b""
        self.failures = 0
        self.version = 0

    def open(self, tls: ssl.SSLContext) -> None:
        """Connect and subscribe. Raises OSError, also when the handshake or the topic is refused."""
        host = urlsplit(self.url).netloc
        plain = socket.create_connection((HOST, self.port), timeout=30)
        try:
            self.connection = tls.wrap_socket(plain, server_hostname=urlsplit(self.url).hostname)
            lines = ["GET /ws/portal/ HTTP/1.1", f"Host: {host}", f"Origin: {self.url}", f"Cookie: {self.cookie}"]
            lines += ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
            lines += [f"Sec-WebSocket-Key: {'A' * 22}=="]
            self.connection.sendall("\r\n".join([*lines, "", ""]).encode())
            received = b""
            while b"\r\n\r\n" not in received:
                received += self.read()
            head, _, self.buffer = received.partition(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 101"):
                raise ConnectionRefusedError(head[:40])
            self.send(TEXT, json.dumps({"subscribe": [self.topic]}).encode())
            while not any(b'"subscribed": ["' in payload for _, payload in self.frames()):
                self.buffer += self.read()
            self.connection.setblocking(False)
        except BaseException:
            self.close()
            plain.close()
            raise

    def read(self) -> bytes:
        if not (data := self.connection.recv(16384)):
            raise ConnectionResetError
        return data

    def send(self, kind: int, payload: bytes) -> None:
        """Send a short frame, masked with zeros."""
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack("!H", size)
        self.connection.sendall(bytes([0x80 | kind]) + length + bytes(4) + payload)

    def frames(self) -> Iterator[tuple[int, bytes]]:
        """Take the whole frames out of the buffer."""
        while len(self.buffer) >= 2:
            size, start = self.buffer[1], 2
            if size == 126 and len(self.buffer) >= 4:
                size, start = struct.unpack("!H", self.buffer[2:4])[0], 4
            if (size == 126 and start == 2) or len(self.buffer) < start + size:
                return
            kind, payload = self.buffer[0] & 0xF, self.buffer[start : start + size]
            self.buffer = self.buffer[start + size :]
            yield kind, payload

    def receive(self) -> bool:
        """Read what has arrived, and return whether an update is in it. Raises OSError when the socket was closed."""
        try:
            while True:
                self.buffer += self.read()
        except ssl.SSLWantReadError:
            pass
        found = False
        for kind, payload in self.frames():
            if kind == PING:
                self.send(PONG, payload)
            elif kind == TEXT and b'"updates"' in payload:
                self.version = json.loads(payload)["updates"][self.topic]
                found = True
        return found

    def acknowledge(self) -> None:
        self.send(TEXT, json.dumps({"acknowledge": {self.topic: self.version}}).encode())

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def delay(self) -> float:
        """Return the seconds until the next try: a random part of a time that doubles with each failure."""
        self.failures += 1
        return random.random() * min(LONGEST_DELAY, FIRST_DELAY * 2**self.failures)


class Crowd:
    """Open sockets, read in one loop."""

    def __init__(self, sockets: list[Socket]) -> None:
        self.sockets = sockets
        self.tls = ssl.create_default_context()
        self.tls.check_hostname, self.tls.verify_mode = False, ssl.CERT_NONE
        self.epoll = select.epoll()
        self.by_number: dict[int, Socket] = {}
        self.lock = threading.Lock()

    def open(self, one: Socket) -> None:
        one.open(self.tls)
        with self.lock:
            self.by_number[one.connection.fileno()] = one
            self.epoll.register(one.connection.fileno(), select.EPOLLIN)

    def open_all(self) -> int:
        """Open all sockets, and return how many handshakes were refused: a busy server closes what it cannot serve."""

        def open_at_last(one: Socket) -> int:
            while True:
                try:
                    self.open(one)
                except OSError:
                    time.sleep(one.delay())
                else:
                    refusals, one.failures = one.failures, 0
                    return refusals

        with ThreadPoolExecutor(8) as executor:
            opening = [executor.submit(open_at_last, one) for one in self.sockets]
            while not all(one.done() for one in opening):
                self.settle(0.5)  # those that are open answer pings meanwhile
            return sum(one.result() for one in opening)

    def drop(self, number: int) -> Socket:
        with self.lock:
            one = self.by_number.pop(number)
            self.epoll.unregister(number)
        one.close()
        return one

    def read(self, seconds: float) -> Iterator[tuple[Socket, float | None]]:
        """Wait for events. Yields each socket with the time of its update, or with None when it was closed."""
        for number, _ in self.epoll.poll(seconds):
            one = self.by_number[number]
            try:
                has_update = one.receive()
            except OSError:
                yield self.drop(number), None
                continue
            if has_update:
                yield one, time.time()

    def settle(self, seconds: float) -> None:
        """Read for some seconds, and acknowledge what arrives."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            for one, at in self.read(left):
                if at is None:
                    raise ConnectionResetError("a socket was closed")
                one.acknowledge()

    def deliver(self, publish: Callable[[], float]) -> list[float]:
        """Publish, and return for each socket after how many milliseconds the update arrived."""
        times: dict[Socket, float] = {}
        before = publish()
        deadline = time.monotonic() + 10
        while len(times) < len(self.sockets) and time.monotonic() < deadline:
            times |= {one: at for one, at in self.read(1) if at is not None}
        if len(times) < len(self.sockets):
            raise AssertionError(f"{len(self.sockets) - len(times)} sockets got no update")
        for one in times:
            one.acknowledge()
        return [1000 * (at - before) for at in times.values()]

    def come_back(self, interrupt: Callable[[], None]) -> tuple[float, float, int]:
        """Interrupt the sockets, and let each connect again.

        Returns the seconds from the interruption to the first and to the last socket that is back, and the tries.
        """
        waiting: list[tuple[float, int]] = []  # when to try, and the socket's place
        places = {one: place for place, one in enumerate(self.sockets)}
        lost, back, tries = set(), [], 0
        started = time.monotonic()
        thread = threading.Thread(target=interrupt)
        thread.start()

        def try_again(place: int) -> None:
            one = self.sockets[place]
            try:
                self.open(one)
            except OSError:
                heapq.heappush(waiting, (time.monotonic() + one.delay(), place))
            else:
                one.failures = 0
                back.append(time.monotonic())

        with ThreadPoolExecutor(HANDSHAKES_AT_ONCE) as executor:
            while len(back) < len(self.sockets):
                if time.monotonic() - started > 120:
                    raise AssertionError(f"{len(self.sockets) - len(back)} of {len(self.sockets)} are not back")
                for one, at in self.read(0.02):
                    if at is None and one not in lost:
                        lost.add(one)
                        heapq.heappush(waiting, (time.monotonic() + one.delay(), places[one]))
                    elif at is None:  # it was back, and is lost again
                        back.pop()
                        heapq.heappush(waiting, (time.monotonic() + one.delay(), places[one]))
                while waiting and waiting[0][0] <= time.monotonic():
                    tries += 1
                    executor.submit(try_again, heapq.heappop(waiting)[1])
        thread.join()
        return min(back) - started, max(back) - started, tries

    def close(self) -> None:
        for number in list(self.by_number):
            self.drop(number)
        self.epoll.close()


def make_sockets(stack: Stack, number: int, topic: str) -> list[Socket]:
    """Return sockets of people, half of them on each site."""
    people = max(1, number // len(SITES) // SOCKETS_PER_PERSON)
    cookies = {}
    for site in SITES:
        found = stack.python(SESSIONS, service=f"{site}-server", variables={"NUMBER": str(people)})
        cookies[site] = cycle([f"{found['cookie']}={token}" for token in found["tokens"]])
    sites = [site for site, _ in zip(cycle(SITES), range(number), strict=False)]
    return [Socket(stack.origin(site), stack.https_port, next(cookies[site]), topic) for site in sites]


@contextlib.contextmanager
def publisher(stack: Stack, topic: str) -> Iterator[Callable[[], float]]:
    """Run a process that publishes to the topic. Gives a function that publishes and returns the time before."""
    with stack.python_process(PUBLISH.format(topic=topic), service="worker") as process:

        def publish() -> float:
            process.stdin.write("publish\n")
            process.stdin.flush()
            return float(process.stdout.readline())

        yield publish
        process.stdin.write("\n")
        process.stdin.close()
        process.wait(timeout=20)


def used(stack: Stack) -> float:
    """Return the memory of both socket servers in kB."""
    found = memory(stack)
    return sum(found[f"{site}-sockets"] for site in SITES) * 1024 * 1.024


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--sockets", type=int, nargs="+", default=[500, 1000], help="numbers of open sockets")
    arguments.add_argument("--events", type=int, default=40, help="number of updates that are measured")
    options = arguments.parse_args()
    rows: list[tuple[str, str, str]] = []
    missed: list[str] = []

    def add_row(what: str, found: str, promised: str = "", kept: bool = True) -> None:
        rows.append((what, found, promised))
        print(f"{what}: {found}", file=sys.stderr)
        if not kept:
            missed.append(f"{what}: {found}, promised: {promised}")

    with running_stack({"LIMIT_SOCKETS": "5000"}) as stack:
        stack.up()
        topic = f"polls:{stack.python(POLL)}"
        for number in options.sockets:
            idle = used(stack)
            crowd = Crowd(make_sockets(stack, number, topic))
            try:
                started = time.monotonic()
                refusals = crowd.open_all()
                seconds = time.monotonic() - started
                add_row(f"{number} sockets opened, 8 at a time", f"{seconds:.1f} s, {refusals} handshakes refused")
                crowd.settle(3)
                each = (used(stack) - idle) / number
                add_row(
                    f"memory of one of {number} sockets",
                    f"{each:.0f} kB",
                    f"at most {MOST_KILOBYTES} kB",
                    each <= MOST_KILOBYTES,
                )
                with publisher(stack, topic) as publish:
                    crowd.settle(2)
                    times, slowest = [], []
                    for _ in range(options.events):
                        arrived = crowd.deliver(publish)
                        times += arrived
                        slowest.append(max(arrived))
                        crowd.settle(1)
                p99 = quantiles(times, n=100)[98]
                promised = f"at most {MOST_MILLISECONDS} ms" if number <= 500 else ""
                add_row(
                    f"one update to {number} sockets, p99",
                    f"{p99:.0f} ms (median {median(times):.0f}, slowest of an update {median(slowest):.0f})",
                    promised,
                    not promised or p99 <= MOST_MILLISECONDS,
                )
                if number == max(options.sockets):
                    for what, interrupt in (
                        ("both socket servers killed", lambda: [stack.kill(f"{site}-sockets") for site in SITES]),
                        ("NGINX restarted", lambda: stack.compose("restart", "--no-deps", "reverse-proxy")),
                    ):
                        first, last, tries = crowd.come_back(interrupt)
                        add_row(
                            f"{number} sockets back, {what}",
                            f"{last - first:.1f} s after the first, {last:.1f} s after the interruption, {tries} tries",
                            f"within {MOST_SECONDS_TO_RECONNECT} s",
                            last - first <= MOST_SECONDS_TO_RECONNECT,
                        )
                        crowd.settle(3)
            finally:
                crowd.close()
            wait_until(lambda: all(stack.is_healthy(f"{site}-sockets") for site in SITES), seconds=60)
    print(f"\nload {os.getloadavg()[0]:.1f}\n\n| what | found | promise |\n|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    if missed:
        sys.exit("\n".join(["", "missed:", *missed]))


if __name__ == "__main__":
    main()
