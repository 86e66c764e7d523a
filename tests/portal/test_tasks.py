"""Tasks on a real broker: none is lost with its worker, and a broker that is away holds nobody up."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installation import Installation
from tests.support.servers import MessageBroker, RealServers
from tests.support.waiting import wait_until

# The promise: `.delay()` fails this soon, whatever became of the broker.
MOST_SECONDS = 2.0

SEND = """
import sys, time, django
django.setup()
from apps.trial.tasks import note, note_and_linger
name, *arguments = sys.argv[1:]
"""

SEND_ONE = SEND + "{'note': note, 'note_and_linger': note_and_linger}[name].delay(*arguments)"
SEND_LATER = SEND + "note.apply_async(arguments, countdown=float(name))"

# Sends one task so that its connection is warm; then one for each line that it is told, and tells how that went.
SEND_WARM = (
    SEND
    + """
note.delay(name, "warm")
print("warm", flush=True)
for line in sys.stdin:
    started = time.monotonic()
    try:
        note.delay(name, line.strip())
        outcome = "sent"
    except Exception as error:
        outcome = f"{type(error).__module__}.{type(error).__name__}: {error}"
    print(f"{time.monotonic() - started:.3f}", outcome, flush=True)
"""
)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """The file into which the trial's tasks write."""
    return tmp_path / "notes"


def lines(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def send(installation: Installation, program: str, *arguments: object) -> None:
    told = installation.with_variables(DJANGO_SETTINGS_MODULE="config.settings")
    told.run("python", "-c", program, *map(str, arguments))


@contextlib.contextmanager
def warm_sender(installation: Installation, path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has sent one task, and sends more as it is told."""
    with subprocess.Popen(
        [installation.python, "-c", SEND_WARM, str(path)],
        cwd=installation.folder,
        env=installation.environment() | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout.readline() == "warm\n"
            yield process
        finally:
            process.kill()


def send_again(process: subprocess.Popen[str]) -> tuple[float, str]:
    """How many seconds the next `.delay()` of a warm sender took, and what came of it."""
    process.stdin.write("again\n")
    process.stdin.flush()
    seconds, _, outcome = process.stdout.readline().strip().partition(" ")
    return float(seconds), outcome


def test_a_task_that_was_sent_is_done(production: Installation, notes: Path) -> None:
    with production.worker():
        send(production, SEND_ONE, "note", notes, "hello")
        wait_until(lambda: lines(notes) == ["hello"], seconds=30)


def test_a_task_waits_in_the_broker_for_a_worker(production: Installation, notes: Path) -> None:
    send(production, SEND_ONE, "note", notes, "early")
    with production.worker():
        wait_until(lambda: lines(notes) == ["early"], seconds=30)


def test_a_countdown_is_kept(production: Installation, notes: Path) -> None:
    with production.worker():
        send(production, SEND_ONE, "note", notes, "up")
        wait_until(lambda: lines(notes) == ["up"], seconds=30)
        started = time.monotonic()
        send(production, SEND_LATER, 3, notes, "later")
        wait_until(lambda: lines(notes) == ["up", "later"], seconds=30)
    assert time.monotonic() - started >= 3


def test_a_task_whose_process_was_killed_runs_again(production: Installation, notes: Path) -> None:
    with production.worker():
        send(production, SEND_ONE, "note_and_linger", notes)
        first = wait_until(lambda: lines(notes), seconds=30)
        os.kill(int(first[0]), signal.SIGKILL)
        wait_until(lambda: len(lines(notes)) == 2, seconds=30)
        Path(f"{notes}.may-end").touch()
        wait_until(lambda: lines(notes)[2:] == ["done"], seconds=30)
    assert len(set(lines(notes)[:2])) == 2  # another process did it again


def test_a_task_whose_whole_worker_was_killed_runs_in_the_next_one(production: Installation, notes: Path) -> None:
    with production.worker() as worker:
        send(production, SEND_ONE, "note_and_linger", notes)
        wait_until(lambda: lines(notes), seconds=30)
        worker.kill()
    Path(f"{notes}.may-end").touch()
    with production.worker():
        wait_until(lambda: lines(notes)[-1:] == ["done"], seconds=30)
    assert len(lines(notes)) == 3


def test_a_broker_that_refuses_connections_fails_delay_at_once(
    production: Installation, real_servers: RealServers, notes: Path
) -> None:
    with warm_sender(production, notes) as sender, real_servers["message-broker"].killed():
        seconds, outcome = send_again(sender)
    assert outcome.startswith("kombu.exceptions.OperationalError: "), outcome
    assert seconds < MOST_SECONDS


def test_a_broker_that_hangs_fails_delay_on_a_warm_connection(
    production: Installation, real_servers: RealServers, notes: Path
) -> None:
    broker = real_servers["message-broker"]
    assert isinstance(broker, MessageBroker)
    with warm_sender(production, notes) as sender, broker.hanging():
        seconds, outcome = send_again(sender)
    assert outcome.startswith("kombu.exceptions.OperationalError: "), outcome
    assert seconds < MOST_SECONDS


def test_a_broker_that_came_back_takes_tasks_again(
    production: Installation, real_servers: RealServers, notes: Path
) -> None:
    with production.worker(), warm_sender(production, notes) as sender:
        wait_until(lambda: lines(notes) == ["warm"], seconds=30)
        with real_servers["message-broker"].killed():
            pass
        # It may still be electing a leader for its queue: a first attempt may fail, in time.
        wait_until(lambda: send_again(sender)[1] == "sent", seconds=30, every=0.5)
        # A `.delay()` that failed may have sent its task all the same.
        wait_until(lambda: set(lines(notes)) == {"warm", "again"}, seconds=60)
