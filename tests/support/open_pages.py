"""Open pages without a browser: each has a socket, connects again by itself, and shows what the API answered last."""

from __future__ import annotations

import json
import math
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from websockets.exceptions import ConnectionClosed, WebSocketException

from tests.support.members import Member

SOCKET = "/ws/portal/"
FIRST_DELAY, LONGEST_DELAY, RETRY_WITHIN = 1.0, 8.0, 8.0  # seconds, as in the frontend
BETWEEN_REQUESTS = 1.0  # seconds; a page that reads slowly, so that it does not take all of the machine


@dataclass(frozen=True)
class PageContent:
    """What a page shows of one person's notifications and of one poll."""

    newest: int  # id of the newest notification
    votes: int

    def has(self, other: PageContent) -> bool:
        """Return whether a page that shows this has seen everything of `other`. Both numbers only grow."""
        return self.newest >= other.newest and self.votes >= other.votes


def read(member: Member, poll: int) -> PageContent | None:
    """Return what the server has for a page. None: an answer failed."""
    inbox, results = member.get("/api/notifications/?page_size=1"), member.get(f"/api/polls/{poll}/")
    if not (inbox and results and inbox.status == results.status == 200):
        return None
    return PageContent(max((one["id"] for one in inbox.json()["results"]), default=0), results.json()["votes"])


class OpenPage(threading.Thread):
    """A page that subscribes to its person and to one poll. It requests both again after each update.

    It does what the frontend does (sdk/topics.js): it subscribes again when the server could not decide about a topic,
    and connects again when the socket ends, each after a random delay.
    """

    def __init__(self, member: Member, poll: int) -> None:
        super().__init__(daemon=True)
        self.member, self.poll = member, poll
        self.topics = {"person", f"polls:{poll}"}
        self.subscribed: set[str] = set()
        self.visible: PageContent | None = None
        self.ends: Counter[str] = Counter()  # why sockets ended or were refused
        self.refused: dict[str, Any] = {}  # topics that the server refused for good
        self.ended = threading.Event()

    @property
    def is_subscribed(self) -> bool:
        return self.subscribed == self.topics

    def close(self) -> None:
        self.ended.set()

    def run(self) -> None:
        failures = 0
        while not self.ended.is_set():
            try:
                with self.member.visitor.socket(SOCKET) as connection:
                    self.follow(connection)
            except (WebSocketException, OSError, EOFError) as error:
                self.ends[describe(error)] += 1
            failures = 0 if self.subscribed else failures + 1
            self.subscribed = set()
            self.ended.wait(random.uniform(0, min(LONGEST_DELAY, FIRST_DELAY * 2**failures)))

    def follow(self, connection: Any) -> None:
        connection.send(json.dumps({"subscribe": sorted(self.topics)}))
        is_stale, ask_again_at = False, math.inf
        while not self.ended.is_set():
            try:
                frame = json.loads(connection.recv(timeout=0.5))
            except TimeoutError:
                frame = {}
            refused = frame.get("refused", {}) | frame.get("dropped", {})
            self.subscribed = (self.subscribed | set(frame.get("subscribed", []))) - set(refused)
            self.refused |= {name: why for name, why in refused.items() if not is_temporary(why["status"])}
            if refused:
                ask_again_at = time.monotonic() + random.uniform(0, RETRY_WITHIN)
            if time.monotonic() > ask_again_at:
                connection.send(json.dumps({"subscribe": sorted(self.topics - self.subscribed)}))
                ask_again_at = math.inf
            updates = frame.get("updates", {})
            is_stale = is_stale or bool(updates) or bool(frame.get("subscribed"))
            if is_stale and (found := read(self.member, self.poll)):
                self.visible, is_stale = found, False
                self.ended.wait(BETWEEN_REQUESTS)
            if updates:
                connection.send(json.dumps({"acknowledge": updates}))


def is_temporary(status: int) -> bool:
    return status == 429 or status >= 500


def describe(error: BaseException) -> str:
    if isinstance(error, ConnectionClosed):
        return str(error.rcvd.code if error.rcvd else "no close frame")
    response = getattr(error, "response", None)
    return str(response.status_code) if response else type(error).__name__
