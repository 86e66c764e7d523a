"""Tests that share servers run in one process of pytest-xdist."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.checkout import REPOSITORY
from tests.support.scheduling import GROUPS, LONGEST, REAL_SERVERS, group_of, sort_by_length

# Records which process ran a test.
CONFTEST = """
from tests.conftest import pytest_xdist_make_scheduler

def pytest_runtest_logreport(report):
    if hasattr(report, "node") and report.when == "call":
        print(f"\\nran {report.nodeid.partition(':')[0]} in {report.node.gateway.id}", flush=True)
"""
TESTS = """
import pytest

@pytest.mark.parametrize("number", range(8))
def test_number(number):
    pass
"""


def test_groups_name_tests_that_exist() -> None:
    for start in (*GROUPS, *LONGEST):
        assert (REPOSITORY / start.partition("::")[0]).exists()
    assert group_of("tests/portal/test_cost.py::test_x") == REAL_SERVERS
    assert group_of("tests/portal/test_embedded.py::test_x") is None
    assert group_of("tests/template/test_files.py::test_x") is None


def test_the_longest_groups_start_first_then_the_longest_tests_and_then_the_largest_groups() -> None:
    alone, small, large, longest = (
        "tests/browser/test_build.py::test_a",
        "tests/portal/test_how_to.py::",
        "tests/portal/test_developing.py::",
        "tests/portal/test_cost.py::test_a",
    )
    tests = [alone, f"{small}test_a", f"{large}test_b", f"{large}test_a", f"{LONGEST[0]}_with_other_answers", longest]
    assert sort_by_length(tests) == [longest, tests[4], f"{large}test_b", f"{large}test_a", f"{small}test_a", alone]


def test_a_group_runs_in_one_process(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    files = ["tests/portal/test_a.py", "tests/portal/test_b.py", "tests/browser/test_c.py"]
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(TESTS)
    options = [
        "--numprocesses",
        "2",
        "--dist",
        "loadscope",
        "--no-loadscope-reorder",
        "--import-mode=importlib",
        "--rootdir",
        ".",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    ran = {tuple(line.split()[1::2]) for line in done.stdout.splitlines() if line.startswith("ran ")}
    assert len(ran) == 3, "a file in one process"
    process_of = dict(ran)
    assert process_of["tests/portal/test_a.py"] == process_of["tests/portal/test_b.py"]
    assert process_of["tests/portal/test_a.py"] != process_of["tests/browser/test_c.py"]
