"""What many people do at the same time: they read, vote, and mark their notifications as read."""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from tests.support.members import Member
from tests.support.visitor import Response

THREADS = 12
READS = ("/api/portal/", "/api/polls/", "/api/notifications/?unread=1", "/api/notifications/count/")
ACTIONS = ("vote", "read", "vote", "read", "mark")


@dataclass(frozen=True)
class Poll:
    id: int
    choices: tuple[int, ...]


def status_of(response: Response | None) -> int:
    """Return the status of a response, 0 when none came."""
    return response.status if response else 0


def is_success(status: int) -> bool:
    return 200 <= status < 300


class Activity:
    """Members who do so many things a second together, until the block ends, and what came of it.

    Each member votes once in each poll, always for the same choice. A vote whose request failed is not repeated.
    """

    def __init__(
        self, members: Sequence[Member], *, rate: float, polls: list[Poll], mailed: Collection[str] = ()
    ) -> None:
        self.members = members
        self.rate = rate
        self.polls = polls  # in which the members vote; it may grow
        self.mailed = mailed  # kinds of notifications that are mailed at once
        self.statuses: dict[str, Counter[int]] = defaultdict(Counter)  # action → status, 0 for no answer
        self.votes: dict[tuple[int, int], tuple[int, int]] = {}  # (person, poll) → (choice, status)
        self.marked: dict[int, set[int]] = defaultdict(set)  # person → the messages that they have marked as read
        self.slowest = 0.0
        self.ended = threading.Event()
        self.threads = [
            threading.Thread(target=self.act_until_ended, args=(members[number::THREADS],), daemon=True)
            for number in range(THREADS)
        ]

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        for thread in self.threads:
            thread.join(timeout=60)

    def all_statuses(self) -> Counter[int]:
        """Return how often each status came so far, whatever the action."""
        return sum((Counter(found) for found in list(self.statuses.values())), Counter())

    def act_until_ended(self, members: Sequence[Member]) -> None:
        interval = THREADS / self.rate
        next_at = time.monotonic() + random.uniform(0, interval)
        for member, action in zip(itertools.cycle(members), itertools.cycle(ACTIONS), strict=False):
            if self.ended.wait(max(0.0, next_at - time.monotonic())):
                return
            next_at = max(next_at + interval, time.monotonic())  # what was late is not made up for
            started = time.monotonic()
            getattr(self, action)(member)
            self.slowest = max(self.slowest, time.monotonic() - started)

    def count(self, action: str, response: Response | None) -> int:
        status = status_of(response)
        self.statuses[action][status] += 1
        return status

    def read(self, member: Member) -> None:
        self.count("read", member.get(random.choice(READS)))

    def vote(self, member: Member) -> None:
        open_polls = [poll for poll in self.polls if (member.id, poll.id) not in self.votes]
        if not open_polls:
            return self.read(member)
        poll = random.choice(open_polls)
        choice = random.choice(poll.choices)
        status = self.count("vote", vote(member, poll.id, choice))
        self.votes[member.id, poll.id] = (choice, status)
        return None

    def mark(self, member: Member) -> None:
        """Mark the newest unread notification as read, but none that is mailed: no mail is sent about what was read."""
        response = member.get("/api/notifications/?unread=1&page_size=10")
        if self.count("read", response) != 200:
            return
        unread = [message for message in response.json()["results"] if message["kind"] not in self.mailed]
        for message in unread[:1]:
            answer = member.request("POST", "/api/notifications/read/", {"ids": [message["id"]]})
            if is_success(self.count("mark", answer)):
                self.marked[member.id].add(message["id"])


def vote(member: Member, poll: int, choice: int) -> Response | None:
    return member.request("PUT", f"/api/polls/{poll}/vote/", {"choice": choice})


def open_poll(author: Member, question: str, *, seconds: float, roles: Collection[str] = ()) -> Poll | None:
    """Open a poll that closes after so many seconds, and notify people with these roles. None: the request failed."""
    closes_at = datetime.now(UTC) + timedelta(seconds=seconds)
    data = {"question": question, "choices": ["yes", "no", "perhaps"], "closes_at": closes_at.isoformat()}
    data["roles"] = list(roles)
    response = author.request("POST", "/api/polls/", data)
    if not response or response.status != 201:
        return None
    poll = response.json()
    return Poll(poll["id"], tuple(choice["id"] for choice in poll["choices"]))


def open_polls(author: Member, *, number: int, seconds: float) -> list[Poll]:
    """Open so many polls that close after so many seconds. Fails when one cannot be opened."""
    found = [open_poll(author, f"Question {random.random()}?", seconds=seconds) for _ in range(number)]
    assert all(found), "a poll could not be opened"
    return [poll for poll in found if poll]


VOTES = """
import json, os
from apps.polls.models import Vote
found = Vote.objects.filter(poll__in=json.loads(os.environ["POLLS"]))
print(json.dumps(list(found.values_list("person_id", "poll_id", "choice_id"))))
"""


def read_votes(python: Callable[..., Any], polls: Collection[Poll]) -> dict[tuple[int, int], int]:
    """Return (person, poll) → choice from the database. `python` runs code in the portal, as a Stack's does."""
    rows = python(VOTES, variables={"POLLS": json.dumps([poll.id for poll in polls])})
    return {(person, poll): choice for person, poll, choice in rows}
