"""Notifications on real servers: what is lost on its way arrives within a minute, and inboxes are small."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.portal.conftest import MAINTAINER
from tests.support.installation import Installation, PortalServer
from tests.support.servers import RealServers, Server
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

PROMISED_SECONDS = 60  # once all parts are healthy

NOTIFY = f"""
from core.people.models import Person
from services.notifications import notify
notify("polls.closed", to=Person.objects.get(username="{MAINTAINER}"), params={{"question": "TITLE"}})
"""

# Fills inboxes as the portal does, and prints the bytes of the store for each: the inbox alone, and a content.
FILL_INBOXES = """
import json
from core.people.models import Person
from services.notifications import inbox
from services.notifications.models import Message
PEOPLE, ENTRIES = 300, 200
people = Person.objects.bulk_create(Person(username=f"full{number}") for number in range(PEOPLE))
def used():
    return inbox.client().info("memory")["used_memory"]
ids = [person.pk for person in people]
for person in ids:
    inbox.rebuild(person)
started = used()
for number in range(ENTRIES):
    # Ids of a portal that has sent millions of messages.
    message = Message(pk=4_000_000 + number * 17, app="polls", kind="closed", link="/polls/12345/")
    message.params = {"question": "Which day suits you best for the meeting of the committee of the institute?"}
    inbox.deliver(message, unread=ids, read=[])
full = used()
content = inbox.client().memory_usage(inbox.key(f"messages:{message.pk}"))
assert all(inbox.count_unread(person) == ENTRIES for person in ids)
print(json.dumps([(full - started) / PEOPLE - content * ENTRIES / PEOPLE, content]))
"""

# One transaction holds a chunk, as a second scheduler would. The other claims what is left, without waiting.
CLAIM_TWICE = """
import threading
from datetime import timedelta
from django.db import connection, transaction
from django.utils import timezone
from services.notifications import repeating
from services.notifications.models import Chunk, Message
message = Message.objects.create(app="polls", kind="closed", started_at=timezone.now())
before = timezone.now() - timedelta(minutes=5)
held, free = (
    Chunk.objects.create(message=message, first_person=place, last_person=place, sent_at=before) for place in (1, 2)
)
claimed = []
def claim():
    claimed.extend(chunk.pk for chunk in repeating.claim_chunks())
    connection.close()
with transaction.atomic():
    Chunk.objects.select_for_update().get(pk=held.pk)
    other = threading.Thread(target=claim)
    other.start()
    other.join(10)
    assert claimed == [free.pk], claimed
claim()
assert claimed == [free.pk, held.pk], claimed
claim()
assert len(claimed) == 2
Message.objects.filter(pk=message.pk).delete()
"""

# Takes the message of a task from the queue, and prints after how many milliseconds the broker drops it. The queue may
# hold tasks of other tests.
READ_EXPIRATION = """
from celery import current_app
from services.notifications import tasks
tasks.publish_chunk(1, of_many=True)
name = tasks.deliver_chunk_of_many.name
with current_app.connection_for_read() as connection, connection.channel() as channel:
    queue = next(one for one in current_app.conf.task_queues if one.name.endswith(".bulk")).bind(channel)
    queue.declare()
    while message := queue.get():
        if message.headers["task"] == name:
            print(message.properties["expiration"])
        message.ack()
"""


def run(production: Installation, program: str) -> str:
    return production.manage("shell", "--no-imports", "--command", program).stdout


def titles(visitor: Visitor) -> list[str]:
    response = visitor.get("/api/notifications/?page_size=200")
    assert response.status == 200, response.text
    return [one["title"] for one in response.json()["results"]]


@pytest.fixture
def store(real_servers: RealServers, production: Installation) -> Iterator[Server]:
    """The notification store, with the settings of its container."""
    server = real_servers["notification-store"]
    file = (production.folder / "infrastructure" / "redis" / "notification-store.conf").read_text()
    settings = dict(re.findall(r"^(maxmemory|zset-max-listpack-entries) (\S+)$", file, flags=re.MULTILINE))
    assert len(settings) == 2
    before = {name: server.run("CONFIG", "GET", name).split()[1] for name in settings}
    for name, value in settings.items():
        assert server.run("CONFIG", "SET", name, value) == "OK"
    yield server
    for name, value in before.items():
        server.run("CONFIG", "SET", name, value)


def test_twenty_thousand_full_inboxes_fit_into_the_store(
    production: Installation, store: Server, report: Callable[[str], None]
) -> None:
    inbox, content = json.loads(run(production, FILL_INBOXES))
    largest = int(store.run("CONFIG", "GET", "maxmemory").split()[1])
    report(f"A full inbox takes {inbox:.0f} bytes, and the content of a message {content}")
    assert 20_000 * inbox + 100_000 * content < largest
    assert inbox < 20 * 200  # bytes an entry, with its unread mark


def test_two_schedulers_claim_different_rows(production: Installation) -> None:
    run(production, CLAIM_TWICE)


def test_the_broker_drops_a_task_that_was_sent_again(production: Installation) -> None:
    assert run(production, READ_EXPIRATION).split()[-1] == "60000"


def test_a_store_that_forgot_the_scripts_gets_them_again(
    http_server: PortalServer, maintainer: Visitor, store: Server
) -> None:
    before = titles(maintainer)
    store.run("SCRIPT", "FLUSH")
    assert titles(maintainer) == before


@contextmanager
def full(store: Server) -> Iterator[None]:
    before = store.run("CONFIG", "GET", "maxmemory").split()[1]
    store.run("CONFIG", "SET", "maxmemory", "1")
    try:
        yield
    finally:
        store.run("CONFIG", "SET", "maxmemory", before)


@pytest.mark.long
@pytest.mark.parametrize("outage", ["broker is down", "store is down", "store is full", "store is lost"])
def test_a_notification_of_an_outage_arrives_once_within_a_minute_after_it(
    http_server: PortalServer,
    production: Installation,
    maintainer: Visitor,
    real_servers: RealServers,
    store: Server,
    outage: str,
    report: Callable[[str], None],
) -> None:
    title = f"sent while the {outage}"
    titles(maintainer)  # makes the inbox
    with production.worker() as worker, production.scheduler():
        worker.wait_until_it_prints(" ready.")
        match outage:
            case "broker is down":
                with real_servers["message-broker"].killed():
                    run(production, NOTIFY.replace("TITLE", title))
            case "store is down":
                with store.killed():
                    run(production, NOTIFY.replace("TITLE", title))
                    assert f"The poll has closed: {title}" in titles(maintainer)  # the database answers
            case "store is full":
                with full(store):
                    run(production, NOTIFY.replace("TITLE", title))
                    worker.wait_until_it_prints("OutOfMemoryError")
                    assert f"The poll has closed: {title}" not in titles(maintainer)
                    assert maintainer.get("/api/portal/").status == 200
            case "store is lost":
                store.run("FLUSHALL")
                run(production, NOTIFY.replace("TITLE", title))
        started = time.monotonic()
        wait_until(
            lambda: titles(maintainer).count(f"The poll has closed: {title}") == 1, seconds=PROMISED_SECONDS, every=0.5
        )
        report(f"{title}: in the inbox {time.monotonic() - started:.0f} s after it")
        unread = maintainer.get("/api/notifications/count/").json()["unread"]
        assert unread == maintainer.get("/api/portal/").json()["unread"]
        assert unread == len(maintainer.get("/api/notifications/?unread=1&page_size=200").json()["results"])
