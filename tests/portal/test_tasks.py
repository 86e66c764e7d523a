"""Tasks on a real broker: a killed worker loses none, and a broker that is down does not hold up who sends one."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installation import Installation
from tests.support.processes import Process
from tests.support.servers import MessageBroker, RealServers
from tests.support.waiting import wait_until

# `.delay()` fails within this time, whatever has happened to the broker.
LONGEST_DELAY_SECONDS = 2.0

# Sends a task for each line of its input, `<task> <countdown> <argument>...`, and prints how that went. The first task
# opens the connection to the broker.
SENDER = """
import sys, time, django
django.setup()
from apps.recorder.tasks import record, record_and_wait
tasks = {"record": record, "record_and_wait": record_and_wait}
print("ready", flush=True)
for line in sys.stdin:
    name, countdown, *arguments = line.split()
    started = time.monotonic()
    try:
        tasks[name].apply_async(arguments, countdown=float(countdown) or None)
        outcome = "sent"
    except Exception as error:
        outcome = f"{type(error).__module__}.{type(error).__name__}: {error}"
    print(f"{time.monotonic() - started:.3f}", outcome, flush=True)
"""


class Sender:
    """A process of the portal that sends tasks."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def try_to_send(self, task: str, *arguments: object, countdown: float = 0) -> tuple[float, str]:
        """Send a task. Returns how many seconds that took, and "sent" or the error."""
        self.process.stdin.write(" ".join(map(str, [task, countdown, *arguments])) + "\n")
        self.process.stdin.flush()
        seconds, _, outcome = self.process.stdout.readline().strip().partition(" ")
        return float(seconds), outcome

    def send(self, task: str, *arguments: object, countdown: float = 0) -> None:
        _, outcome = self.try_to_send(task, *arguments, countdown=countdown)
        assert outcome == "sent"


@pytest.fixture(scope="module")
def sender(production: Installation) -> Iterator[Sender]:
    with subprocess.Popen(
        [production.python, "-c", SENDER],
        cwd=production.folder,
        env=production.environment() | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield Sender(process)
        finally:
            process.kill()


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


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """The file to which the tasks of a test write."""
    return tmp_path / "record"


def lines(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


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
