"""A server that is killed comes back by itself, with its data, while the site goes on answering."""

import itertools
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.stack.outage import Requests
from tests.support.compose import RUNNING, SITES, TIER_I, Stack
from tests.support.visitor import Visitor, receive_update
from tests.support.waiting import wait_until

Visit = Callable[..., Visitor]

RECOVERED_SECONDS = 30
TRY_AGAIN_LATER = 4013

PAGES = ["/", "/api/portal/", "/api/polls/", "/api/notifications/", "/api/polls/draft/", "/polls/1/"]

# The inbox is made before, so that only a delivered notification is in it: one that is lost is made from the ledger.
TELL = """
import os
from core.people.models import Person
from services.notifications.actions import notification_send
from services.notifications.selectors import unread_count
reader = Person.objects.get(username="reader")
unread_count(reader.pk)
notification_send(people=[reader], app="polls", kind="closed", title=os.environ["TITLE"])
"""


def titles(reader: Visitor) -> list[str]:
    answer = reader.get("/api/notifications/")
    return [one["title"] for one in answer.json()["results"]] if answer.status == 200 else []


def tell(stack: Stack, title: str) -> None:
    stack.python(TELL, variables={"TITLE": title})


def restarts(stack: Stack, service: str) -> int:
    return stack.container(service)["RestartCount"]


def kill_and_wait(stack: Stack, service: str) -> float:
    """Kill it and wait until its restart policy has brought it back; how long that took, in seconds."""
    before, started = restarts(stack, service), time.monotonic()
    stack.kill(service)
    wait_until(lambda: restarts(stack, service) > before, seconds=RECOVERED_SECONDS)
    wait_until(lambda: stack.is_healthy(service), seconds=RECOVERED_SECONDS, every=0.3)
    return time.monotonic() - started


@pytest.fixture
def reader(visit: Visit, sessions: dict) -> Visitor:
    return visit("internet", "reader")


@pytest.fixture
def written(stack: Stack, reader: Visitor, request: pytest.FixtureRequest) -> SimpleNamespace:
    """What there is before an outage, in each of the stores that keep things."""
    name = request.node.callspec.params["service"]
    title = f"before {name} was killed"
    draft = {"question": f"Who killed {name}?", "choices": ["me", "you"]}
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
    assert reader.send("PUT", "/api/polls/draft/", draft).status == 200
    poll = reader.send("POST", "/api/polls/", {**draft, "closes_at": later})
    assert poll.status == 201
    assert reader.send("PUT", "/api/polls/draft/", draft).status == 200  # a poll that is made ends its draft
    tell(stack, title)
    wait_until(lambda: title in titles(reader))
    return SimpleNamespace(title=title, draft=draft, poll=poll.json())


def check_written(reader: Visitor, written: SimpleNamespace) -> None:
    assert reader.username == "reader", "the session"
    assert reader.get("/api/polls/draft/").json() == written.draft
    assert written.title in titles(reader)
    shown = reader.get(f"/api/polls/{written.poll['id']}/")
    assert (shown.status, shown.json()) == (200, written.poll)


@pytest.mark.parametrize("service", TIER_I)
def test_a_killed_server_comes_back_with_its_data_while_the_site_answers(
    stack: Stack, visit: Visit, reader: Visitor, written: SimpleNamespace, service: str
) -> None:
    with Requests([visit(site, "reader") for site in SITES], PAGES) as requests:
        wait_until(lambda: len(requests.answers) > 5)
        seconds = kill_and_wait(stack, service)
        answers = len(requests.answers)

        def is_recovered() -> bool:
            newest = requests.answers[answers:][-2 * len(PAGES) :]
            return len(newest) >= 2 * len(PAGES) and all(answer.status in {200, 204} for _, answer, _ in newest)

        wait_until(is_recovered, seconds=RECOVERED_SECONDS - seconds)
    requests.check()
    check_written(reader, written)
    print(f"{service}: back after {seconds:.1f} s; {len(requests.answers)} answers: {dict(requests.statuses)}")


@pytest.mark.parametrize("service", TIER_I)
def test_while_a_server_is_away_every_address_answers_well_formed(
    stack: Stack, visit: Visit, sessions: dict, service: str
) -> None:
    """Longer than a restart takes: it is held back, and each page asked for by a person and by an anonymous visitor."""
    stack.compose("stop", "--timeout=10", service)
    try:
        everybody = [visit(site, person) for site in SITES for person in ("reader", None)]
        requests = Requests(everybody, PAGES)
        requests.ask_all()
    finally:
        stack.compose("start", service)
        wait_until(lambda: stack.is_healthy(service), seconds=RECOVERED_SECONDS, every=0.3)
    requests.check(also={401})
    pages = [answer.status for address, answer, _ in requests.answers if address.endswith(("host/", "/polls/1/"))]
    assert set(pages) == {200}, "the pages need no server"


def test_sockets_hear_hints_again_after_the_channel_layer_was_killed(
    stack: Stack, visit: Visit, sessions: dict, poll
) -> None:
    """The first socket after it may be refused, or told to come again later, and does, as the page does."""
    kill_and_wait(stack, "channel-layer")
    voter, turns = visit("intranet", "reader"), itertools.cycle(poll.choices)

    def vote() -> None:
        assert voter.send("POST", f"/api/polls/{poll.id}/vote/", {"choice": next(turns)}).status == 200

    def hears(site: str) -> bool:
        try:
            with visit(site).socket(f"/ws/polls/{poll.id}/") as connection:
                return receive_update(connection, vote) == {"type": "poll.changed", "id": poll.id}
        except ConnectionClosed as closed:
            refusals.add(closed.rcvd.code)
        except InvalidStatus as refused:
            refusals.add(refused.response.status_code)
        return False

    refusals: set[int] = set()
    for site in SITES:
        wait_until(lambda site=site: hears(site), seconds=RECOVERED_SECONDS, every=0.5)
    assert refusals <= {TRY_AGAIN_LATER, 403}


def test_a_task_that_waits_outlives_the_broker(stack: Stack, reader: Visitor) -> None:
    title = "waits while the broker is killed"
    titles(reader)  # makes the inbox
    stack.compose("stop", "worker")
    try:
        tell(stack, title)
        kill_and_wait(stack, "message-broker")
        assert title not in titles(reader)
    finally:
        stack.compose("start", "worker")
    wait_until(lambda: title in titles(reader), seconds=60)
    wait_until(lambda: stack.is_healthy("worker"), seconds=60)


# A task that looks at the ledger waits while this holds it.
HOLD_LEDGER = """
from django.db import connection, transaction
from core.people.models import Person
from services.notifications.models import Notification
from services.notifications.selectors import unread_count
from services.notifications.tasks import deliver_notification
reader = Person.objects.get(username="reader")
unread_count(reader.pk)
notification = Notification.objects.create(person=reader, app="polls", kind="closed", title="its worker was killed")
with transaction.atomic(), connection.cursor() as cursor:
    cursor.execute(f"LOCK TABLE {Notification._meta.db_table} IN ACCESS EXCLUSIVE MODE")
    deliver_notification.delay(notification.pk)
    while True:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        print(cursor.fetchone()[0], flush=True)
        if input() == "let go":
            break
"""


@pytest.fixture
def held_ledger(stack: Stack) -> Iterator[subprocess.Popen[str]]:
    with stack.python_process(HOLD_LEDGER, service="scheduler") as process:
        yield process
        process.stdin.close()
        process.wait(timeout=20)


def test_a_killed_worker_s_task_runs_again(stack: Stack, reader: Visitor, held_ledger: subprocess.Popen[str]) -> None:
    def say(words: str) -> None:
        held_ledger.stdin.write(f"{words}\n")
        held_ledger.stdin.flush()

    def waiting() -> bool:
        """Whether the task is in the middle of its work."""
        number = json.loads(held_ledger.stdout.readline())
        say("go on" if number == 0 else "hold")
        return number > 0

    wait_until(waiting, seconds=20)
    stack.kill("worker")
    wait_until(lambda: restarts(stack, "worker") > 0, seconds=30)
    say("let go")
    wait_until(lambda: "its worker was killed" in titles(reader), seconds=60)
    wait_until(lambda: stack.is_healthy("worker"), seconds=60)


def test_everything_is_healthy_at_the_end(stack: Stack) -> None:
    wait_until(lambda: all(stack.is_healthy(service) for service in RUNNING), seconds=60, every=1)
