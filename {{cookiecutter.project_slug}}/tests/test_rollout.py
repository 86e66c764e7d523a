"""Containers are exchanged in an order in which nobody notices. infrastructure/deployment does it."""

import subprocess
import sys
from collections import Counter

import pytest

from infrastructure.deployment import docker, lock, rollout
from infrastructure.deployment.docker import Container
from infrastructure.deployment.problems import DeploymentError
from infrastructure.deployment.rollout import Rollout

SERVICE = "intranet-server"


def container(number: int, *, health: str = "healthy", status: str = "running", restarts: int = 0) -> Container:
    state = {
        "Running": status == "running",
        "Restarting": False,
        "Status": status,
        "ExitCode": 1,
        "Health": {"Status": health},
    }
    networks = {"portal_front-intranet": {"IPAddress": f"192.0.2.{number}"}}
    description = {"State": state, "RestartCount": restarts, "NetworkSettings": {"Networks": networks}}
    return Container(f"id-{number}", f"portal-{SERVICE}-{number}", SERVICE, description)


class FakePortal:
    """A portal that writes down what is done with it, in `done`. Its new containers are those of `starting`."""

    def __init__(self, running: list[Container], starting: list[Container], *, wanted: int = 1) -> None:
        self.existing, self.starting, self.wanted = list(running), starting, wanted
        self.done: list[str] = []

    def replicas(self, service: str) -> int:
        return self.wanted

    def network(self, name: str) -> dict:
        return {"name": f"portal_{name}"}

    def containers(self, *services: str) -> list[Container]:
        if services == ("reverse-proxy",):
            return [container(99)]
        return list(self.existing)

    def describe(self, ids) -> list[Container]:
        wanted = set(ids)
        return [one for one in self.existing if one.id in wanted]

    def compose(self, *arguments: str) -> str:
        match arguments:
            case ["up", *options]:
                self.done.append(next(option for option in options if option.startswith("--scale")))
                self.existing += self.starting
            case ["exec", *_, script] if "rm -rf" in script:
                used = [str(n) for n in range(9) if f"192.0.2.{n}:" in script]
                self.done.append(f"use {' '.join(used) or 'DNS'}")
        return ""

    def remove(self, containers) -> None:
        self.note("stop", containers)

    def kill(self, containers) -> None:
        self.note("kill", containers)

    def note(self, what: str, containers) -> None:
        if names := [one.id.removeprefix("id-") for one in containers]:
            self.done.append(f"{what} {' '.join(names)}")


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(rollout, "AFTER_RELOAD_SECONDS", 0)
    monkeypatch.setattr(rollout, "READY_SECONDS", 0)
    monkeypatch.setattr(rollout, "log_of", lambda container: f"the log of {container.name}")


def plan(portal: FakePortal, monkeypatch, old: Counter) -> Rollout:
    monkeypatch.setattr(rollout, "describe", portal.describe)
    return Rollout(portal, [SERVICE], lambda one: one.id in old)


def test_the_reverse_proxy_uses_the_new_container_before_the_old_one_stops(monkeypatch):
    portal = FakePortal([container(1)], [container(2)])
    one = plan(portal, monkeypatch, {"id-1"})
    one.start()
    one.switch()
    one.finish()
    assert portal.done == ["use 1", f"--scale={SERVICE}=2", "use 2", "stop 1", "use DNS"]


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (container(2, health="unhealthy"), "does not work"),
        (container(2, health="starting", restarts=1), "does not work"),
        (container(2, status="exited"), "does not work"),
        (container(2, health="starting"), "was not ready"),
    ],
)
def test_a_container_that_does_not_get_ready_goes_and_its_log_says_why(monkeypatch, new, reason):
    portal = FakePortal([container(1)], [new])
    one = plan(portal, monkeypatch, {"id-1"})
    with pytest.raises(DeploymentError, match=f"{new.name} {reason}") as caught:
        one.start()
    assert caught.value.details == f"the log of {new.name}"
    one.undo()
    assert portal.done[2:] == ["use 1", "kill 2", "use DNS"]


def test_a_container_that_does_not_exist_is_not_ready(monkeypatch):
    one = plan(FakePortal([container(1)], []), monkeypatch, {"id-1"})
    with pytest.raises(DeploymentError, match="0 of 1 new containers"):
        one.start()


def test_what_has_not_changed_stays(monkeypatch):
    portal = FakePortal([container(1)], [])
    assert not plan(portal, monkeypatch, set()).is_needed
    assert portal.done == []


def test_more_replicas_start_beside_those_that_stay(monkeypatch):
    portal = FakePortal([container(1)], [container(2), container(3)], wanted=3)
    one = plan(portal, monkeypatch, set())
    assert one.is_needed
    one.start()
    one.switch()
    one.finish()
    assert portal.done == ["use 1", f"--scale={SERVICE}=3", "use 1 2 3", "use DNS"]


def test_replicas_that_are_too_many_leave_the_list_before_they_stop(monkeypatch):
    portal = FakePortal([container(1), container(2)], [])
    one = plan(portal, monkeypatch, set())
    one.start()
    one.switch()
    one.finish()
    assert portal.done == ["use 1 2", "use 1", "stop 2", "use DNS"]


def test_containers_that_an_interrupted_command_left_are_removed(monkeypatch):
    portal = FakePortal([container(1), container(2, status="created")], [])
    assert not plan(portal, monkeypatch, set()).is_needed
    assert portal.done == ["kill 2"]


def test_compose_says_which_containers_have_changed(monkeypatch):
    output = " DRY-RUN MODE -  Container a-cache-1  Running\n DRY-RUN MODE -  Container a-worker-2  Recreate\n"
    output += " DRY-RUN MODE -  Container a-worker-2  Recreated\n"
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, "", output))
    assert docker.Portal().outdated(["cache", "worker"]) == {"a-worker-2"}


HOLD = """
import sys
from pathlib import Path
from infrastructure.deployment import lock
lock.FILE = Path(sys.argv[1])
with lock.locked("make deploy"):
    print("locked", flush=True)
    sys.stdin.read()
"""


def test_only_one_command_at_a_time_changes_the_containers(monkeypatch, tmp_path):
    monkeypatch.setattr(lock, "FILE", tmp_path / "deployment.lock")
    command = [sys.executable, "-c", HOLD, str(lock.FILE)]
    options = {"cwd": docker.ROOT, "stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **options) as first:  # noqa: S603 - this Python
        assert first.stdout.readline() == "locked\n"
        with pytest.raises(DeploymentError, match=rf"make deploy \(process {first.pid}\)"), lock.locked("make up"):
            pass
        first.stdin.close()
    with lock.locked("make up"):
        pass
