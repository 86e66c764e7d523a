"""A process of the backend waits for what it uses, where nothing else does it."""

import json
from typing import Any

from tests.support.compose import TIER_I, Stack
from tests.support.waiting import wait_until


def lines(stack: Stack, service: str) -> list[dict[str, Any]]:
    """Return the lines that core/deployment/wait.py wrote to a service's log."""
    log = stack.compose("logs", "--no-log-prefix", "--no-color", service).stdout.splitlines()
    # Compose may write a terminal's control sequence before a line.
    parsed = [json.loads(line[line.index("{") :]) for line in log if line.endswith("}")]
    return [line for line in parsed if line.get("logger") == "core.deployment.wait"]


def waits_for(stack: Stack, service: str) -> str:
    """Return what the last line of the log says."""
    found = lines(stack, service)
    return f"{found[-1]['event']}: {found[-1].get('reason')}" if found else ""


def test_processes_wait_for_their_servers_and_for_migrations_without_depends_on(stack: Stack) -> None:
    with stack.another_project("waiting") as other:
        processes = ("intranet-server", "intranet-sockets", "worker", "scheduler", "migrations")
        for process in processes:  # one by one: Compose waits for dependencies among those that it starts
            other.compose("up", "--detach", "--no-deps", process)
        for process in processes:
            first = "message-broker" if process == "scheduler" else "database"
            wait_until(lambda p=process, f=first: f"Waiting for {f}:" in waits_for(other, p), seconds=30)
        assert all(other.container(process)["State"]["Running"] for process in processes)

        # `migrations` needs the database alone.
        other.compose("up", "--detach", "--wait", "database", seconds=120)
        wait_until(lambda: other.container("migrations")["State"]["Status"] == "exited", seconds=60)
        assert other.container("migrations")["State"]["ExitCode"] == 0
        # The servers wait for the next server of theirs.
        wait_until(lambda: "Waiting for session-store" in waits_for(other, "intranet-server"), seconds=30)

        other.compose("up", "--detach", "--wait", *TIER_I, seconds=120)
        for service in ("intranet-server", "intranet-sockets", "worker", "scheduler"):
            wait_until(lambda s=service: other.is_healthy(s), seconds=60, every=0.5)
            assert lines(other, service)[-1]["event"] == "Everything is ready"


def test_a_server_waits_for_the_migrations_of_its_release(stack: Stack) -> None:
    with stack.another_project("not-migrated") as other:
        other.compose("up", "--detach", "--wait", *TIER_I, seconds=120)
        other.compose("up", "--detach", "--no-deps", "intranet-server")
        wait_until(lambda: "migrations are not applied" in waits_for(other, "intranet-server"), seconds=30)
        # Commands do not wait: the operator may have to repair something.
        assert "[ ] 0001_initial" in other.compose(
            "run", "--rm", "--no-deps", "--no-TTY", "intranet-server", "python", "manage.py", "showmigrations"
        ).stdout  # fmt: skip
        other.compose("run", "--rm", "--no-deps", "--no-TTY", "migrations", seconds=120)
        wait_until(lambda: other.is_healthy("intranet-server"), seconds=60, every=0.5)


def test_a_normal_start_waits_for_nothing(stack: Stack) -> None:
    """Compose starts the processes when their servers are ready. Then nothing is waited for, and nothing is logged."""
    events = [line["event"] for service in ("worker", "scheduler", "migrations") for line in lines(stack, service)]
    assert events == []
