"""A portal on a Docker Swarm of three engines, which the lab starts on this machine: `make drills`.

SWARM_NODES names the lab's program: `up` starts the engines, each in a network namespace of its own, and `down` removes
them. With SWARM_NODES=none, the drills are skipped.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from tests.support.checkout import REPOSITORY
from tests.support.compose import Stack, run
from tests.support.waiting import wait_until

NAMED = os.environ.get("SWARM_NODES", "")
PROGRAM = Path(NAMED or REPOSITORY.parent / "shared" / "swarm" / "nodes")
FOLDER = "/run/swarm-lab"  # of the lab
GATEWAY = "10.99.0.254"  # this machine, as the nodes see it
DEPLOY_SECONDS = 900


class Node:
    """One engine of the lab, and the machine that it has for itself."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.name = f"swarmlab{number}"
        self.host = f"unix://{FOLDER}/n{number}/sock"
        self.address = f"10.99.0.{number}"

    def docker(self, *arguments: str, **options: Any) -> str:
        return run("docker", "--host", self.host, *arguments, **options).stdout

    def run(self, *command: str) -> str:
        """Run a program in the network of this node, as someone who has signed in there."""
        return run("nsenter", f"--net=/run/netns/{self.name}", *command).stdout

    def disconnect(self) -> None:
        """Pull the cable: from now on, nothing reaches the node, and it reaches nothing."""
        self.set_link("down")

    def reconnect(self) -> None:
        self.set_link("up")

    def set_link(self, state: str) -> None:
        run("ip", "-n", "swarmlab0", "link", "set", f"node{self.number}", state)


class Lab:
    """The three nodes, without the portal. All of them are managers, so that two can go on without the third."""

    def __init__(self) -> None:
        self.nodes = [Node(number) for number in (1, 2, 3)]

    @property
    def first(self) -> Node:
        return self.nodes[0]

    @property
    def is_up(self) -> bool:
        return Path(FOLDER).exists()

    def up(self) -> None:
        run(PROGRAM, "up", stdin=None)

    def down(self) -> None:
        """Remove the nodes. They leave the Swarm first, so that their engines have no task to stop."""
        for node in self.nodes:
            run("docker", "--host", node.host, "swarm", "leave", "--force", check=False)
        if run(PROGRAM, "down", seconds=180, check=False).returncode:
            # An engine that is stopped while it leaves the networks of the Swarm forgets their namespaces.
            for mount in [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]:
                if mount.startswith(f"{FOLDER}/"):
                    run("umount", mount)
            run(PROGRAM, "down", seconds=180)

    def make_swarm(self) -> None:
        """Make a Swarm of the first node, as docs/operate/use-several-machines.md does."""
        self.first.docker("swarm", "init", "--advertise-addr", self.first.address)

    def join(self, *nodes: Node) -> None:
        token = self.first.docker("swarm", "join-token", "--quiet", "manager").strip()
        for node in nodes:
            manager = f"{self.first.address}:2377"
            node.docker("swarm", "join", "--advertise-addr", node.address, "--token", token, manager)

    def is_complete(self) -> bool:
        """Return whether all nodes take part. Without a leader, while the managers elect one, the answer is no."""
        listing = ("docker", "--host", self.first.host, "node", "ls", "--format={{.Status}}")
        return run(*listing, check=False).stdout.split() == ["Ready"] * len(self.nodes)

    def label(self, node: Node, *labels: str) -> None:
        self.first.docker("node", "update", *[f"--label-add=portal.{label}=true" for label in labels], node.name)


class SwarmPortal(Stack):
    """A portal on a Swarm. Commands for a service run in one of its tasks, on whichever node that is."""

    def __init__(self, portal: Path, lab: Lab) -> None:
        super().__init__(portal)
        self.lab = lab
        self.nodes = lab.nodes

    def deploy(self, *arguments: str, nodes: list[Node] | None = None) -> str:
        """Run `make stack-deploy` as the docs do, and return what it printed."""
        others = " ".join(node.host for node in (self.nodes[1:] if nodes is None else nodes))
        command = ("make", "--no-print-directory", "stack-deploy", f"MANAGER={self.lab.first.host}", f"NODES={others}")
        # The kernel of the lab may have no IPsec.
        done = run(*command, "ENCRYPT=no", *arguments, cwd=self.portal, env=self.environment(), seconds=DEPLOY_SECONDS)
        return done.stdout + done.stderr

    def service(self, name: str) -> dict[str, Any]:
        """Return the engine's description of a service."""
        return json.loads(self.lab.first.docker("service", "inspect", f"{self.project}_{name}"))[0]

    def tasks(self, service: str, *, node: Node | None = None) -> list[tuple[Node, str]]:
        """Return where the tasks of a service run, and the ids of their containers."""
        wanted = (f"--filter=label=com.docker.swarm.service.name={self.project}_{service}", "--filter=health=healthy")
        return [
            (one, container)
            for one in ([node] if node else self.nodes)
            for container in one.docker("ps", "--quiet", *wanted).split()
        ]

    def running(self, service: str) -> list[tuple[str, str]]:
        """Return the node and the id of each task of a service that runs, as the manager sees it."""
        template = "{{.Node}} {{.ID}} {{.CurrentState}}"
        lines = self.lab.first.docker(
            *("service", "ps", "--filter=desired-state=running", "--format", template, f"{self.project}_{service}")
        ).splitlines()
        return [(node, task) for node, task, state, *_ in map(str.split, lines) if state == "Running"]

    def wait_until_running(self, service: str, number: int, *, seconds: float = 120) -> None:
        wait_until(lambda: len(self.running(service)) == number, seconds=seconds, every=1)

    def spread(self, service: str, node: Node) -> None:
        """Start the tasks of a service again until one of them runs on this node, which may have had none."""
        for _ in self.nodes:
            if self.tasks(service, node=node):
                return
            self.lab.first.docker("service", "update", "--force", "--quiet", f"{self.project}_{service}", seconds=300)
        raise AssertionError(f"no task of {service} runs on {node.name}")

    def execute(self, service: str, *command: str, variables: dict[str, str] | None = None, **options: Any):
        """Run a command in a task of a service. Variables are passed by name, as in Stack."""
        node, container = self.tasks(service)[0]
        named = [f"--env={name}" for name in variables or {}]
        return run(
            *("docker", "--host", node.host, "exec", *named, container, *command),
            env=self.environment(variables),
            **options,
        )

    @property
    def authority(self) -> Path:
        """The certificate of the local authority, which the deployment reads out of its one-shot."""
        return self.portal / "var" / "stack" / "certificates" / "authority.crt"
