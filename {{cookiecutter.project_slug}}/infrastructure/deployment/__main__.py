"""`make up`, `make deploy`, `make restart`, `make maintenance`, `make certificate` and `make restore`."""

import argparse
import os
import signal
import sys
from collections.abc import Callable

from . import steps
from .docker import Portal, is_installed
from .lock import locked
from .problems import DeploymentError
from .proxy import SERVICE as PROXY
from .proxy import ReverseProxy
from .restore import restore
from .rollout import ROLLED, Rollout

SCHEDULER = "scheduler"
CERTIFICATES = "/run/certificates/"  # where compose.yaml mounts those that .env names
INTERRUPTED = 130
NO_DOCKER = """\
make up: Docker with Compose is not installed
  allowed  Docker 26 or newer, with Compose 2.26 or newer
  do       install it (https://docs.docker.com/engine/install/), or run the portal without it: make dev"""


def deploy(allowed: list[str]) -> None:
    """Build this folder's release and let it take over from the one that runs, or start it when none runs."""
    steps.write_secrets()
    steps.set_digest()
    steps.build()
    portal = Portal()
    steps.check_data()
    steps.check_configuration(portal)
    if is_serving(portal):
        exchange(portal, allowed)
    else:
        steps.recreate_edge_network(portal)
        steps.up(portal)
        ReverseProxy(portal).reload()
    steps.keep_release(allowed)


def is_serving(portal: Portal) -> bool:
    """Return whether people use the portal now: the reverse proxy and one of the servers are up."""
    servers = [one for one in portal.containers(*ROLLED) if one.is_healthy]
    return ReverseProxy(portal).is_running and bool(servers)


def exchange(portal: Portal, allowed: list[str]) -> None:
    """Replace what has changed, so that nobody notices. A release that does not get ready changes nothing."""
    steps.check_migrations(allowed)
    steps.recreate_edge_network(portal)
    apart = {*ROLLED, SCHEDULER, PROXY}
    steps.up_others(portal, [service for service in portal.services if service not in apart])
    steps.migrate(portal)
    steps.publish(portal, "files")
    names = portal.outdated(ROLLED)
    rollout = Rollout(portal, ROLLED, lambda container: container.name in names)
    roll(rollout, before_switch=lambda: steps.write_configuration(portal))
    steps.publish(portal, "page")
    steps.up(portal, SCHEDULER)  # the old one stops before the new one starts: there is never a second one
    steps.update_proxy(portal)


def roll(rollout: Rollout, before_switch: Callable[[], object] = lambda: None) -> None:
    """Exchange containers. Until the reverse proxy uses the new ones, every failure and Ctrl-C undoes it."""
    if not rollout.is_needed:
        before_switch()
        rollout.proxy.use_dns()  # a command that was interrupted may have left its list
        return
    try:
        print(f"Starting {', '.join(rollout.changed) or 'nothing new'} ...", flush=True)
        rollout.start()
        before_switch()
        rollout.switch()
    except BaseException as error:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave half of both
        rollout.undo()
        if isinstance(error, DeploymentError):
            error.do = error.do or "the release before serves on. Correct the error above, then try again"
        raise
    print("The new ones answer. Waiting for the requests, sockets and tasks of the old ones ...", flush=True)
    rollout.finish()


def restart(service: str) -> None:
    """Restart the containers of a service with the release and the configuration that they have."""
    portal = Portal()
    found = portal.containers(service) if service in portal.services else []
    if not found:
        do = f"name one of {', '.join(portal.services)}"
        raise DeploymentError(f"SERVICE is {service or 'missing'}, and no container of it runs", do=do)
    os.environ["PORTAL_DIGEST"] = found[0].variable("PORTAL_DIGEST")
    if service in ROLLED:
        roll(Rollout(portal, [service], lambda container: True))
        return
    print(f"{service} has one container. It is away for some seconds.", flush=True)
    limit = [f"--timeout={steps.PROXY_SECONDS}"] if service == PROXY else []
    portal.compose("restart", "--no-deps", *limit, service)
    steps.wait_until_healthy(portal, service)


def take_up_certificate() -> None:
    """Let the portal use a certificate that was renewed: NGINX, and the worker, which sends a mail before it ends."""
    portal = Portal()
    print(steps.write_certificates(portal).strip(), flush=True)
    ReverseProxy(portal).reload()
    if portal.is_mounted("worker", CERTIFICATES):
        restart("worker")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infrastructure.deployment", description=__doc__)
    parser.add_argument("command", choices=["up", "deploy", "restart", "maintenance", "certificate", "restore"])
    options = parser.parse_args()
    command = f"make {options.command}"
    if not is_installed():
        print(NO_DOCKER, file=sys.stderr)
        return 1
    for one in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.default_int_handler)  # a lost connection undoes as Ctrl-C does
    try:
        with locked(command):
            match options.command:
                case "restart":
                    restart(os.environ.get("SERVICE", ""))
                case "maintenance":
                    print(steps.set_maintenance(Portal(), os.environ.get("STATE", "")))
                case "certificate":
                    take_up_certificate()
                case "restore":
                    restore()
                case _:
                    deploy(os.environ.get("ALLOW", "").replace(",", " ").split())
    except DeploymentError as error:
        print(error.report(command), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\n{command}: interrupted. Run it again: it continues where it was.", file=sys.stderr)
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
