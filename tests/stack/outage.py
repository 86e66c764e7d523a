"""Sends requests while a service is down, and checks their responses."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections import Counter
from collections.abc import Set
from concurrent.futures import ThreadPoolExecutor
from typing import Self

from tests.support.visitor import Response, Visitor

INTERVAL_SECONDS = 0.08
SLOWEST_RESPONSE_SECONDS = 15
# 504: for a second, NGINX still has the address of a container that has stopped, where nothing answers.
DEGRADED = {502, 503, 504}


class Requests:
    """Requests each of `paths` as each of `visitors`, again and again until the block ends, and keeps all responses.

    Each request has a new connection, as requests of many people have.
    """

    def __init__(self, visitors: list[Visitor], paths: list[str]) -> None:
        self.targets = list(itertools.product(visitors, paths))
        self.responses: list[tuple[str, Response | Exception, float]] = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.send_until_ended, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join(timeout=30)

    def send_until_ended(self) -> None:
        for visitor, path in itertools.cycle(self.targets):
            if self.ended.wait(INTERVAL_SECONDS):
                return
            self.send(visitor, path)

    def send_all(self) -> None:
        """Request each path once as each visitor, several at a time."""
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda one: self.send(*one), self.targets))

    def send(self, visitor: Visitor, path: str) -> None:
        started = time.monotonic()
        try:
            response = visitor.get(path)
        except Exception as error:
            response = error
        self.responses.append((f"{visitor.domain}{path}", response, time.monotonic() - started))

    @property
    def statuses(self) -> Counter:
        return Counter(getattr(response, "status", type(response).__name__) for _, response, _ in self.responses)

    def check(self, *, also: Set[int] = frozenset()) -> None:
        """Fail unless each response is a success, one that explains itself, or has one of the statuses of `also`."""
        assert len(self.responses) > 10, "too few requests to judge by"
        wrong = []
        for url, response, seconds in self.responses:
            if seconds > SLOWEST_RESPONSE_SECONDS:
                wrong.append(f"{url}: {seconds:.1f} s")
            if isinstance(response, Exception):
                wrong.append(f"{url}: {response!r}")
            elif not is_success(response) and not is_explained(response) and response.status not in also:
                wrong.append(f"{url}: {response.status} {response.content_type} {response.text[:200]!r}")
        assert not wrong, f"{len(wrong)} of {len(self.responses)} ({dict(self.statuses)}):\n" + "\n".join(wrong[:8])


def is_success(response: Response) -> bool:
    return response.status in {200, 204}


def is_explained(response: Response) -> bool:
    """Return whether a DEGRADED response says when to try again, and is problem details or one of the error pages."""
    if response.status not in DEGRADED or not response.headers["Retry-After"]:
        return False
    if response.content_type == "text/html":
        return "<main" in response.text
    with contextlib.suppress(AssertionError):
        return bool(response.problem()["detail"])
    return False
