"""Clients of a stack with IP addresses of their own: containers beside the reverse proxy, each running one program."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.support import slow_clients, steady_client
from tests.support.compose import Stack


class Client:
    """A container that runs tests/support/slow_clients.py or steady_client.py."""

    def __init__(self, stack: Stack, program: ModuleType, site: str, *options: str) -> None:
        file = Path(str(program.__file__))
        network = ["--network", f"{stack.project}_edge", "--ulimit=nofile=4096"]
        python = [
            f"--volume={file}:/{file.name}:ro",
            "--entrypoint=python",
            stack.image("backend"),
            f"/{file.name}",
        ]
        server = ["--server", stack.ip_address("reverse-proxy", "edge")]
        host = ["--host", stack.origin(site).removeprefix("https://")]
        self.process = subprocess.Popen(
            ["docker", "run", "--rm", "--interactive", *network, *python, *server, *host, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_until_ready(self) -> None:
        line = self.process.stdout.readline() if self.process.stdout else ""
        assert line == "ready\n", f"a client did not start: {line!r}"

    def stop(self) -> dict[str, Any]:
        """End the program. Returns what it has counted."""
        output, _ = self.process.communicate(timeout=60)
        counted: dict[str, Any] = json.loads(output.splitlines()[-1])
        return counted


@contextlib.contextmanager
def crowd(clients: list[Client]) -> Iterator[list[dict[str, Any]]]:
    """Run clients for the block. The list has what each has counted, once the block has ended."""
    counted: list[dict[str, Any]] = []
    try:
        for client in clients:
            client.wait_until_ready()
        yield counted
        counted += [client.stop() for client in clients]
    finally:
        for client in clients:
            client.process.kill()
            with client.process:  # closes its pipes and waits
                pass


def slow(stack: Stack, *options: str, addresses: int, site: str = "internet") -> list[Client]:
    """Start clients that hold connections and never finish."""
    return [Client(stack, slow_clients, site, *options) for _ in range(addresses)]


def steady(stack: Stack, path: str, *, rate: float, addresses: int, site: str = "internet") -> list[Client]:
    """Start clients that together request `path` so many times a second."""
    options = ("--path", path, "--rate", str(rate / addresses))
    return [Client(stack, steady_client, site, *options) for _ in range(addresses)]
