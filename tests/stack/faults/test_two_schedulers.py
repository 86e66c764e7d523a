"""Two schedulers run at the same time, as during an update. Nothing is done twice."""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from tests.stack.faults.test_kills import get
from tests.stack.test_doctor import doctor
from tests.support.activity import open_poll, status_of, vote
from tests.support.compose import Stack, docker, inspect, run
from tests.support.members import Member
from tests.support.notifier import committed
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

Report = Callable[[str], None]

SENDING = "(announcements.send_due)"  # a periodic task, as the scheduler's log names it
VOTERS, NUMBER = 10, 3


@contextlib.contextmanager
def second_scheduler(stack: Stack) -> Iterator[str]:
    """Run another scheduler until the block ends, and return its container."""
    name = f"{stack.project}-second-scheduler"
    docker("rm", "--force", name)
    stack.compose("run", "--detach", "--no-deps", "--name", name, "scheduler")
    try:
        wait_until(
            lambda: inspect("container", name)[0]["State"]["Health"]["Status"] == "healthy", seconds=60, every=0.5
        )
        yield name
    finally:
        docker("rm", "--force", name)


def times_sent(container: str) -> int:
    """Return how often a scheduler has sent the periodic task since its container was made."""
    done = run("docker", "logs", container)
    return (done.stdout + done.stderr).count(SENDING)


def announce(author: Visitor, title: str, *, at: datetime) -> None:
    data = {"title": title, "text": "It is only for a test.", "roles": ["student"], "send_at": at.isoformat()}
    response = author.send("POST", "/api/announcements/", data)
    assert response.status == 201, response.text


def test_nothing_is_done_twice(
    stack: Stack, visit: Callable[..., Visitor], members: list[Member], report: Report
) -> None:
    chief, voters = visit("intranet", "chief"), members[:VOTERS]
    first = stack.container("scheduler")["Id"]
    with second_scheduler(stack) as second:
        soon = datetime.now(UTC) + timedelta(seconds=5)
        titles = [f"Announcement {number} of two schedulers" for number in range(NUMBER)]
        for title in titles:
            announce(chief, title, at=soon)
        polls = [open_poll(members[0], f"Closes once {number}?", seconds=5) for number in range(NUMBER)]
        for poll in polls:
            assert {status_of(vote(voter, poll.id, poll.choices[0])) for voter in voters} == {200}
        sent = {container: times_sent(container) for container in (first, second)}

        def found() -> list[str]:
            inbox = get(voters[0], "/api/notifications/?page_size=50")["results"]
            return [one["title"] for one in inbox]

        def are_all_there() -> bool:
            inbox = found()
            return all(
                any(text in title for title in inbox)
                for text in [*titles, *(f"Closes once {n}?" for n in range(NUMBER))]
            )

        wait_until(are_all_there, seconds=60, every=0.5)
        # Each scheduler has asked for the tasks at least twice since then.
        wait_until(lambda: all(times_sent(one) >= before + 2 for one, before in sent.items()), seconds=60, every=0.5)
        _, parts = doctor(stack)
    everything = committed(stack, voters, bound=200)
    by_params = Counter((message.app, message.kind, str(message.params)) for message in everything.messages)
    own = {key: number for key, number in by_params.items() if any(text in key[2] for text in [*titles, "Closes once"])}
    report(f"two schedulers: {len(own)} messages, each once")
    assert len(own) >= 2 * NUMBER
    assert set(own.values()) == {1}, own
    for voter in voters:
        inbox = [one["title"] for one in get(voter, "/api/notifications/?page_size=50")["results"]]
        assert {text: sum(text in title for title in inbox) for text in titles} == dict.fromkeys(titles, 1)
    assert parts["scheduler"]["status"] == "ok"
