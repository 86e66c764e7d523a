"""`make demo`, as the README shows it: a portal in a browser, and nothing left when it ends."""

import os
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.support.network import HOST, free_port
from tests.support.processes import Process, clean_environment
from tests.support.waiting import wait_until

FIRST_BYTE_SECONDS = 15  # of a second run; the first one installs and builds for minutes


@pytest.fixture
def start(portal: Path, tmp_path: Path) -> Iterator[Callable[[int], Process]]:
    """`start(port)` runs `make demo`, on the portal under test where it is one that is kept."""
    demo = portal.parent if "PORTAL_UNDER_TEST" in os.environ else REPOSITORY / "var" / "demo"
    started = []

    def start(port: int) -> Process:
        command = ["make", "demo", f"PORT={port}", f"DEMO={demo}"]
        log = tmp_path / f"demo-{len(started)}.log"
        started.append(Process(command, folder=REPOSITORY, environment=clean_environment(), log=log))
        return started[-1]

    yield start
    for process in started:
        process.stop()


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/", timeout=2) as response:
            return response.status == 200 and b"<html" in response.read().lower()
    except OSError:
        return False


def end(process: Process) -> None:
    process.interrupt()
    process.popen.wait(timeout=15)
    wait_until(lambda: not process.alive(), seconds=5)


def test_a_demo_is_served_shows_its_accounts_and_ends_with_all_that_it_started(start: Callable[[int], Process]) -> None:
    port = free_port()
    process = start(port)
    process.wait_until(lambda: answers(port), "served its first page", seconds=300)
    process.wait_until_it_prints(f"http://{HOST}:{port}/")
    for account in ["maintainer", "faculty", "student", "guest"]:
        assert process.prints(f"welcome-{account}")
    end(process)
    assert "Traceback" not in process.output()

    again = start(port)
    began = time.monotonic()
    again.wait_until(lambda: answers(port), "served its first page", seconds=FIRST_BYTE_SECONDS)
    seconds = time.monotonic() - began
    end(again)
    assert seconds < FIRST_BYTE_SECONDS
    assert "Building" not in again.output()
    assert "Installing" not in again.output()


def test_a_port_that_is_taken_is_named(start: Callable[[int], Process]) -> None:
    port = free_port()
    first = start(port)
    first.wait_until(lambda: answers(port), "served its first page", seconds=300)
    second = start(port)
    assert second.popen.wait(timeout=60) != 0
    assert f"Port {port} of {HOST} is taken" in second.output()
    end(first)
