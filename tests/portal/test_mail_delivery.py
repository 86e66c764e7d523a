"""Mail on a real mail server: each mail arrives, whatever dies meanwhile, and all copies have one Message-ID."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.support.installation import Installation, PortalServer
from tests.support.network import HOST, free_port
from tests.support.servers import RealServers
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

SEND = """
from django.core.mail import EmailMessage
from core.mail.sending import send_later
for recipient in {recipients!r}:
    send_later(EmailMessage("Hello", "https://portal.example.edu/password/reset#secret", to=[recipient]))
"""

PRINT_MAILS = """
import json
from core.mail.models import Mail
rows = Mail.objects.filter(recipient__in={recipients!r}).order_by("pk")
fields = "recipient", "message_id", "tries", "error", "content", "sent_at", "given_up_at"
print("rows", json.dumps(list(rows.values(*fields)), default=str))
"""

# The time of the next attempt has come. The scheduler sends this task every 30 seconds.
LET_TIME_PASS = """
from django.utils import timezone
from core.mail.models import Mail
from core.mail.tasks import deliver_waiting_mail
Mail.objects.waiting().filter(recipient__in={recipients!r}).update(next_try_at=timezone.now())
deliver_waiting_mail.delay()
"""

# The same, but for mails that a worker is trying for the first time.
LET_PAUSES_PASS = LET_TIME_PASS.replace(".update(", '.exclude(tries__gt=0, error="").update(')

NOTIFY = """
from django.utils import timezone
from core.people.models import Person
from services.notifications import notify
person = Person.objects.filter(username="receiver").first() or Person.objects.create_user("receiver", {recipient!r})
for what in {whats!r}:
    notify("recorder.reminder", to=person, params={{"what": what}}, link="/recorder/")
"""

WAIT_OF_DIGEST = """
from django.utils import timezone
from services.notifications.models import MailDigest
digest = MailDigest.objects.filter(person__email={recipient!r}).first()
print("rows", round((digest.due_at - timezone.now()).total_seconds()) if digest else "null")
"""

IS_DELIVERED = """
from services.notifications.models import Chunk
print("rows", str(not Chunk.objects.filter(done_at__isnull=True).exists()).lower())
"""

COMPOSE = """
from django.utils import timezone
from services.notifications.models import MailDigest
from services.notifications.tasks import compose_mails
MailDigest.objects.filter(person__email={recipient!r}).update(due_at=timezone.now())
compose_mails.delay()
"""

# A message arrives for a person while a mail to this person is composed: before the composer looks for rows, or after.
NOTIFY_AND_COMPOSE = """
import json, re, threading
from datetime import timedelta
from django.db import connection
from core.mail.models import Mail
from core.people.models import Person
from core.testing.waiting import wait_until
from services.notifications import delivery, notify
from services.notifications.mail import composing, planning
from services.notifications.models import Chunk, MailDigest, MailItem

planning.DIGEST_WAIT = planning.MARGIN = timedelta(0)
person = Person.objects.create_user("twice", {recipient!r})
plan, delete = planning.plan, composing.delete
has_planned, may_commit = threading.Event(), threading.Event()

def send(what):
    message = notify("recorder.reminder", to=person, params={{"what": what}})
    delivery.deliver(Chunk.objects.get(message=message).pk)
    connection.close()

def plan_and_wait(chunk):
    number = plan(chunk)
    has_planned.set()
    assert may_commit.wait(20)
    return number

def waits_for_lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0]

def delete_while_another_is_written(items):
    composing.delete = delete
    thread.start()
    wait_until(waits_for_lock, seconds=20)
    delete(items)

# The second message is written, and not yet committed.
send("first")
delivery.plan = plan_and_wait
thread = threading.Thread(target=send, args=("second",))
thread.start()
assert has_planned.wait(20)
composed_meanwhile = composing.compose_digests()
may_commit.set()
thread.join()
delivery.plan = plan
composing.compose_digests()

# The third message is being mailed when the fourth is written.
send("third")
composing.delete = delete_while_another_is_written
thread = threading.Thread(target=send, args=("fourth",))
composing.compose_digests()
thread.join()
composing.compose_digests()

mails = Mail.objects.filter(recipient={recipient!r}).order_by("pk")
found = [re.findall(r"Reminder: (\\w+)", mail.message().body) for mail in mails]
left = MailItem.objects.filter(person=person).count() + MailDigest.objects.filter(person=person).count()
mails.delete()
print("rows", json.dumps([composed_meanwhile, found, left]))
"""


@dataclass
class Mailbox:
    """The handler of aiosmtpd. It keeps each mail that it accepts, and answers as a test wants."""

    mails: list[tuple[str, bytes]] = field(default_factory=list)  # recipient and bytes, in the order of arrival
    answers: dict[str, str] = field(default_factory=dict)  # recipient → answer to RCPT
    answers_to_data: dict[str, str] = field(default_factory=dict)
    keeps_client_waiting: bool = False  # it keeps mails and does not say so

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        (recipient,) = envelope.rcpt_tos
        if answer := self.answers_to_data.get(recipient):
            return answer
        self.mails.append((recipient, envelope.content))
        while self.keeps_client_waiting:
            await asyncio.sleep(0.05)
        return "250 kept"

    def message_ids(self, recipient: str) -> list[str]:
        return [str(message_from_bytes(mail)["Message-ID"]) for to, mail in self.mails if to == recipient]


class RealMailServer:
    """aiosmtpd on one port, which can be stopped and started."""

    def __init__(self) -> None:
        self.mailbox = Mailbox()
        self.port = free_port()
        self.controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://{HOST}:{self.port}?security=none"

    def start(self) -> None:
        self.controller = Controller(self.mailbox, hostname=HOST, port=self.port)
        self.controller.start()

    def stop(self) -> None:
        self.mailbox.keeps_client_waiting = False
        if self.controller:
            self.controller.stop()
            self.controller = None


@pytest.fixture
def server() -> Iterator[RealMailServer]:
    server = RealMailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def mailing(production: Installation, server: RealMailServer) -> Installation:
    """The portal in production, whose mail server is `server`."""
    return production.with_variables(MAIL_URL=server.url)


@pytest.fixture
def addresses(request: pytest.FixtureRequest) -> list[str]:
    """Addresses that no other test uses: the tests share one database."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[:50]
    return [f"{name}-{number}@example.edu" for number in range(3)]


def execute(portal: Installation, program: str, **values: Any) -> Any:
    """Run a program in the portal. Returns the JSON that it prints after `rows`."""
    output = portal.manage("shell", "--no-imports", "--command", program.format(**values)).stdout
    found = re.search(r"(?m)^rows (.*)$", output)
    return json.loads(found[1]) if found else None


def rows_of(portal: Installation, recipients: list[str]) -> list[dict[str, Any]]:
    return execute(portal, PRINT_MAILS, recipients=recipients)


def test_a_dead_mail_server_delays_each_mail_and_loses_and_repeats_none(
    mailing: Installation, server: RealMailServer, addresses: list[str]
) -> None:
    server.stop()
    with mailing.worker():
        execute(mailing, SEND, recipients=addresses)
        rows = wait_until(
            lambda: (rows := rows_of(mailing, addresses)) and any(row["error"] for row in rows) and rows, seconds=60
        )
        assert all(row["sent_at"] is None and "secret" not in row["content"] for row in rows)
        server.start()

        def have_arrived() -> bool:
            # Again and again: an attempt from before may end only now, and then waits for half a minute.
            execute(mailing, LET_PAUSES_PASS, recipients=addresses)
            return len(server.mailbox.mails) >= len(addresses)

        wait_until(have_arrived, seconds=60, every=3)
        after = wait_until(
            lambda: (rows := rows_of(mailing, addresses)) and all(row["sent_at"] for row in rows) and rows, seconds=60
        )
        execute(mailing, LET_TIME_PASS, recipients=addresses)
    assert all(row["content"] == "" for row in after)
    arrived = {address: server.mailbox.message_ids(address) for address in addresses}
    assert arrived == {row["recipient"]: [row["message_id"]] for row in rows}


def test_a_worker_that_is_killed_before_it_can_note_what_it_sent_repeats_the_mail_with_its_message_id(
    mailing: Installation, server: RealMailServer, addresses: list[str]
) -> None:
    address = addresses[0]
    server.mailbox.keeps_client_waiting = True
    with mailing.worker() as worker:
        execute(mailing, SEND, recipients=[address])
        wait_until(lambda: address in [to for to, _ in server.mailbox.mails], seconds=60)
        worker.kill()
    server.mailbox.keeps_client_waiting = False
    with mailing.worker():
        execute(mailing, LET_TIME_PASS, recipients=[address])
        (row,) = wait_until(lambda: (rows := rows_of(mailing, [address])) and rows[0]["sent_at"] and rows, seconds=60)
    assert server.mailbox.message_ids(address) == [row["message_id"]] * 2


def test_mail_is_sent_by_the_scheduler_when_the_broker_was_down(
    mailing: Installation, server: RealMailServer, real_servers: RealServers, addresses: list[str]
) -> None:
    with real_servers["message-broker"].killed():
        execute(mailing, SEND, recipients=addresses)
    assert [row["tries"] for row in rows_of(mailing, addresses)] == [0, 0, 0]
    with mailing.worker(), mailing.scheduler():
        wait_until(lambda: {to for to, _ in server.mailbox.mails} >= set(addresses), seconds=120)
    assert all(len(server.mailbox.message_ids(address)) == 1 for address in addresses)


def test_a_temporary_refusal_is_tried_again_and_a_permanent_one_is_given_up(
    mailing: Installation, server: RealMailServer, addresses: list[str]
) -> None:
    later, never, spam = addresses
    server.mailbox.answers = {later: "450 4.2.0 Greylisted", never: "550 5.1.1 No such user"}
    server.mailbox.answers_to_data = {spam: "554 5.7.1 This looks like spam"}
    with mailing.worker():
        execute(mailing, SEND, recipients=addresses)
        rows = wait_until(
            lambda: (rows := rows_of(mailing, addresses)) and all(row["error"] for row in rows) and rows, seconds=60
        )
        assert [(row["error"].partition("answered ")[2], bool(row["given_up_at"])) for row in rows] == [
            ("450 4.2.0 Greylisted", False),
            ("550 5.1.1 No such user", True),
            ("554 5.7.1 This looks like spam", True),
        ]
        server.mailbox.answers, server.mailbox.answers_to_data = {}, {}
        execute(mailing, LET_TIME_PASS, recipients=addresses)
        wait_until(lambda: server.mailbox.message_ids(later), seconds=60)
    assert server.mailbox.message_ids(later) == [rows[0]["message_id"]]
    assert not server.mailbox.message_ids(never) + server.mailbox.message_ids(spam)


def test_three_notifications_are_one_mail_after_ten_minutes_that_one_click_turns_off(
    mailing: Installation,
    server: RealMailServer,
    addresses: list[str],
    http_server: PortalServer,
    visit: Callable[..., Visitor],
) -> None:
    recipient = addresses[0]
    with mailing.worker():
        execute(mailing, NOTIFY, recipient=recipient, whats=["one", "two", "three"])
        wait = wait_until(lambda: execute(mailing, WAIT_OF_DIGEST, recipient=recipient), seconds=60)
        assert 590 <= wait <= 630
        execute(mailing, COMPOSE, recipient=recipient)
        wait_until(lambda: server.mailbox.message_ids(recipient), seconds=60)
        ((_, content),) = [mail for mail in server.mailbox.mails if mail[0] == recipient]
        head = content.split(b"\r\n\r\n")[0].decode()
        path = re.search(r"(?m)^List-Unsubscribe: <https://[^/]+(/api/portal/unsubscribe/\S+/)>\r?$", head)
        assert path, head
        assert re.search(r"(?m)^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r?$", head)
        mail = message_from_bytes(content, policy=default)
        text = mail.get_body(("plain",)).get_content()
        assert re.findall(r"Reminder: (\w+)", text) == ["three", "two", "one"]
        assert "https://" in mail.get_body(("html",)).get_content()

        # As a mail provider's server does it: without cookies, and with this body.
        anonymous = visit(http_server)
        assert anonymous.get(path[1]).status == 200
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        assert anonymous.request("POST", path[1], body="List-Unsubscribe=One-Click", headers=headers).status == 200
        execute(mailing, NOTIFY, recipient=recipient, whats=["four"])
        wait_until(lambda: execute(mailing, IS_DELIVERED), seconds=60)
        assert execute(mailing, WAIT_OF_DIGEST, recipient=recipient) is None
    assert len(server.mailbox.message_ids(recipient)) == 1


def test_a_notification_that_arrives_while_a_mail_is_composed_is_in_one_mail(
    production: Installation, addresses: list[str]
) -> None:
    composed_meanwhile, mails, rows_left = execute(production, NOTIFY_AND_COMPOSE, recipient=addresses[0])
    assert composed_meanwhile == 0
    assert mails == [["second", "first"], ["third"], ["fourth"]]
    assert rows_left == 0


def test_the_command_says_what_became_of_a_test_mail(
    mailing: Installation, server: RealMailServer, addresses: list[str]
) -> None:
    with mailing.worker():
        done = mailing.manage("send_test_mail", addresses[0])
        assert "The mail server has taken the mail" in done.stdout
        assert server.mailbox.message_ids(addresses[0])
        server.mailbox.answers = {addresses[1]: "550 5.1.1 No such user"}
        failed = mailing.manage("send_test_mail", addresses[1], check=False)
        assert failed.returncode == 1
        assert "550 5.1.1 No such user" in failed.stderr
    failed = mailing.manage("send_test_mail", addresses[2], "--seconds", "1", check=False)
    assert failed.returncode == 1
    assert "No worker has sent the mail within 1 seconds" in failed.stderr
    assert rows_of(mailing, addresses[1:]) == []
