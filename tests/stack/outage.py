"""Requests that go on while something is broken, and what may come of them."""

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

EVERY_SECONDS = 0.08
LONGEST_ANSWER_SECONDS = 15
DEGRADED = {502, 503}


class Requests:
    """Asks for `paths` in turn, by each of `visitors`, until it is left; every answer is kept.

    A new connection each time, as from many people.
    """

    def __init__(self, visitors: list[Visitor], paths: list[str]) -> None:
        self.everything = list(itertools.product(visitors, paths))
        self.answers: list[tuple[str, Response | Exception, float]] = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.ask_on, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join(timeout=30)

    def ask_on(self) -> None:
        for visitor, path in itertools.cycle(self.everything):
            if self.ended.wait(EVERY_SECONDS):
                return
            self.ask(visitor, path)

    def ask_all(self) -> None:
        """Each path once by each visitor, many at a time."""
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda one: self.ask(*one), self.everything))

    def ask(self, visitor: Visitor, path: str) -> None:
        started = time.monotonic()
        try:
            answer = visitor.get(path)
        except Exception as error:
            answer = error
        self.answers.append((f"{visitor.domain}{path}", answer, time.monotonic() - started))

    @property
    def statuses(self) -> Counter:
        return Counter(getattr(answer, "status", type(answer).__name__) for _, answer, _ in self.answers)

    def check(self, *, also: Set[int] = frozenset()) -> None:
        """Every answer is a success, or says in its proper form that something is away; `also` is allowed too."""
        assert len(self.answers) > 10, "there were hardly any requests"
        wrong = []
        for address, answer, seconds in self.answers:
            if seconds > LONGEST_ANSWER_SECONDS:
                wrong.append(f"{address}: {seconds:.1f} s")
            if isinstance(answer, Exception):
                wrong.append(f"{address}: {answer!r}")
            elif not is_success(answer) and not is_clear(answer) and answer.status not in also:
                wrong.append(f"{address}: {answer.status} {answer.content_type} {answer.text[:200]!r}")
        assert not wrong, f"{len(wrong)} of {len(self.answers)} ({dict(self.statuses)}):\n" + "\n".join(wrong[:8])


def is_success(answer: Response) -> bool:
    return answer.status in {200, 204}


def is_clear(answer: Response) -> bool:
    """503 or 502, as problem details or as a page of our own, with word of when to try again."""
    if answer.status not in DEGRADED or not answer.headers["Retry-After"]:
        return False
    if answer.content_type == "text/html":
        return "<main" in answer.text
    with contextlib.suppress(AssertionError):
        return bool(answer.problem()["detail"])
    return False
