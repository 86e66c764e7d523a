"""The notification store is full, or has lost everything. The database has it all, so nothing is lost."""

import contextlib
import itertools
import re
import time
from collections.abc import Callable, Iterator

from tests.stack.faults.test_kills import get
from tests.support.compose import Stack, docker
from tests.support.members import Member
from tests.support.waiting import wait_until

Report = Callable[[str], None]

STORE = "notification-store"
FILLER = "portal:test:filler"
RECOVERED_SECONDS = 60
INBOX = "/api/notifications/?page_size=200"

# Sends a note to each of the people, and prints its id.
SEND = """
import json, os
from core.people.models import Person
from services.notifications import notify
people = Person.objects.filter(pk__in=json.loads(os.environ["PEOPLE"]))
print(notify("students_only.note", to=people, params={"number": 7}, link="/students_only").pk)
"""

DROP = """
import os
from services.notifications import inbox
inbox.drop(int(os.environ["PERSON"]))
"""

ERRORS = """
import json, os
from services.notifications.models import Chunk
print(json.dumps(list(Chunk.objects.filter(message=os.environ["MESSAGE"]).values("tries", "error"))))
"""


def send(stack: Stack, members: list[Member]) -> int:
    return stack.python(SEND, variables={"PEOPLE": str([member.id for member in members])})


def ids_of(member: Member) -> list[int]:
    return [message for message, _ in inbox_of(member)]


def inbox_of(member: Member) -> list[tuple[int, bool]]:
    return [(one["id"], one["read"]) for one in get(member, INBOX)["results"]]


# Fills the store's memory with strings, ever smaller ones, until it refuses even the smallest. It goes on until its
# input ends, because each client that disconnects makes some room.
FILL = f"""
import select, sys
from redis.exceptions import OutOfMemoryError
from services.notifications import inbox
redis, names = inbox.client(), []
def fill(size):
    try:
        while True:
            assert len(names) < 20_000, "the store has no limit"
            redis.setrange(f"{FILLER}:{{len(names)}}", size, "x")
            names.append(f"{FILLER}:{{len(names)}}")
    except OutOfMemoryError:
        pass
try:
    for size in (8_000_000, 1_000_000, 100_000, 10_000, 100):
        fill(size)
    print("full", flush=True)
    while not select.select([sys.stdin], [], [], 0.01)[0]:
        fill(100)
finally:
    for name in names:
        redis.delete(name)
"""


@contextlib.contextmanager
def full_store(stack: Stack) -> Iterator[None]:
    """Fill the store for the duration of the block."""
    with stack.python_process(FILL) as process:
        try:
            assert process.stdout.readline().strip() == "full"
            yield
        finally:
            process.stdin.close()
            process.wait(timeout=60)


def test_a_full_store_refuses_clearly_and_recovers(stack: Stack, members: list[Member], report: Report) -> None:
    """Pages go on, from the database. What could not be delivered is delivered within a minute once there is room."""
    chosen, without_inbox = members[:5], members[0]
    before = {member.id: ids_of(member) for member in chosen}
    stack.python(DROP, variables={"PERSON": str(without_inbox.id)})
    with full_store(stack):
        message = send(stack, chosen)

        def failed() -> list[dict]:
            return [one for one in stack.python(ERRORS, variables={"MESSAGE": str(message)}) if one["error"]]

        (chunk,) = wait_until(failed, seconds=20, every=0.5)
        assert re.search("OutOfMemory|maxmemory", chunk["error"]), chunk
        for member, path in itertools.product(chosen, (INBOX, "/api/notifications/count/", "/api/portal/")):
            response = member.get(path)
            assert response
            assert response.status == 200, f"{path}: {response.status} {response.text[:300]}"
        for member in chosen:
            assert set(before[member.id]) <= set(ids_of(member))
        assert message in ids_of(without_inbox), "a page without an inbox does not answer from the database"
    started = time.monotonic()
    wait_until(lambda: all(message in ids_of(member) for member in chosen), seconds=RECOVERED_SECONDS, every=0.5)
    for member in chosen:
        found = ids_of(member)  # with what else arrived meanwhile, such as that a poll has closed
        assert found.count(message) == 1
        assert [one for one in found if one in before[member.id]] == before[member.id]
    report(
        f"a full store: {chunk['error'][:60]!r} for maintainers; delivered {time.monotonic() - started:.1f} s after "
        "there was room again"
    )


def test_a_lost_volume_is_rebuilt_with_the_read_state(stack: Stack, members: list[Member], report: Report) -> None:
    reader = members[0]
    send(stack, members[:20])
    message = send(stack, members[:20])
    wait_until(lambda: message in [entry[0] for entry in inbox_of(reader)], seconds=60, every=0.3)
    reader.request("POST", "/api/notifications/read/", {"ids": [message]})
    before = {member.id: inbox_of(member) for member in members[:20]}
    assert (message, True) in before[reader.id]
    assert any(not read for _, read in before[reader.id])
    stack.compose("rm", "--stop", "--force", STORE)
    docker("volume", "rm", f"{stack.project}_{STORE}")
    started = time.monotonic()
    stack.compose("up", "--detach", "--wait", "--no-deps", STORE)
    assert not stack.redis(STORE, "portal", "--scan", "--pattern", "portal:*inbox*:entries"), "nothing was lost"
    after = {member.id: inbox_of(member) for member in members[:20]}
    report(f"a lost volume: 20 inboxes as before {time.monotonic() - started:.1f} s after the store was started")
    assert after == before
