"""Wait until a stack runs as it was deployed.

    python wait.py [--manager ADDRESS] NAME

`docker stack deploy --detach=false` waits for one service after the other, and at least as long for each as a new task
is watched. This program waits for all of them together. It exits with 1 as soon as Swarm has returned a service to the
tasks that it had before, or when the time is over, and prints the services concerned.
"""

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

# A program waits for migrations for 600 seconds at most (render.py), and its second task starts after the first.
LONGEST_SECONDS = 1500
BETWEEN_TRIES_SECONDS = 3
CHANGED_BY_DEPLOYING = ("Image", "Command", "Args", "Env", "Configs", "Secrets")
FAILED = ("rollback", "paused")  # the beginnings of these states of an update

Docker = Callable[..., str]


def engine(address: str) -> Docker:
    def docker(*arguments: str) -> str:
        command = ["docker", *(["--host", address] if address else []), *arguments]
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout

    return docker


def is_failed(service: Mapping[str, Any]) -> bool:
    state = (service.get("UpdateStatus") or {}).get("State", "")
    return state.startswith(FAILED)


def is_updating(service: Mapping[str, Any]) -> bool:
    return (service.get("UpdateStatus") or {}).get("State") == "updating"


def is_complete(replicas: str) -> bool:
    """Return whether all tasks run, from what `docker service ls` prints: `2/2`, or `0/1 (1/1 completed)` for a job."""
    running, wanted = (
        re.search(r"\((\d+)/(\d+) completed\)", replicas) or re.search(r"(\d+)/(\d+)", replicas)
    ).groups()
    return running == wanted


def is_current(task: Mapping[str, Any], service: Mapping[str, Any]) -> bool:
    """Return whether a task is one of the service as it was deployed last, and not one that will be replaced."""
    wanted, found = service["Spec"]["TaskTemplate"]["ContainerSpec"], task["Spec"]["ContainerSpec"]
    return all(found.get(key) == wanted.get(key) for key in CHANGED_BY_DEPLOYING)


def unfinished(docker: Docker, stack: str) -> tuple[list[str], list[str]]:
    """Return the services that do not run as they were deployed yet, and those that Swarm has given up."""
    filters = ("--filter", f"label=com.docker.stack.namespace={stack}")
    listed = docker("service", "ls", *filters, "--format", "{{.Name}}\t{{.Replicas}}").splitlines()
    replicas = dict(line.split("\t") for line in listed)
    services = json.loads(docker("service", "inspect", *replicas))
    ids = docker("stack", "ps", "--quiet", "--filter", "desired-state=running", stack).split()
    tasks = json.loads(docker("inspect", *ids)) if ids else []
    waited, failed = [], []
    for service in services:
        name = service["Spec"]["Name"]
        short = name.removeprefix(f"{stack}_")
        own = [task for task in tasks if task["ServiceID"] == service["ID"]]
        if is_failed(service):
            failed.append(short)
        elif (
            is_updating(service) or not is_complete(replicas[name]) or not all(is_current(one, service) for one in own)
        ):
            waited.append(short)
    return waited, failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--manager", default="", help="the address of a manager, if this machine's engine is none")
    parser.add_argument("stack")
    options = parser.parse_args()
    docker = engine(options.manager)
    deadline = time.monotonic() + LONGEST_SECONDS
    reported: list[str] = []
    while True:
        waited, failed = unfinished(docker, options.stack)
        if failed:
            print(f"These did not work, and Swarm keeps their tasks of before: {', '.join(failed)}", file=sys.stderr)
            return 1
        if not waited:
            return 0
        if time.monotonic() > deadline:
            print(f"These do not run after {LONGEST_SECONDS} seconds: {', '.join(waited)}", file=sys.stderr)
            return 1
        if waited != reported:
            print(f"Waiting for {', '.join(waited)}", flush=True)
            reported = waited
        time.sleep(BETWEEN_TRIES_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
