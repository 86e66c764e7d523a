"""The candidate's stack beside the running one: a project, volumes, ports and networks of its own."""

import ipaddress
import json
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import dotenv_file
from .commands import RollError, call, is_true, output, step

WAIT_SECONDS = 300
POOL = ipaddress.IPv4Network("172.16.128.0/17")  # not one of Docker's own pools
NETWORKS_FILE = "compose.scratch.yaml"
ROUTES = Path("/proc/net/route")
# What reaches beyond the portal. The scratch stack sends no mail, has servers of its own, and keeps its files and its
# backups in its own volumes.
BEYOND = (
    *("MAIL_URL", "MAIL_URL_FILE", "BACKUP_FOLDER", "BACKUP_REPOSITORY", "FILES_URL", "FILES_SECRET"),
    *("DATABASE_URL", "SESSION_STORE_URL", "NOTIFICATION_STORE_URL", "CHANNEL_LAYER_URL", "APPLICATION_STORE_URL"),
    *("CACHE_URL", "MESSAGE_BROKER_URL"),
)
FILES_BEYOND = ("compose.files.yaml", "infrastructure/elsewhere/")  # a file, or the files of a folder
REMOVE = ("docker", "compose", "--progress", "quiet", "down", "--volumes", "--remove-orphans", "--timeout", "5")


@contextmanager
def scratch_stack(folder: Path, project: str, release: str) -> Iterator[None]:
    """Start the stack of a folder under another name, with the images of a release, and remove it after the block.

    Raises RollError when it does not start.
    """
    name = f"{project}-roll"
    prepare(folder, name, project, release)
    is_true(*REMOVE, folder=folder)  # what a roll that was killed has left
    try:
        step(
            "Starting the new release in a scratch stack",
            *("docker", "compose", "up", "--detach", "--wait", f"--wait-timeout={WAIT_SECONDS}", "--quiet-pull"),
            folder=folder,
            do=f"the running portal was not touched. Its log: docker compose --project-name {name} logs",
        )
        yield
    except RollError:
        call(
            "docker",
            "compose",
            "logs",
            "--no-log-prefix",
            "--tail",
            "15",
            "migrations",
            "intranet-server",
            folder=folder,
        )
        raise
    finally:
        print("\n== Removing the scratch stack", flush=True)
        call(*REMOVE, folder=folder)
        call("docker", "image", "rm", *scratch_images(name, release))


def prepare(folder: Path, name: str, project: str, release: str) -> None:
    edge, *others = free_subnets()
    http, https = free_ports(2)
    environment = folder / ".env"
    named = (dotenv_file.value(environment, "COMPOSE_FILE") or "compose.yaml").split(":")
    files = ":".join(file for file in named if not file.startswith(FILES_BEYOND))
    dotenv_file.write(
        environment,
        {
            "COMPOSE_PROJECT_NAME": name,
            "RELEASE": release,
            "EDGE_SUBNET": edge,
            "PUBLISH_ADDRESS": "127.0.0.1",
            "PUBLISH_HTTP_PORT": str(http),
            "PUBLISH_HTTPS_PORT": str(https),
            "COMPOSE_FILE": files,
            **{variable: "" for variable in BEYOND if dotenv_file.value(environment, variable)},
        },
    )
    configuration = json.loads(output("docker", "compose", "config", "--format", "json", folder=folder))
    # Docker's own pools have about 30 networks, which several portals on a machine may use up.
    names = sorted(configuration["networks"].keys() - {"edge"})
    networks = {one: {"ipam": {"config": [{"subnet": others[number]}]}} for number, one in enumerate(names)}
    (folder / NETWORKS_FILE).write_text(json.dumps({"networks": networks}))  # JSON is YAML too
    dotenv_file.write(environment, {"COMPOSE_FILE": f"{files}:{NETWORKS_FILE}"})
    output("infrastructure/write-secrets", folder=folder)
    for image in scratch_images(name, release):
        output("docker", "tag", image.replace(f"{name}-", f"{project}-", 1), image)


def scratch_images(name: str, release: str) -> list[str]:
    return [f"{name}-{target}:{release}" for target in built_targets()]


def built_targets() -> list[str]:
    """Return what the portal builds: the end of the names of its images."""
    found = output("docker", "compose", "config", "--images").splitlines()
    return sorted({match[1] for one in found if (match := re.search(r"-(backend|reverse-proxy|backup):[^:/]+$", one))})


def free_subnets() -> list[str]:
    """Return a free network for `edge`, and smaller ones of the next free network for all others."""
    taken = [*engine_networks(), *routes()]
    free = (one for one in POOL.subnets(new_prefix=24) if not any(one.overlaps(other) for other in taken))
    try:
        return [str(next(free)), *map(str, next(free).subnets(new_prefix=28))]
    except StopIteration:
        raise RollError(
            f"no network of {POOL} is free", do="docker network prune removes those that nothing uses"
        ) from None


def engine_networks() -> list[ipaddress.IPv4Network]:
    ids = output("docker", "network", "ls", "--quiet").split()
    networks = json.loads(output("docker", "network", "inspect", *ids))
    subnets = [part["Subnet"] for one in networks for part in one["IPAM"]["Config"] or []]
    return [ipaddress.IPv4Network(one) for one in subnets if ":" not in one]


def routes() -> list[ipaddress.IPv4Network]:
    """Return the networks to which this machine has a route, without the default route."""
    found = []
    for line in ROUTES.read_text().splitlines()[1:] if ROUTES.exists() else []:
        fields = line.split()
        address, mask = (ipaddress.IPv4Address(bytes.fromhex(one)[::-1]) for one in (fields[1], fields[7]))
        if int(mask):
            found.append(ipaddress.IPv4Network(f"{address}/{mask}"))
    return found


def free_ports(number: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
