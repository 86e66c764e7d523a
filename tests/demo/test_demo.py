"""`make demo`, as the README shows it: it serves a portal, and leaves no process when it ends."""

import os
import re
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.support.network import HOST, free_port
from tests.support.processes import Process, clean_environment
from tests.support.waiting import wait_until

FIRST_BYTE_SECONDS = 15  # of a second run, on a machine that also runs other tests; benchmarks/demo.py has the promise


@pytest.fixture
def start(portal: Path, tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """`start(port)` runs `make demo`, in the folder of the portal under test when PORTAL_UNDER_TEST names one.

    `folder=` is another one.
    """
    demo = portal.parent if "PORTAL_UNDER_TEST" in os.environ else REPOSITORY / "var" / "demo"
    started = []

    def start(port: int, *, folder: Path = demo) -> Process:
        command = ["make", "demo", f"PORT={port}", f"DEMO={folder}"]
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


def test_a_demo_is_served_and_shows_its_accounts_and_leaves_no_process(start: Callable[..., Process]) -> None:
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


@pytest.mark.long
def test_a_first_demo_installs_builds_and_serves(start: Callable[..., Process], tmp_path: Path) -> None:
    """In an empty folder, so that nothing is installed or built yet."""
    port = free_port()
    process = start(port, folder=tmp_path / "demo")
    process.wait_until(lambda: answers(port), "served its first page", seconds=300)
    with urllib.request.urlopen(f"http://{HOST}:{port}/", timeout=5) as response:
        (script,) = re.findall(r'src="?(/static/frontend/shell\.[^"\s>]+)', response.read().decode())
    with urllib.request.urlopen(f"http://{HOST}:{port}{script}", timeout=5) as response:
        assert response.status == 200
    end(process)


def test_ctrl_c_while_it_installs_leaves_no_process(start: Callable[..., Process], tmp_path: Path) -> None:
    process = start(free_port(), folder=tmp_path / "demo")
    process.wait_until_it_prints("Installing the frontend packages ...", seconds=120)
    process.interrupt()
    assert process.popen.wait(timeout=15) != 0
    wait_until(lambda: not process.alive(), seconds=5)


def test_a_port_in_use_is_named(start: Callable[..., Process]) -> None:
    port = free_port()
    first = start(port)
    first.wait_until(lambda: answers(port), "served its first page", seconds=300)
    second = start(port)
    assert second.popen.wait(timeout=60) != 0
    assert f"Port {port} of {HOST} is taken" in second.output()
    end(first)
