"""A hundred sign-ins at once kill no process, stay within the memory of the container, and hold up nobody else."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest

from tests.support.compose import Stack
from tests.support.sign_ins import (
    NAMES,
    OLD,
    PASSWORD,
    count_old_hashes,
    create_people,
    memory_of,
    processes_of,
    sign_in_at_once,
)
from tests.support.visitor import Response, Visitor

SERVICE = "internet-server"

Visit = Callable[..., Visitor]


def check_refusal(response: Response) -> None:
    assert response.status in {429, 503}, f"{response.status}: {response.text[:300]}"
    assert response.problem()["detail"]
    assert int(response.headers["Retry-After"]) > 0


@pytest.mark.usefixtures("forwarded_addresses")
def test_a_hundred_sign_ins_at_once_kill_no_process(stack: Stack, visit: Visit, sessions: dict) -> None:
    create_people(stack)
    assert count_old_hashes(stack) == len(OLD) == 50
    container, processes = stack.container(SERVICE), processes_of(stack, SERVICE)

    other, others, is_over = visit("internet", "reader"), [], threading.Event()

    def look_around() -> None:
        while not is_over.wait(0.05):  # fewer requests a second than one address may send
            others.append(other.get("/api/portal/").status)

    thread = threading.Thread(target=look_around)
    thread.start()
    try:
        responses = sign_in_at_once([visit("internet") for _ in NAMES], NAMES)
    finally:
        is_over.set()
        thread.join()

    for response in responses:
        if response.status != 200:
            check_refusal(response)
    statuses = {name: response.status for name, response in zip(NAMES, responses, strict=True)}
    served = [name for name, status in statuses.items() if status == 200]
    assert served, Counter(statuses.values())
    assert count_old_hashes(stack) == len(set(OLD) - set(served)), "a sign-in did not write an old hash anew"
    assert set(others) == {200}
    # An attempt that was refused did not count against its name.
    for name in [name for name in NAMES if name not in served][:5]:
        assert visit("internet").sign_in(name, PASSWORD).status == 200

    memory = memory_of(stack, SERVICE)
    assert memory.kills == 0
    assert memory.peak < memory.limit
    assert processes_of(stack, SERVICE) == processes
    after = stack.container(SERVICE)
    assert after["State"]["Pid"] == container["State"]["Pid"]
    assert after["RestartCount"] == container["RestartCount"]


@pytest.mark.usefixtures("forwarded_addresses")
def test_sign_ins_that_pass_the_reverse_proxy_at_once_stay_within_the_memory(stack: Stack, visit: Visit) -> None:
    """The limit of the process holds without the pace of the reverse proxy."""
    file = "/var/lib/portal/sites/limits.conf"
    command = f"sed -Ei 's/(passwords:64k rate)=.*;/\\1=10000r\\/s;/' {file} && grep -q 'rate=10000' {file}"
    stack.compose("run", "--rm", "--no-deps", "--no-TTY", "configuration", "sh", "-c", command)
    stack.execute("reverse-proxy", "nginx", "-s", "reload")
    create_people(stack)
    processes = processes_of(stack, SERVICE)
    responses = sign_in_at_once([visit("internet") for _ in NAMES], NAMES)
    refused = [response for response in responses if response.status != 200]
    assert refused
    for response in refused:
        check_refusal(response)
    memory = memory_of(stack, SERVICE)
    assert memory.kills == 0
    assert memory.peak < memory.limit
    assert processes_of(stack, SERVICE) == processes
    assert visit("internet").sign_in(NAMES[0], PASSWORD).status == 200


def test_more_processes_than_the_memory_allows_are_refused_with_the_figures(stack: Stack) -> None:
    # The container of `run` does not have the alias FRONT_NETWORK, so it could not find where to listen.
    variables = ("--env=SERVER_PROCESSES=60", "--env=FRONT_NETWORK=")
    for service, *command in (
        ("configuration", "python", "-m", "core.deployment"),
        (SERVICE, "gunicorn", "--check-config", "--config", "python:config.gunicorn", "config.wsgi"),
    ):
        done = stack.compose(*("run", "--rm", "--no-deps", "--no-TTY", *variables, service, *command), check=False)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "60, in a container with 768 MiB of memory" in done.stderr
        assert "SERVER_MEMORY_MEGABYTES=12880" in done.stderr
        assert "Traceback" not in done.stderr
