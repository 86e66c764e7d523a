"""tools/side_by_side.py runs commands at the same time, all of them, and says how each one went."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tooling.machines import REPOSITORY
from tools import side_by_side


def run(*commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, REPOSITORY / "tools" / "side_by_side.py"]
    return subprocess.run([*program, *commands], cwd=folder, capture_output=True, text=True, timeout=60)


def test_commands_run_at_the_same_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the two waits until the other has started."""
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.chdir(tmp_path)
    wait_for = "for i in $(seq 100); do test -e {0} && exit; sleep 0.1; done; exit 1"
    commands = [f"touch {name}; {wait_for.format(other)}" for name, other in (("one", "two"), ("two", "one"))]
    assert side_by_side.main(commands) == 0


def test_commands_after_then_start_when_those_before_have_ended(tmp_path: Path) -> None:
    done = run("sleep 0.3; touch first", "--then", "test -e first", folder=tmp_path)
    assert done.returncode == 0, done.stdout


def test_all_commands_run_and_the_list_says_how_each_one_went(tmp_path: Path) -> None:
    done = run("echo one", "echo two >&2; exit 3", "--then", "echo three", folder=tmp_path)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert {"one", "two", "three"} <= set(lines)
    assert [re.sub(r" +\d+ s", "", line).split() for line in lines[-3:]] == [
        ["passed", "echo", "one"],
        ["FAILED", "echo", "two", ">&2;", "exit", "3"],
        ["passed", "echo", "three"],
    ]
