"""`make demo`, as the README shows it: it serves a portal, and leaves no process when it ends."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.support.network import HOST, free_port, is_listening
from tests.support.processes import Process, clean_environment
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

START_SECONDS = 300  # on a machine that also runs other tests; benchmarks/demo.py measures how long it takes


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
        response = Visitor.local(port).get("/")
    except OSError:
        return False
    return response.status == 200 and "<html" in response.text


def end(process: Process, port: int) -> None:
    """Press Ctrl-C, and fail unless every process ends."""
    process.interrupt()
    process.popen.wait(timeout=15)
    wait_until(lambda: not process.alive(), seconds=5)
    assert not is_listening(port)
    assert "Traceback" not in process.output()


def test_a_demo_serves_the_build_and_the_demo_content_and_leaves_no_process(start: Callable[..., Process]) -> None:
    port = free_port()
    process = start(port)
    process.wait_until(lambda: answers(port), "served its first page", seconds=START_SECONDS)
    process.wait_until_it_prints(f"http://{HOST}:{port}/")
    for account in ["maintainer", "faculty", "student", "staff", "guest"]:
        assert process.prints(f"welcome-{account}")
    visitor = Visitor.local(port)
    for path in re.findall(r'(?:src|href)="?(/static/frontend/[^"\s>]+)', visitor.get("/").text):
        assert visitor.get(path).status == 200
    assert visitor.get("/api/polls/").json()["results"]
    assert visitor.sign_in_as("maintainer").username == "maintainer"
    assert len(process.alive()) > 1
    end(process, port)


def test_a_second_demo_installs_and_builds_nothing_and_a_third_names_the_port_in_use(
    start: Callable[..., Process],
) -> None:
    port = free_port()
    second = start(port)
    second.wait_until(lambda: answers(port), "served its first page", seconds=START_SECONDS)
    third = start(port)
    assert third.popen.wait(timeout=60) != 0
    assert f"Port {port} of {HOST} is taken" in third.output()
    end(second, port)
    assert "Building" not in second.output()
    assert "Installing" not in second.output()


@pytest.mark.long
def test_a_first_demo_installs_builds_and_serves(start: Callable[..., Process], tmp_path: Path) -> None:
    """In an empty folder, so that nothing is installed or built yet."""
    port = free_port()
    process = start(port, folder=tmp_path / "demo")
    process.wait_until(lambda: answers(port), "served its first page", seconds=START_SECONDS)
    visitor = Visitor.local(port)
    (script,) = re.findall(r'src="?(/static/frontend/shell\.[^"\s>]+)', visitor.get("/").text)
    assert visitor.get(script).status == 200
    assert "portal.audit" not in process.output(), "lines of the log among what the commands print"
    end(process, port)


def test_ctrl_c_while_it_installs_leaves_no_process(start: Callable[..., Process], tmp_path: Path) -> None:
    process = start(free_port(), folder=tmp_path / "demo")
    process.wait_until_it_prints("Installing the frontend packages ...", seconds=120)
    process.interrupt()
    assert process.popen.wait(timeout=15) != 0
    wait_until(lambda: not process.alive(), seconds=5)
