"""While 50,000 people are notified, one person's notification and one person's mail wait for nothing."""

import contextlib
import json
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.compose import Stack
from tests.support.mail_server import MailServer
from tests.support.members import Member
from tests.support.waiting import wait_until

Report = Callable[[str], None]

PEOPLE = 50_000
TRIES, MAILS = 30, 10
INBOX_SECONDS = 1.0  # p95
DELIVERY_SECONDS = 180  # in which the worker has delivered all that was sent

# Creates the people with empty inboxes in the store, because only an inbox that exists is written to. Then it sends
# messages to all of them, always one more than the worker has finished, until its input ends.
NOTIFY_MANY = f"""
import json, select, sys, time
from django.db import connection
from core.people.models import Person
from services.notifications import inbox, notify
from services.notifications.models import Chunk, Message, Recipient
many = Person.objects.filter(username__startswith="many-")
Person.objects.bulk_create(
    (Person(username=f"many-{{number}}", password="!") for number in range({PEOPLE})), batch_size=5000
)
people = list(many.values_list("pk", flat=True))
with inbox.client().pipeline(transaction=False) as pipeline:
    for person in people:
        pipeline.zadd(inbox.key(f"inboxes:{{person}}:entries"), {{"0": 0}})
    pipeline.execute()
print("ready", flush=True)
started, sent, slowest, idle = time.monotonic(), [], 0.0, 0
def left():
    chunks = Chunk.objects.filter(message__in=sent, done_at=None).count()
    return chunks + 1000 * Message.objects.filter(pk__in=sent, started_at=None).count()
while True:
    at = time.monotonic()
    sent.append(notify("students_only.note", to=many, params={{"number": len(sent)}}, link="/students_only").pk)
    slowest = max(slowest, time.monotonic() - at)
    if len(sent) == 1:
        print("notifying", flush=True)
    while (waiting := left()) > {PEOPLE // 1000 // 2} and not select.select([sys.stdin], [], [], 0.05)[0]:
        pass
    idle += waiting == 0
    if select.select([sys.stdin], [], [], 0)[0]:
        break
busy = time.monotonic() - started
done = sum(Chunk.objects.filter(message=message, done_at__isnull=False).count() for message in sent)
# While the worker still divides the last message, it writes chunks of it, and the message could not be deleted.
while left() and time.monotonic() - started < {DELIVERY_SECONDS}:
    time.sleep(0.1)
with inbox.client().pipeline(transaction=False) as pipeline:
    for person in people:
        base = inbox.key(f"inboxes:{{person}}")
        pipeline.unlink(*(f"{{base}}:{{part}}" for part in ("entries", "unread", "deleted", "building")))
    pipeline.execute()
Chunk.objects.filter(message__in=sent).delete()
Message.objects.filter(pk__in=sent)._raw_delete("default")
Recipient.objects.filter(message__in=sent)._raw_delete("default")
many._raw_delete("default")
print(json.dumps({{"messages": len(sent), "chunks": done, "seconds": busy, "slowest": slowest, "idle": idle}}))
"""

# Notifies one person for each line of its input.
NOTIFY_ONE = """
import json, sys, time
from core.people.models import Person
from services.notifications import notify
print("ready", flush=True)
for line in sys.stdin:
    one = json.loads(line)
    message = notify(one["kind"], to=Person.objects.get(pk=one["person"]), params={"number": one["number"]})
    print(json.dumps({"id": message.pk}), flush=True)
"""


class Program:
    """Code that runs in a container and exchanges lines with the test."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def read(self) -> str:
        return self.process.stdout.readline().strip()

    def request(self, **question: Any) -> dict[str, Any]:
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.read())


@contextlib.contextmanager
def running(process: subprocess.Popen[str]) -> Iterator[Program]:
    with process:
        program = Program(process)
        assert program.read() == "ready"
        try:
            yield program
        finally:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            process.wait(timeout=60)


@pytest.fixture
def notify_one(stack: Stack) -> Iterator[Program]:
    with running(stack.python_process(NOTIFY_ONE, service="intranet-server")) as program:
        yield program


def seconds_until_it_is_in_the_inbox(member: Member, program: Program, number: int) -> float:
    """Notify a person, and return how long it took from the call until the API showed it."""
    started = time.monotonic()
    message = program.request(kind="students_only.note", person=member.id, number=number)["id"]

    def is_in_the_inbox() -> bool:
        response = member.get("/api/notifications/?page_size=5")
        return bool(response) and message in [one["id"] for one in response.json()["results"]]

    wait_until(is_in_the_inbox, seconds=30, every=0.02)
    return time.monotonic() - started


def seconds_until_it_is_mailed(member: Member, program: Program, server: MailServer, number: int) -> float:
    started = time.monotonic()
    program.request(kind="students_only.alarm", person=member.id, number=number)

    def has_arrived() -> bool:
        return any(
            mail.recipients == (member.email,) and f"Alarm {number}" in mail.subject for mail in server.mails()[-50:]
        )

    wait_until(has_arrived, seconds=60, every=0.02)
    return time.monotonic() - started


def percentile(seconds: list[float], percent: int) -> float:
    return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1]


def test_one_person_waits_for_nobody(
    stack: Stack, members: list[Member], mail_server: MailServer, notify_one: Program, report: Report
) -> None:
    first_number = 1_000_000
    alone = [seconds_until_it_is_in_the_inbox(members[0], notify_one, first_number + n) for n in range(5)]
    mail_alone = [seconds_until_it_is_mailed(members[0], notify_one, mail_server, first_number + n) for n in range(3)]
    with running(stack.one_off(NOTIFY_MANY, service="intranet-server")) as many:
        assert many.read() == "notifying"
        inbox, mail = [], []
        for number in range(TRIES):
            inbox.append(seconds_until_it_is_in_the_inbox(members[number], notify_one, first_number + 10 + number))
            if number % (TRIES // MAILS) == 0:
                mail.append(seconds_until_it_is_mailed(members[number], notify_one, mail_server, first_number + number))
        many.process.stdin.close()
        output = many.process.stdout.read()
        assert many.process.wait(timeout=60) == 0, "it left its people behind"
        sent = json.loads(output)
    report(
        f"{PEOPLE} people get {sent['messages']} messages: {sent['chunks']} thousands of inboxes in "
        f"{sent['seconds']:.1f} s, the slowest call {sent['slowest']:.2f} s"
    )
    for what, seconds, before in (("in the inbox", inbox, alone), ("mailed", mail, mail_alone)):
        times = f"p50 {percentile(seconds, 50):.2f} s, p95 {percentile(seconds, 95):.2f} s"
        report(f"  one person meanwhile: {what} after {times} (before: {max(before):.2f} s), {len(seconds)} tries")
    assert not sent["idle"], "the worker had nothing to do meanwhile"
    assert percentile(inbox, 95) <= INBOX_SECONDS, inbox
    assert percentile(mail, 95) <= INBOX_SECONDS, mail
