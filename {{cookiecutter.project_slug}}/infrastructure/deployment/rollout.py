"""Replaces the containers of services one generation at a time: the new ones start beside the old ones."""

import time
from collections.abc import Callable, Collection, Iterable

from .docker import Container, Portal, describe, log_of
from .problems import DeploymentError
from .proxy import NETWORKS, ReverseProxy

ROLLED = (*NETWORKS, "worker")
READY_SECONDS = 180  # longer than the start_period of the health checks
# NGINX's old processes may still send what they were about to send: 0 of 12,000 requests failed after 3 seconds.
AFTER_RELOAD_SECONDS = 3


class Rollout:
    """The change of some services' containers.

    `is_old` says which containers are to go. `start` and `switch` can be undone by `undo`, until `finish`.
    """

    def __init__(self, portal: Portal, services: Collection[str], is_old: Callable[[Container], bool]) -> None:
        self.portal = portal
        self.proxy = ReverseProxy(portal)
        self.new: list[Container] = []
        found = portal.containers(*services)
        portal.kill(one for one in found if not one.state["Running"] and not one.state["Restarting"])
        found = [one for one in found if one.state["Running"] or one.state["Restarting"]]
        self.old = [one for one in found if is_old(one)]
        self.kept = [one for one in found if not is_old(one)]
        self.missing: dict[str, int] = {}
        for service in services:
            kept, wanted = [one for one in self.kept if one.service == service], portal.replicas(service)
            self.missing[service] = max(0, wanted - len(kept))
            self.old += kept[wanted:]
        self.kept = [one for one in self.kept if one not in self.old]

    @property
    def is_needed(self) -> bool:
        return bool(self.old) or any(self.missing.values())

    @property
    def changed(self) -> list[str]:
        """The services that get new containers."""
        return [service for service, number in self.missing.items() if number]

    def servers(self, containers: Iterable[Container]) -> list[Container]:
        return [one for one in containers if one.service in NETWORKS and one.is_healthy]

    def start(self) -> None:
        """Start the new containers beside the old ones, and wait until they are ready.

        Raises DeploymentError, with the log of the container that did not get ready. The old ones serve on.
        """
        self.proxy.use(self.servers([*self.old, *self.kept]))
        if not self.changed:
            return
        known = {one.id for one in (*self.old, *self.kept)}
        numbers = {
            service: number + sum(one.service == service for one in (*self.old, *self.kept))
            for service, number in self.missing.items()
        }
        scale = [f"--scale={service}={numbers[service]}" for service in self.changed]
        try:
            self.portal.compose("up", "--detach", "--no-deps", "--no-build", "--no-recreate", *scale, *self.changed)
        finally:
            self.new = [one for one in self.portal.containers(*self.changed) if one.id not in known]
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            self.new = describe(one.id for one in self.new)
            if len(self.new) != sum(self.missing.values()):
                raise DeploymentError(f"{len(self.new)} of {sum(self.missing.values())} new containers exist")
            if all(one.is_healthy for one in self.new):
                return
            for container in self.new:
                if container.has_failed:
                    raise DeploymentError(f"{container.name} does not work", details=log_of(container))
            if time.monotonic() > deadline:
                late = next(one for one in self.new if not one.is_healthy)
                found = f"{late.name} was not ready after {READY_SECONDS} seconds"
                raise DeploymentError(found, details=log_of(late))
            time.sleep(0.5)

    def switch(self) -> None:
        """Let the reverse proxy use the new servers alone."""
        self.proxy.use(self.servers([*self.kept, *self.new]))
        if self.servers(self.old):
            time.sleep(AFTER_RELOAD_SECONDS)

    def finish(self) -> None:
        """Stop the old containers, which end their requests, sockets and tasks first."""
        self.portal.remove(self.old)
        self.proxy.use_dns()

    def undo(self) -> None:
        """Return to the old containers. Goes on after an error, because another message says why this is done."""
        self.proxy.try_to_use(self.servers([*self.old, *self.kept]))
        self.portal.kill(self.new)
        self.proxy.try_to_use([])
