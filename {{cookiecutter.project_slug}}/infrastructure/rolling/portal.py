"""What runs: the portal of this folder, its release and its containers."""

import json
from dataclasses import dataclass

from . import dotenv_file
from .commands import ROOT, is_true, output

ENVIRONMENT = ROOT / ".env"


@dataclass(frozen=True)
class Container:
    service: str
    state: str
    health: str

    @property
    def is_well(self) -> bool:
        return self.state == "running" and self.health in {"", "healthy"}


def is_serving() -> bool:
    """Return whether the portal of this folder runs in containers."""
    if not ENVIRONMENT.exists() or not is_true("docker", "compose", "ps", "--quiet"):
        return False
    return any(one.service == "reverse-proxy" and one.state == "running" for one in containers())


def containers() -> list[Container]:
    lines = output("docker", "compose", "ps", "--format", "json").splitlines()
    return [Container(one["Service"], one["State"], one["Health"]) for one in map(json.loads, lines)]


def release() -> str:
    """Return the release that serves; empty before the first `make up` that named one."""
    return dotenv_file.value(ENVIRONMENT, "RELEASE")


def project() -> str:
    return str(json.loads(output("docker", "compose", "config", "--format", "json"))["name"])
