"""Sends notifications from a container of its own, and says what the database has of them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from tests.support.compose import Stack
from tests.support.members import Member

APP = "students_only"  # tests/stack/apps/students_only/manifest.yaml declares the kinds
NOTE, ALARM, BULLETIN = "note", "alarm", "bulletin"

# A note to some people each second, an urgent e-mail to a few every other second, and a bulletin to an audience now and
# then. A call that raised an error is repeated with the same key until it returns. The loop ends with its input.
SEND = """
import json, random, select, sys, time
from django.db import connection
from core.people.models import Person
from core.plugins.manifest import Audience
from services.notifications import notify
options = json.loads(input())
people = list(Person.objects.filter(pk__in=options["people"]))
calls, errors, slowest, repeated = 0, {}, 0.0, 0
waiting = []
print("ready", flush=True)
number, is_ending = 0, False
while not (is_ending and not waiting):
    is_ending = is_ending or bool(select.select([sys.stdin], [], [], 1 if not waiting else 0.3)[0])
    if not is_ending:
        number += 1
        waiting.append(("note", random.sample(people, options["each"]), number))
        if number % 2:
            waiting.append(("alarm", random.sample(people, options["mails"]), number))
        if number % 10 == 5:
            waiting.append(("bulletin", Audience(roles=[options["role"]]), number))
    for one in list(waiting):
        kind, to, of = one
        key, started = f"{options['run']}-{of}", time.monotonic()
        try:
            notify(f"students_only.{kind}", to=to, params={"number": of}, link="/students_only", key=key)
        except Exception as error:
            errors[type(error).__name__] = errors.get(type(error).__name__, 0) + 1
            connection.close()
            repeated += 1
            break
        calls += 1
        slowest = max(slowest, time.monotonic() - started)
        waiting.remove(one)
print(json.dumps({"calls": calls, "errors": errors, "repeated": repeated, "slowest": slowest}), flush=True)
"""

# The messages of the app that the database has, and each person's newest ones.
COMMITTED = """
import json, os
from services.notifications.models import Message, Recipient
people, bound = json.loads(os.environ["PEOPLE"]), int(os.environ["BOUND"])
inboxes = {person: [] for person in people}
rows = Recipient.objects.filter(person__in=people, is_hidden=False).order_by("-message_id")
for person, message in rows.values_list("person_id", "message_id"):
    if len(inboxes[person]) < bound:
        inboxes[person].append(message)
messages = Message.objects.filter(recipients__person__in=people).distinct()
messages = list(messages.values("id", "app", "kind", "params", "key"))
addressed = {}
for message, person in Recipient.objects.filter(person__in=people).values_list("message_id", "person_id"):
    addressed.setdefault(message, []).append(person)
pending = Message.objects.filter(started_at=None).count()
print(json.dumps({"inboxes": inboxes, "messages": messages, "addressed": addressed, "pending": pending}))
"""


@dataclass(frozen=True)
class Message:
    """A message that was committed, and the people that it is for."""

    id: int
    app: str
    kind: str
    params: dict[str, Any]
    key: str
    people: frozenset[int]


@dataclass(frozen=True)
class Committed:
    messages: list[Message]
    inboxes: dict[int, list[int]]  # person → messages, newest first, up to the bound of an inbox
    pending: int  # messages whose people are not all known yet

    def of_kind(self, kind: str) -> list[Message]:
        return [message for message in self.messages if (message.app, message.kind) == (APP, kind)]


def committed(stack: Stack, members: Sequence[Member], *, bound: int = 200) -> Committed:
    """Return what the database has for these people."""
    variables = {"PEOPLE": json.dumps([member.id for member in members]), "BOUND": str(bound)}
    found = stack.python(COMMITTED, variables=variables)
    messages = [
        Message(**message, people=frozenset(found["addressed"][str(message["id"])])) for message in found["messages"]
    ]
    inboxes = {int(person): inbox for person, inbox in found["inboxes"].items()}
    return Committed(messages, inboxes, found["pending"])


class Notifier:
    """Sends notifications to members until the block ends. `result` then says how often, and what failed."""

    def __init__(self, stack: Stack, members: Sequence[Member], *, run: str, role: str) -> None:
        self.options = {"people": [member.id for member in members], "each": 20, "mails": 5, "run": run, "role": role}
        self.stack = stack
        self.result: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self.process = self.stack.one_off(SEND, service="intranet-server")
        self.send_line(json.dumps(self.options))
        line = self.process.stdout.readline()
        assert line == "ready\n", f"the notifier did not start: {line!r}"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self.process:
            try:
                self.send_line("end")
                output, _ = self.process.communicate(timeout=60)
                self.result = json.loads(output.splitlines()[-1]) if output else {}
            except subprocess.TimeoutExpired:
                self.process.kill()
                if kind is None:
                    raise

    def send_line(self, line: str) -> None:
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
