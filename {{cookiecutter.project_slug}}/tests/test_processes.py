"""A server has as many processes as the memory of its container allows, and more are refused with the figure."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from core.configuration.problems import ConfigurationError
from core.deployment.processes import (
    container_megabytes,
    megabytes_for,
    most_processes,
    server_processes,
)
from core.hashing.limits import MEGABYTES_AT_ONCE

MIB = 1 << 20


@pytest.mark.parametrize(
    ("file", "content", "megabytes"),
    [
        ("memory.max", f"{768 * MIB}\n", 768),
        ("memory.max", "max\n", None),
        ("memory/memory.limit_in_bytes", f"{512 * MIB}\n", 512),
        ("memory/memory.limit_in_bytes", "9223372036854771712\n", None),
        ("another", "1", None),
    ],
)
def test_the_limit_is_that_of_the_container(tmp_path, file, content, megabytes):
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    assert container_megabytes(tmp_path) == megabytes


def test_every_process_has_room_to_hash_passwords():
    assert most_processes(megabytes_for(3)) == 3
    assert most_processes(megabytes_for(3) - 1) == 2
    assert megabytes_for(3) - megabytes_for(2) > MEGABYTES_AT_ONCE


def test_processes_follow_the_processors_as_far_as_the_memory_allows(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(6)))
    assert server_processes(None, None) == 6
    assert server_processes(None, megabytes_for(100)) == 6
    assert server_processes(None, megabytes_for(3)) == 3
    assert server_processes(2, megabytes_for(3)) == 2
    assert server_processes(20, None) == 20


def test_more_processes_than_fit_are_refused_with_the_figures():
    with pytest.raises(ConfigurationError) as refusal:
        server_processes(8, 768)
    message = str(refusal.value)
    assert "SERVER_PROCESSES" in message
    assert "8, in a container with 768 MiB of memory" in message
    assert f"at most {most_processes(768)}" in message
    assert f"SERVER_MEMORY_MEGABYTES={megabytes_for(8)}" in message


def test_a_container_without_room_for_one_process_is_refused():
    with pytest.raises(ConfigurationError, match=f"SERVER_MEMORY_MEGABYTES={megabytes_for(1)}"):
        server_processes(None, 256)


def test_the_configuration_step_refuses_before_a_server_starts():
    done = subprocess.run(
        [sys.executable, "-m", "core.deployment"],
        cwd=settings.BASE_DIRECTORY,
        env={"PATH": os.defpath, "SERVER_PROCESSES": "60", "PORTAL_ENVIRONMENT": "testing"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "60, in a container with 768 MiB of memory" in done.stderr
    assert "Traceback" not in done.stderr
