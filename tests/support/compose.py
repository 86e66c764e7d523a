"""A portal's compose project: its commands, its containers, and Python code that runs inside them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from pathlib import Path
from typing import Any

import yaml
from dotenv import dotenv_values, set_key

from tests.support.network import free_ports

SITES = ("intranet", "internet")

STORES = ("session-store", "notification-store", "application-store", "channel-layer")
TIER_I = ("message-broker", *STORES, "database", "cache")
ONE_SHOTS = ("migrations", "configuration", "static")
SERVERS = ("intranet-server", "internet-server", "intranet-sockets", "internet-sockets")
TIER_II = (*SERVERS, "worker", "scheduler", "redis-gui")
TIER_III = ("reverse-proxy",)
PARTS = (*TIER_I, *TIER_II, *TIER_III)
BACKUP = "backup"  # in no tier: it starts with tier II, and nothing waits for it
RUNNING = (*PARTS, BACKUP)
ALL = (*RUNNING, *ONE_SHOTS)
IMAGES = ("backend", "reverse-proxy", "backup")  # those that the portal builds

# Variables whose names begin so are not passed to Compose: only .env decides.
NOT_PASSED_ON = (
    "COMPOSE_",
    "PUBLISH_",
    "LIMIT_",
    "EDGE_",
    "MAIL_",
    "TRUSTED_",
    "INTERNET_",
    "INTRANET_",
    "SITE",
    "SECRET_KEY",
    "ENCRYPTION_KEYS",
    "BACKUP_",
    *("DATABASE_", "SESSION_STORE_", "NOTIFICATION_STORE_", "CHANNEL_LAYER_", "APPLICATION_STORE_", "CACHE_"),
    *("MESSAGE_BROKER_", "CA_CERTIFICATE"),
)

LABEL = "com.docker.compose"  # the prefix of the labels that Compose sets


def run(
    *command: str | Path, seconds: float = 60, check: bool = True, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, within a time limit.

    Raises AssertionError, with the output, when the command fails and `check` is true.
    """
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=seconds, check=False, **options
    )
    if check and done.returncode:
        raise AssertionError(
            f"{' '.join(map(str, command))}\nended with {done.returncode}:\n{done.stdout}{done.stderr}"
        )
    return done


def docker(*arguments: str, **options: Any) -> str:
    return run("docker", *arguments, **options).stdout


def inspect(kind: str, *names: str) -> list[dict[str, Any]]:
    return json.loads(docker(kind, "inspect", *names)) if names else []


def free_subnet(*others: str) -> str:
    """Return a small network that overlaps none of this engine nor `others`, and is not in the engine's own pools."""
    taken = [ip_network(other) for other in others] + [
        ip_network(part["Subnet"])
        for network in inspect("network", *docker("network", "ls", "--quiet").split())
        for part in network["IPAM"]["Config"] or []
    ]
    candidates = list(IPv4Network("172.16.128.0/17").subnets(new_prefix=24))
    free = [one for one in candidates if not any(one.version == t.version and one.overlaps(t) for t in taken)]
    return str(random.choice(free))  # not the first: other runs on this machine choose at the same time


def write_networks(portal: Path) -> None:
    """Write an override that gives each network of a project a subnet. Docker's own pools have about 30 networks."""
    names = yaml.safe_load((portal / "compose.yaml").read_text())["networks"].keys() - {"edge"}
    edge = dotenv_values(portal / ".env", interpolate=False)["EDGE_SUBNET"]
    # A deployment needs room for two generations of containers.
    subnets = IPv4Network(free_subnet(edge)).subnets(new_prefix=27)
    networks = {name: {"ipam": {"config": [{"subnet": str(next(subnets))}]}} for name in sorted(names)}
    networks_file(portal).write_text(yaml.safe_dump({"networks": networks}))


def networks_file(portal: Path) -> Path:
    return portal.with_name(f"{portal.name}.networks.yaml")


def bridge_gateway() -> str:
    """Return an IP address of this machine that the containers of every network with a way out can reach."""
    (bridge,) = inspect("network", "bridge")
    return bridge["IPAM"]["Config"][0]["Gateway"]


@dataclass(frozen=True)
class Event:
    """An event of a service's container: `start`, `die`, `health_status: healthy`, ..."""

    at: int  # nanoseconds
    service: str
    action: str


class Events:
    """Writes the engine's events of one project to a file until it is closed, one JSON object a line."""

    ACTIONS = ("create", "start", "die", "health_status")

    def __init__(self, project: str, file: Path) -> None:
        self.file = file
        self.output = file.open("w")
        filters = [f"--filter=event={action}" for action in self.ACTIONS]
        self.process = subprocess.Popen(
            ["docker", "events", *filters, f"--filter=label={LABEL}.project={project}", "--format={{json .}}"],
            stdout=self.output,
        )

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)
        self.output.close()

    @staticmethod
    def read(file: Path) -> list[Event]:
        events = [json.loads(line) for line in file.read_text().splitlines()]
        return [Event(one["timeNano"], one["Actor"]["Attributes"][f"{LABEL}.service"], one["Action"]) for one in events]


class Stack:
    """One compose project: a portal's folder with its .env, and the containers made from it."""

    def __init__(self, portal: Path, *, project: str | None = None, overrides: tuple[Path, ...] = ()) -> None:
        self.portal = portal
        self.overrides = (*([networks_file(portal)] if networks_file(portal).exists() else []), *overrides)
        self.settings = dotenv_values(portal / ".env", interpolate=False)
        self.project = project or self.settings["COMPOSE_PROJECT_NAME"]
        self.https_port = int(self.settings["PUBLISH_HTTPS_PORT"])
        self.http_port = int(self.settings["PUBLISH_HTTP_PORT"])

    # Configuration.

    @property
    def release(self) -> str:
        """The release of .env, which `make up` writes, or the one that compose.yaml has without it."""
        return dotenv_values(self.portal / ".env", interpolate=False)["RELEASE"] or "unreleased"

    def image(self, target: str) -> str:
        """Return the name of an image that the portal builds, with its release: IMAGES lists the targets."""
        return f"{self.project}-{target}:{self.release}"

    def releases(self) -> list[str]:
        """Return the releases that have an image of the backend, the newest first.

        The reverse proxy runs on with the image of an earlier release while NGINX itself stays the same.
        """
        found = docker("image", "ls", "--format={{.Tag}}", f"{self.project}-backend").split()
        return sorted({tag for tag in found if re.fullmatch(r"\d{8}-\d{6}", tag)}, reverse=True)

    @property
    def domains(self) -> dict[str, str]:
        sites = yaml.safe_load((self.portal / "portal.yaml").read_text())["sites"]
        return {site: sites[site]["domain"] for site in SITES}

    def origin(self, site: str) -> str:
        """The site's URL as in a browser's address bar, without a path."""
        port = "" if self.https_port == 443 else f":{self.https_port}"
        return f"https://{self.domains[site]}{port}"

    @property
    def secrets(self) -> dict[str, str]:
        """The secrets of .env by name, and MAIL_KEYS, which infrastructure/write-secrets makes of them."""
        found = {
            name: value
            for name, value in self.settings.items()
            if value and name.endswith(("_PASSWORD", "_KEY", "_KEYS", "_SECRET"))
        }
        mail_keys = [
            hashlib.sha256(f"portal mail {key}".encode()).hexdigest() for key in found["ENCRYPTION_KEYS"].split(",")
        ]
        return {**found, "MAIL_KEYS": ",".join(mail_keys)}

    @property
    def subnet(self) -> IPv4Network:
        return IPv4Network(self.settings["EDGE_SUBNET"])

    @property
    def gateway(self) -> str:
        """The IP address of this machine as the reverse proxy sees it."""
        return str(next(self.subnet.hosts()))

    # Commands.

    def environment(self, variables: dict[str, str] | None = None) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if not name.startswith(NOT_PASSED_ON)} | (
            variables or {}
        )

    def command(self, *arguments: str) -> list[str]:
        files = [f"--file={file}" for file in (self.portal / "compose.yaml", *self.overrides)]
        return ["docker", "compose", "--progress=plain", f"--project-name={self.project}", *files, *arguments]

    def compose(
        self,
        *arguments: str,
        seconds: float = 120,
        check: bool = True,
        variables: dict[str, str] | None = None,
        **options: Any,
    ) -> subprocess.CompletedProcess[str]:
        return run(
            *self.command(*arguments),
            seconds=seconds,
            check=check,
            cwd=self.portal,
            env=self.environment(variables),
            **{"stdin": subprocess.DEVNULL, **options} if "input" not in options else options,
        )

    def execute(self, service: str, *command: str, variables: dict[str, str] | None = None, **options: Any):
        """Run a command in a service's container.

        Variables are passed by name, so that no value is on a command line.
        """
        named = [f"--env={name}" for name in variables or {}]
        return self.compose("exec", "--no-TTY", *named, service, *command, variables=variables, **options)

    def manage(self, *arguments: str, service: str = "intranet-server", **options: Any) -> str:
        return self.execute(service, "python", "manage.py", *arguments, **options).stdout

    def python(self, code: str, *, service: str = "intranet-server", **options: Any) -> Any:
        """Run code in a container, with Django set up. Returns its last line of output, read as JSON."""
        output = self.manage("shell", "--no-imports", "--verbosity=0", "--command", code, service=service, **options)
        return json.loads(output.strip().splitlines()[-1]) if output.strip() else None

    def python_process(self, code: str, *, service: str = "intranet-server") -> subprocess.Popen[str]:
        """Start code in a container that exchanges lines with the test over its input and output."""
        command = ["python", "manage.py", "shell", "--no-imports", "--verbosity=0", "--command", code]
        return subprocess.Popen(
            self.command("exec", "--no-TTY", service, *command),
            cwd=self.portal,
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def one_off(self, code: str, *, service: str) -> subprocess.Popen[str]:
        """Start code in a container of its own that is like a service's. It runs on when the service's is killed."""
        command = ["python", "manage.py", "shell", "--no-imports", "--verbosity=0", "--command", code]
        return subprocess.Popen(
            self.command("run", "--rm", "--no-deps", "--no-TTY", service, *command),
            cwd=self.portal,
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def redis(self, service: str, user: str, *command: str) -> str:
        """Return what redis-cli prints for a command of one of the store's users, errors included."""
        name = "REDIS_GUI_PASSWORD" if user == "viewer" else f"{service.upper().replace('-', '_')}_PASSWORD"
        done = self.execute(
            service,
            *("redis-cli", "--no-auth-warning", "--user", user, *command),
            variables={"REDISCLI_AUTH": self.settings[name]},
            check=False,
        )
        return (done.stdout + done.stderr).strip()

    # Containers.

    def containers(self) -> dict[str, dict[str, Any]]:
        """Return the engine's description of each service's container, by service.

        Stopped containers are included, and those of `docker compose run` are not.
        """
        found = inspect("container", *self.compose("ps", "--all", "--quiet").stdout.split())
        labels = [one["Config"]["Labels"] for one in found]
        return {
            label[f"{LABEL}.service"]: one
            for label, one in zip(labels, found, strict=True)
            if label[f"{LABEL}.oneoff"] == "False"
        }

    def container(self, service: str) -> dict[str, Any]:
        found = inspect("container", *self.compose("ps", "--all", "--quiet", service).stdout.split())
        return next(one for one in found if one["Config"]["Labels"][f"{LABEL}.oneoff"] == "False")

    def replicas(self, service: str) -> list[str]:
        """Return the ids of a service's running containers, without those of `docker compose run`."""
        found = inspect("container", *self.compose("ps", "--quiet", service).stdout.split())
        return [one["Id"] for one in found if one["Config"]["Labels"][f"{LABEL}.oneoff"] == "False"]

    def is_healthy(self, service: str) -> bool:
        return self.is_container_healthy(self.container(service)["Id"])

    @staticmethod
    def is_container_healthy(container: str) -> bool:
        state = inspect("container", container)[0]["State"]
        return state["Running"] and state["Health"]["Status"] == "healthy"

    @staticmethod
    def started_at(container: str) -> str:
        return inspect("container", container)[0]["State"]["StartedAt"]

    def ip_address(self, service: str, network: str | None = None) -> str:
        """Return a container's address in a network, by default in the one that the servers share with it."""
        network = network or ("cache" if service == "cache" else "stores")
        return self.container(service)["NetworkSettings"]["Networks"][f"{self.project}_{network}"]["IPAddress"]

    def kill(self, service: str) -> None:
        """Send SIGKILL to the container's process."""
        self.kill_container(self.container(service)["Id"])

    def kill_container(self, container: str) -> None:
        """Send SIGKILL to a container's process.

        `docker kill` would not do: after it, the engine does not restart the container.
        """
        process = inspect("container", container)[0]["State"]["Pid"]
        try:
            os.kill(process, signal.SIGKILL)
        except PermissionError:  # the tests run as a user of Docker who is not root
            outside = ["--pid=host", "--user=0", "--network=none"]
            docker("run", "--rm", *outside, "--entrypoint=kill", self.image("backend"), "-9", str(process))

    # Start and stop.

    def up(self, *, seconds: float = 180) -> None:
        """Start all services and wait until they are healthy.

        Raises AssertionError, with the diagnosis, when one does not become healthy in time.
        """
        done = self.compose(
            "up", "--detach", "--wait", f"--wait-timeout={seconds:.0f}", seconds=seconds + 30, check=False
        )
        assert done.returncode == 0, f"the stack did not come up:\n{done.stderr[-3000:]}\n{self.diagnosis()}"

    def diagnosis(self, lines: int = 15) -> str:
        """Return the state and the last log lines of every container that is neither healthy nor done."""
        found = []
        for service, container in sorted(self.containers().items()):
            state = container["State"]
            health = state.get("Health", {}).get("Status")
            is_done = service in ONE_SHOTS and state["Status"] == "exited" and state["ExitCode"] == 0
            if health == "healthy" or is_done:
                continue
            probe = (state.get("Health", {}).get("Log") or [{}])[-1].get("Output", "").strip()
            log = self.compose("logs", "--no-log-prefix", f"--tail={lines}", service, check=False).stdout
            found.append(f"--- {service}: {state['Status']} ({state['ExitCode']}), health {health}: {probe}\n{log}")
        return "\n".join(found)

    def down(self) -> None:
        self.compose("down", "--volumes", "--remove-orphans", "--timeout=5", seconds=120)

    @contextlib.contextmanager
    def another_project(self, name: str, *overrides: Path) -> Iterator[Stack]:
        """Prepare a second project of the same portal and images, with its own folder, ports and network.

        Nothing of it runs yet. It is removed after the block.
        """
        folder = self.portal.parent / f"{self.project}-{name}"
        shutil.rmtree(folder, ignore_errors=True)
        not_needed = shutil.ignore_patterns(".venv", "node_modules", "var", "frontend")
        shutil.copytree(self.portal, folder, ignore=not_needed)
        with self.another_portal(name, folder, *overrides) as other:
            yield other

    @contextlib.contextmanager
    def another_portal(self, name: str, portal: Path, *overrides: Path) -> Iterator[Stack]:
        """Prepare another portal's folder as a project with the images of this one, with its own ports and network.

        No image holds an answer of the prompts. Nothing of it runs yet. It is removed after the block.
        """
        prepare_environment(portal, f"{self.project}-{name}")
        other = Stack(portal, overrides=overrides)
        for target in IMAGES:
            docker("tag", self.image(target), other.image(target))
        try:
            yield other
        finally:
            other.down()
            docker("image", "rm", *map(other.image, IMAGES))


def project_name(checkout: Path) -> str:
    """Return the name of a checkout's compose project.

    It is the same in each run, so that a run finds the images and removes the containers of the last one. It differs
    between checkouts, whose runs on one machine must not remove each other's containers.
    """
    return f"portal-stack-test-{hashlib.sha256(str(checkout).encode()).hexdigest()[:8]}"


def prepare_environment(portal: Path, project: str) -> None:
    """Write to .env the values that two projects on one machine must not share."""
    http_port, https_port = free_ports(2)
    for name, value in {
        "COMPOSE_PROJECT_NAME": project,
        "PUBLISH_HTTP_PORT": str(http_port),
        "PUBLISH_HTTPS_PORT": str(https_port),
        "EDGE_SUBNET": free_subnet(),
    }.items():
        set_key(portal / ".env", name, value, quote_mode="never")
    write_networks(portal)
