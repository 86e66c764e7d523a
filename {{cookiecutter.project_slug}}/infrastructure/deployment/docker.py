"""Docker's commands, and what they say of this portal's containers."""

import json
import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .problems import DeploymentError

ROOT = Path(__file__).resolve().parents[2]
LABEL = "com.docker.compose"


@dataclass(frozen=True)
class Container:
    """One container of a service, as it was when Docker described it."""

    id: str
    name: str
    service: str
    description: dict[str, Any]

    @property
    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.description["State"]
        return state

    @property
    def is_running(self) -> bool:
        return bool(self.state["Running"]) and not self.state["Restarting"]

    @property
    def is_healthy(self) -> bool:
        return self.is_running and self.state.get("Health", {}).get("Status") == "healthy"

    @property
    def is_broken(self) -> bool:
        """Whether it does not do what it is for: a one-shot that failed, or a service that is not healthy."""
        return not self.is_healthy and not (self.state["Status"] == "exited" and self.state["ExitCode"] == 0)

    @property
    def has_failed(self) -> bool:
        """Whether the container ended, was started again after it ended, or is unhealthy."""
        is_unhealthy = self.state.get("Health", {}).get("Status") == "unhealthy"
        return not self.is_running or is_unhealthy or bool(self.description["RestartCount"])

    def ip_address(self, network: str) -> str:
        """Return its IP address in a network, empty when it has none."""
        return str(self.description["NetworkSettings"]["Networks"].get(network, {}).get("IPAddress", ""))

    def variable(self, name: str) -> str:
        """Return a variable of its environment, empty when it has none."""
        variables = dict(one.partition("=")[::2] for one in self.description["Config"]["Env"])
        return str(variables.get(name, ""))


def output_of(*command: str, given: str = "") -> str:
    """Run a command and return its output. Raises DeploymentError, with its errors, when it fails."""
    done = subprocess.run(command, cwd=ROOT, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        words = " ".join(command).partition("\n")[0]
        found = f"`{words}` ended with {done.returncode}"
        raise DeploymentError(found, details=(done.stderr or done.stdout).strip())
    return done.stdout


def succeeds(*command: str) -> bool:
    """Run a command whose output is printed, and return whether it succeeded."""
    return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode == 0


def is_installed() -> bool:
    try:
        return subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


class Portal:
    """The compose project of this folder."""

    def compose(self, *arguments: str, given: str = "") -> str:
        return output_of("docker", "compose", "--progress", "plain", *arguments, given=given)

    def succeeds(self, *arguments: str) -> bool:
        """Run a command of Compose whose output is printed, and return whether it succeeded."""
        return succeeds("docker", "compose", *arguments)

    @cached_property
    def configuration(self) -> dict[str, Any]:
        """What compose.yaml says, with the variables of .env in it."""
        configuration: dict[str, Any] = json.loads(self.compose("config", "--format", "json"))
        return configuration

    @property
    def name(self) -> str:
        return str(self.configuration["name"])

    def is_one_shot(self, service: str) -> bool:
        return bool(self.configuration["services"][service].get("restart") == "no")

    @property
    def services(self) -> list[str]:
        """The services that run all the time."""
        return [service for service in self.configuration["services"] if not self.is_one_shot(service)]

    def replicas(self, service: str) -> int:
        """Return how many containers of a service there should be."""
        configured = self.configuration["services"][service]
        return int(configured.get("scale") or configured.get("deploy", {}).get("replicas") or 1)

    def is_mounted(self, service: str, folder: str) -> bool:
        """Return whether a service gets a file of this machine in a folder."""
        volumes = self.configuration["services"][service].get("volumes", [])
        return any(one["target"].startswith(folder) and one.get("source") != os.devnull for one in volumes)

    def network(self, name: str) -> dict[str, Any]:
        network: dict[str, Any] = self.configuration["networks"][name]
        return network

    def containers(self, *services: str) -> list[Container]:
        """Return the containers of services, stopped ones too, without those of `docker compose run`."""
        filters = (f"--filter=label={LABEL}.project={self.name}", f"--filter=label={LABEL}.oneoff=False")
        ids = output_of("docker", "ps", "--all", "--quiet", "--no-trunc", *filters).split()
        return [container for container in describe(ids) if container.service in services]

    def outdated(self, services: Iterable[str]) -> set[str]:
        """Return the names of the containers that Compose would create again: their image or settings have changed."""
        command = ("docker", "compose", "--dry-run", "--progress", "plain", "up", "--detach", "--no-deps", "--no-build")
        done = subprocess.run([*command, *services], cwd=ROOT, capture_output=True, text=True, check=False)
        return set(re.findall(r"Container (\S+) +Recreate\n", done.stdout + done.stderr))

    def remove(self, containers: Iterable[Container]) -> None:
        """Stop containers, which have their own time to end what they are doing, and remove them."""
        ids = [container.id for container in containers]
        if ids:
            output_of("docker", "stop", *ids)
            output_of("docker", "rm", "--force", *ids)

    def kill(self, containers: Iterable[Container]) -> None:
        ids = [container.id for container in containers]
        if ids:
            output_of("docker", "rm", "--force", *ids)


def describe(ids: Iterable[str]) -> list[Container]:
    """Return Docker's description of each container that exists."""
    command = ["docker", "container", "inspect", *ids]
    if len(command) == 3:
        return []
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # it fails when one was removed
    return [
        Container(one["Id"], one["Name"].removeprefix("/"), one["Config"]["Labels"][f"{LABEL}.service"], one)
        for one in json.loads(done.stdout or "[]")
    ]


# Of a log. When a process does not start, Gunicorn prints a traceback of its own after the one with the reason.
LINES = 100


def log_of(container: Container) -> str:
    """Return the last lines of a container's log, and of its last health check when that failed."""
    command = ["docker", "logs", "--tail", str(LINES), container.id]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    checks = container.state.get("Health", {}).get("Log") or [{}]
    failed = checks[-1].get("Output", "").strip() if checks[-1].get("ExitCode") else ""
    return f"{done.stdout.rstrip()}\n{failed}".rstrip()
