"""Tasks on a real broker: a killed worker loses none, and a broker that is down does not hold up who sends one."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installation import Installation
from tests.support.processes import Process
from tests.support.servers import MessageBroker, RealServers
from tests.support.tasks import Sender, lines
from tests.support.waiting import wait_until

# `.delay()` fails within this time, whatever has happened to the broker.
LONGEST_DELAY_SECONDS = 2.0


@contextlib.contextmanager
def ready_worker(production: Installation) -> Iterator[Process]:
    with production.worker() as worker:
        worker.wait_until_it_prints(" ready.")
        yield worker


@pytest.fixture(scope="module")
def worker(production: Installation) -> Iterator[Process]:
    """A worker for the tests that do not end it."""
    with ready_worker(production) as worker:
        yield worker


def test_a_task_waits_in_the_broker_until_a_worker_starts(
    production: Installation, sender: Sender, record: Path
) -> None:
    sender.send("record", record, "early")
    with production.worker():
        wait_until(lambda: lines(record) == ["early"], seconds=30)


def test_a_task_whose_worker_was_killed_runs_in_the_next_worker(
    production: Installation, sender: Sender, record: Path
) -> None:
    with production.worker() as worker:
        sender.send("record_and_wait", record)
        wait_until(lambda: lines(record), seconds=30)
        worker.kill()
    Path(f"{record}.may-end").touch()
    with production.worker():
        wait_until(lambda: lines(record)[-1:] == ["done"], seconds=30)
    assert len(lines(record)) == 3


@pytest.mark.usefixtures("worker")
def test_a_task_whose_process_was_killed_runs_again_in_another(sender: Sender, record: Path) -> None:
    sender.send("record_and_wait", record)
    first = wait_until(lambda: lines(record), seconds=30)
    os.kill(int(first[0]), signal.SIGKILL)
    wait_until(lambda: len(lines(record)) == 2, seconds=30)
    Path(f"{record}.may-end").touch()
    wait_until(lambda: lines(record)[2:] == ["done"], seconds=30)
    assert len(set(lines(record)[:2])) == 2


@pytest.mark.usefixtures("worker")
def test_a_task_with_a_countdown_runs_after_it(sender: Sender, record: Path) -> None:
    started = time.monotonic()
    sender.send("record", record, "later", countdown=2)
    sender.send("record", record, "now")
    wait_until(lambda: lines(record) == ["now", "later"], seconds=30)
    assert time.monotonic() - started >= 2


@pytest.mark.usefixtures("worker")
def test_of_two_schedulers_only_one_has_its_periodic_tasks_done(production: Installation) -> None:
    record = production.folder / "var" / "schedulers"
    record.touch()
    with production.scheduler() as first, production.scheduler() as second:
        for scheduler in (first, second):
            wait_until(lambda one=scheduler: one.output().count("(recorder.record_scheduler)") >= 3, seconds=60)
        wait_until(lambda: len(lines(record)) >= 3, seconds=30)
    assert len(set(lines(record))) == 1
    record.unlink()


def test_a_broker_that_hangs_fails_delay_within_its_time(
    sender: Sender, real_servers: RealServers, record: Path
) -> None:
    broker = real_servers["message-broker"]
    assert isinstance(broker, MessageBroker)
    sender.send("record", record, "before")
    with broker.suspended():
        seconds, outcome = sender.try_to_send("record", record, "meanwhile")
    assert outcome.startswith("kombu.exceptions.OperationalError: "), outcome
    assert seconds < LONGEST_DELAY_SECONDS


@pytest.mark.usefixtures("worker")
def test_a_broker_that_is_down_fails_delay_at_once_and_takes_tasks_when_it_is_back(
    sender: Sender, real_servers: RealServers, record: Path
) -> None:
    sender.send("record", record, "before")
    wait_until(lambda: "before" in lines(record), seconds=30)
    with real_servers["message-broker"].killed():
        seconds, outcome = sender.try_to_send("record", record, "meanwhile")
    assert outcome.startswith("kombu.exceptions.OperationalError: "), outcome
    assert seconds < LONGEST_DELAY_SECONDS
    # The broker may still be electing the leader of its queue. Until then `.delay()` may fail, within its time.
    wait_until(lambda: sender.try_to_send("record", record, "after")[1] == "sent", seconds=30, every=0.5)
    wait_until(lambda: "after" in lines(record), seconds=60)
    # A `.delay()` that failed may have sent its task.
    assert set(lines(record)) <= {"before", "meanwhile", "after"}
