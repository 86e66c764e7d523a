"""The worker as its container runs it: a node for each queue, so that bulk tasks hold up no others."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installation import Installation
from tests.support.processes import Process
from tests.support.tasks import Sender, lines
from tests.support.waiting import wait_until


def children(process: Process) -> dict[str, int]:
    """Return the process ids of the worker's nodes by their names."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_text().split("\0")
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == process.popen.pid and "--hostname" in words:
                found[words[words.index("--hostname") + 1].partition("@")[0]] = int(folder.name)
    return found


@pytest.fixture
def nodes(production: Installation, tmp_path: Path) -> Iterator[Process]:
    """The worker as its container runs it, with a node for each queue."""
    with production.with_variables(TMPDIR=str(tmp_path)).running("python", "-P", "config/worker.py") as process:
        wait_until(lambda: (tmp_path / "alive").exists(), seconds=60)
        yield process


def test_a_node_for_each_queue_does_its_tasks(nodes: Process, sender: Sender, record: Path) -> None:
    assert sorted(children(nodes)) == ["bulk", "default"]
    sender.send("record_and_wait_in_bulk", record)
    sender.send("record_and_wait_in_bulk", record)
    wait_until(lambda: len(lines(record)) == 2, seconds=30)  # all processes of the bulk node are busy
    other = record.with_name("other")
    sender.send("record", other, "now")
    wait_until(lambda: lines(other) == ["now"], seconds=30)
    Path(f"{record}.may-end").touch()
    wait_until(lambda: lines(record)[2:] == ["done", "done"], seconds=30)


@pytest.mark.parametrize("name", ["default", "bulk"])
def test_when_a_node_dies_the_worker_ends(nodes: Process, name: str) -> None:
    pids = children(nodes)
    os.kill(pids[name], signal.SIGKILL)
    assert nodes.popen.wait(timeout=60) == 1
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids.values())


def test_the_worker_ends_when_it_is_told_to(nodes: Process) -> None:
    pids = children(nodes)
    os.kill(nodes.popen.pid, signal.SIGTERM)
    assert nodes.popen.wait(timeout=60) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids.values())
