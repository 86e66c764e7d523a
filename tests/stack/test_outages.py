"""A killed server restarts by itself with its data, and the portal answers meanwhile."""

import itertools
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from tests.stack.outage import Requests
from tests.support.compose import RUNNING, SITES, TIER_I, Stack
from tests.support.visitor import Visitor, receive_topics, subscribe
from tests.support.waiting import wait_until

Visit = Callable[..., Visitor]

RECOVERED_SECONDS = 30

CLOSED = "The poll has closed: "  # the title of the notifications, before the question

PAGES = ["/", "/api/portal/", "/api/polls/", "/api/notifications/", "/api/polls/draft/", "/polls/1/"]

# `unread_count` creates the inbox first, so that only a delivery adds to it. A missing inbox is filled from PostgreSQL.
SEND_NOTIFICATION = """
import os
from core.people.models import Person
from services.notifications import notify
from services.notifications.selectors import unread_count
reader = Person.objects.get(username="reader")
unread_count(reader.pk)
notify("polls.closed", to=reader, params={"question": os.environ["TITLE"]})
"""


def titles(reader: Visitor) -> list[str]:
    response = reader.get("/api/notifications/")
    results = response.json()["results"] if response.status == 200 else []
    return [one["title"].removeprefix(CLOSED) for one in results]


def send_notification(stack: Stack, title: str) -> None:
    stack.python(SEND_NOTIFICATION, variables={"TITLE": title})


def restarts(stack: Stack, service: str) -> int:
    return stack.container(service)["RestartCount"]


def kill_and_wait(stack: Stack, service: str) -> float:
    """Kill a server, wait until its restart policy has restarted it, and return the seconds that this took."""
    before, started = restarts(stack, service), time.monotonic()
    stack.kill(service)
    wait_until(lambda: restarts(stack, service) > before, seconds=RECOVERED_SECONDS)
    wait_until(lambda: stack.is_healthy(service), seconds=RECOVERED_SECONDS, every=0.3)
    return time.monotonic() - started


@pytest.fixture
def reader(visit: Visit, sessions: dict) -> Visitor:
    return visit("internet", "reader")


@pytest.fixture
def stored(stack: Stack, reader: Visitor, request: pytest.FixtureRequest) -> SimpleNamespace:
    """Store a session, a draft, a poll and a notification before the outage, and return them."""
    name = request.node.callspec.params["service"]
    title = f"before {name} was killed"
    draft = {"question": f"Who killed {name}?", "choices": ["me", "you"]}
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
    assert reader.send("PUT", "/api/polls/draft/", draft).status == 200
    poll = reader.send("POST", "/api/polls/", {**draft, "closes_at": later})
    assert poll.status == 201
    saved = reader.send("PUT", "/api/polls/draft/", draft)  # creating a poll deletes its draft
    assert saved.status == 200
    send_notification(stack, title)
    wait_until(lambda: title in titles(reader))
    # The store of drafts writes to its file a moment later, and promises no more.
    wait_until(lambda: "aof_buffer_length:0" in stack.redis("application-store", "portal", "INFO", "persistence"))
    return SimpleNamespace(title=title, draft=saved.json(), poll=poll.json())


def check_stored(reader: Visitor, stored: SimpleNamespace) -> None:
    assert reader.username == "reader", "the session is lost"
    assert reader.get("/api/polls/draft/").json() == stored.draft
    assert stored.title in titles(reader)
    response = reader.get(f"/api/polls/{stored.poll['id']}/")
    assert (response.status, response.json()) == (200, stored.poll)


@pytest.mark.parametrize("service", TIER_I)
def test_a_killed_server_comes_back_with_its_data_while_the_site_answers(
    stack: Stack, visit: Visit, reader: Visitor, stored: SimpleNamespace, service: str
) -> None:
    with Requests([visit(site, "reader") for site in SITES], PAGES) as requests:
        wait_until(lambda: len(requests.responses) > 5)
        seconds = kill_and_wait(stack, service)
        responses = len(requests.responses)

        def is_recovered() -> bool:
            newest = requests.responses[responses:][-2 * len(PAGES) :]
            return len(newest) >= 2 * len(PAGES) and all(response.status in {200, 204} for _, response, _ in newest)

        wait_until(is_recovered, seconds=RECOVERED_SECONDS - seconds)
    requests.check()
    check_stored(reader, stored)
    print(f"{service}: back after {seconds:.1f} s; {len(requests.responses)} responses: {dict(requests.statuses)}")


@pytest.mark.parametrize("service", TIER_I)
def test_while_a_server_is_stopped_every_path_returns_a_well_formed_response(
    stack: Stack, visit: Visit, sessions: dict, service: str
) -> None:
    """The server stays stopped for longer than a restart takes. A person and an anonymous visitor request each path."""
    stack.compose("stop", "--timeout=10", service)
    try:
        visitors = [visit(site, person) for site in SITES for person in ("reader", None)]
        requests = Requests(visitors, PAGES)
        requests.send_all()
    finally:
        stack.compose("start", service)
        wait_until(lambda: stack.is_healthy(service), seconds=RECOVERED_SECONDS, every=0.3)
    requests.check(also={401})
    pages = [response.status for url, response, _ in requests.responses if url.endswith(("host/", "/polls/1/"))]
    assert set(pages) == {200}, "a page depends on the server"


def test_sockets_stay_open_when_the_channel_layer_is_killed(stack: Stack, visit: Visit, sessions: dict, poll) -> None:
    """They get an update of each topic, because some may be missing, and then those that are published."""
    voter, choices, topic = visit("intranet", "reader"), itertools.cycle(poll.choices), f"polls:{poll.id}"
    with visit("intranet").socket("/ws/portal/") as intranet, visit("internet").socket("/ws/portal/") as internet:
        for connection in (intranet, internet):
            assert subscribe(connection, topic) == {"subscribed": [topic]}
        kill_and_wait(stack, "channel-layer")
        for connection in (intranet, internet):
            assert receive_topics(connection) == {topic}
        assert voter.send("PUT", f"/api/polls/{poll.id}/vote/", {"choice": next(choices)}).status == 200
        for connection in (intranet, internet):
            assert receive_topics(connection) == {topic}


def test_a_queued_task_survives_the_death_of_the_broker(stack: Stack, reader: Visitor) -> None:
    title = "waits while the broker is killed"
    titles(reader)  # creates the inbox
    stack.compose("stop", "worker")
    try:
        send_notification(stack, title)
        kill_and_wait(stack, "message-broker")
        assert title not in titles(reader)
    finally:
        stack.compose("start", "worker")
    wait_until(lambda: title in titles(reader), seconds=60)
    wait_until(lambda: stack.is_healthy("worker"), seconds=60)


# A task that reads the table of recipients waits while this program locks it. It prints how many locks are waited for.
LOCK_NOTIFICATIONS = """
from django.db import connection, transaction
from core.people.models import Person
from services.notifications import notify, tasks
from services.notifications.models import Recipient
from services.notifications.selectors import unread_count
reader = Person.objects.get(username="reader")
unread_count(reader.pk)
later = []
tasks.publish_chunk = later.append
notify("polls.closed", to=reader, params={"question": "its worker was killed"})
with transaction.atomic(), connection.cursor() as cursor:
    cursor.execute(f"LOCK TABLE {Recipient._meta.db_table} IN ACCESS EXCLUSIVE MODE")
    tasks.deliver_chunk.delay(*later)
    while True:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        print(cursor.fetchone()[0], flush=True)
        if input() == "unlock":
            break
"""


@pytest.fixture
def locked_notifications(stack: Stack) -> Iterator[subprocess.Popen[str]]:
    with stack.python_process(LOCK_NOTIFICATIONS, service="internet-server") as process:
        yield process
        process.stdin.close()
        process.wait(timeout=20)


def test_a_killed_worker_s_task_runs_again(
    stack: Stack, reader: Visitor, locked_notifications: subprocess.Popen[str]
) -> None:
    def send_line(line: str) -> None:
        locked_notifications.stdin.write(f"{line}\n")
        locked_notifications.stdin.flush()

    def is_task_waiting() -> bool:
        """Return whether the task has started and waits for the table."""
        number = json.loads(locked_notifications.stdout.readline())
        send_line("count again" if number == 0 else "wait")
        return number > 0

    wait_until(is_task_waiting, seconds=20)
    stack.kill("worker")
    wait_until(lambda: restarts(stack, "worker") > 0, seconds=30)
    send_line("unlock")
    wait_until(lambda: "its worker was killed" in titles(reader), seconds=60)
    wait_until(lambda: stack.is_healthy("worker"), seconds=60)


def test_every_service_is_healthy_after_the_outages(stack: Stack) -> None:
    wait_until(lambda: all(stack.is_healthy(service) for service in RUNNING), seconds=60, every=1)
