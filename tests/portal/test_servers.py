"""The real servers for tests: a missing program is named, and no process is left when they end."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import servers
from tests.support.servers import RealServers, ServerMissingError, find_program
from tests.support.waiting import wait_until

REPOSITORY = Path(__file__).resolve().parents[2]


def test_a_missing_program_is_named_with_what_to_install() -> None:
    with pytest.raises(ServerMissingError, match=r"no-such-server is not installed.*apt-get install .*redis-server"):
        find_program("no-such-server")


def test_nothing_starts_when_one_program_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def find(name: str) -> str:
        if name == "memcached":
            raise ServerMissingError("memcached is not installed")
        return name

    monkeypatch.setattr(servers, "find_program", find)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(ServerMissingError), RealServers():
        pass
    assert not list(tmp_path.iterdir())


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A temporary folder in which the servers' users can reach their own folders, as they can in /tmp."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills a process when its parent dies")
@pytest.mark.usefixtures("real_servers")  # deselected where a server is not installed
@pytest.mark.parametrize("number", [pytest.param(signal.SIGINT, marks=pytest.mark.long), signal.SIGKILL])
def test_the_command_line_prints_the_variables_and_leaves_no_server_running(
    number: signal.Signals, open_folder: Path
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.servers"],
        cwd=REPOSITORY,
        env=os.environ | {"TMPDIR": str(open_folder)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        lines = [process.stdout.readline() for _ in servers.VARIABLES]
        assert [re.match(r"export (\w+)=", line)[1] for line in lines] == list(servers.VARIABLES)
        assert "Ctrl-C" in process.stdout.readline()
        started = children(process.pid)
        assert len(started) == 8  # the seven servers, and RabbitMQ's port mapper
        process.send_signal(number)
        process.wait(timeout=20)
    wait_until(lambda: not any(is_running(child) for child in started))


def children(process_id: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()]


def is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
