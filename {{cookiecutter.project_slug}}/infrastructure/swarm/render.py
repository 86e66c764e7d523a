"""Render compose.yaml as a stack for Docker Swarm.

    docker compose config --format json | python render.py --generated FOLDER --proxy-image IMAGE >stack.json
    docker stack deploy --compose-file stack.json --resolve-image never NAME

One source describes both. This program translates each key that compose.yaml uses, and fails on a key that it does not
know: `docker stack deploy` itself ignores some keys with a warning, drops others in silence, and publishes a port of
the loopback address on all addresses. What Swarm cannot do is printed to standard error, a line for each.

FOLDER has what the `configuration` one-shot writes, in `sites/`, `certificates/` and `authority/`. Swarm's volumes are
those of one node, so these files become configs and secrets. Those cannot change: each has the digest of its content in
its name.
"""

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

# Labels of the nodes on which services run: docker node update --label-add portal.stores=true NODE
STORES, FILES, EDGE = "portal.stores", "portal.files", "portal.edge"
STORE_NETWORKS = {"stores", "cache"}  # the networks of the database, the stores and the broker
# The uploads, which servers share. The volumes of other services are their own.
SHARED_VOLUMES = {"media", "protected"}
# Each node with a reverse proxy has its own, which a one-shot fills there.
EDGE_VOLUMES = {"static"}
# An internal network without a way out. Swarm knows no `network_mode: none`.
ISOLATED = "isolated"
# What the one-shot `configuration` writes for the reverse proxy and the backups, and whether it is secret.
GENERATED = {"sites": False, "certificates": True, "authority": True}
# Runs before the stack is deployed, and writes GENERATED.
BEFORE = "configuration"
ONE_AT_MOST = {"scheduler"}
# The reverse proxy's program, which reads a new release's page by itself: infrastructure/nginx/serve. It stops after so
# long: it accepts no connection meanwhile, and open sockets would keep it for ever.
PROXY, SERVE, PROXY_STOPS = "reverse-proxy", ["sh", "/etc/nginx/serve"], "2s"
CERTIFICATES = "/run/certificates/"
NGINX = "101"
# The networks whose addresses a server has to know, from which each gets 256.
ADDRESSES = IPv4Network("10.222.0.0/16")
LONGEST_NAME = 64  # of a config or a secret
# core/deployment/wait.py gives up after that time. Swarm replaces a task that is not healthy by then.
LONGEST_WAIT, BETWEEN_CHECKS = "600s", "5s"
# A new replica that fails within this time is rolled back.
MONITOR = "15s"


class RenderError(Exception):
    """compose.yaml, or .env, has something that Swarm would drop or widen. The message says what to do."""


@dataclass
class Stack:
    """The stack so far, and what was lost on the way."""

    project: str
    generated: Path
    proxy_image: str = ""  # that of the reverse proxy, in place of the release's
    publishes: str = ""  # what the job `static` publishes: `files`, or everything
    is_encrypted: bool = True
    has_uploads_elsewhere: bool = False
    services: dict[str, Any] = field(default_factory=dict)
    configs: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, Any] = field(default_factory=dict)
    lost: dict[str, list[str]] = field(default_factory=dict)  # what → the services that lose it
    unknown: list[str] = field(default_factory=list)
    subnets: dict[str, str] = field(default_factory=dict)  # network → its addresses

    def lose(self, what: str, service: str) -> None:
        services = self.lost.setdefault(what, [])
        if service not in services:
            services.append(service)

    def add_file(self, file: Path, *, is_secret: bool) -> str:
        """Add a file as a config or a secret, and return its key."""
        name = f"{file.parent.name}-{file.name}"[: LONGEST_NAME - len(f"{self.project}_-{digest(file)}")]
        name = f"{name}-{digest(file)}"
        kept = self.secrets if is_secret else self.configs
        kept[name] = {"name": f"{self.project}_{name}", "file": str(file)}
        return name


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def render(compose: Mapping[str, Any], stack: Stack) -> dict[str, Any]:
    """Return the stack of a configuration as `docker compose config --format json` prints it.

    Raises RenderError, with every problem at once.
    """
    top = {key for key in compose if not key.startswith("x-")}
    stack.unknown += [f"compose.yaml: {key}" for key in top - {"name", "services", "networks", "volumes", "secrets"}]
    networks = {name: render_network(name, network, stack) for name, network in compose["networks"].items()}
    environments = [service.get("environment", {}) for service in compose["services"].values()]
    stack.has_uploads_elsewhere = any(environment.get("FILES_URL") for environment in environments)
    for name, service in compose["services"].items():
        if name != BEFORE:
            stack.services[name] = render_service(name, service, compose, stack)
    if any(ISOLATED in service.get("networks", {}) for service in stack.services.values()):
        networks[ISOLATED] = render_network(ISOLATED, {"internal": True}, stack)
    if stack.unknown:
        raise RenderError(
            "These keys of compose.yaml have no translation:\n"
            + "\n".join(sorted(stack.unknown))
            + "\n  do  remove them, or add them to TRANSLATIONS in infrastructure/swarm/render.py"
        )
    volumes = {name: {} for name in compose["volumes"] if name not in GENERATED and is_mounted(name, stack.services)}
    return {
        "version": "3.13",
        "services": stack.services,
        "networks": networks,
        "volumes": volumes,
        "configs": stack.configs,
        "secrets": stack.secrets,
    }


def is_mounted(volume: str, services: Mapping[str, Any]) -> bool:
    return any(one.get("source") == volume for service in services.values() for one in service.get("volumes", []))


# Networks


def render_network(name: str, network: Mapping[str, Any], stack: Stack) -> dict[str, Any]:
    """Return an overlay network. The front networks have addresses that the servers know before they are resolved."""
    known = {"name", "driver_opts", "ipam", "internal"}
    stack.unknown += [f"networks.{name}.{key}" for key in network.keys() - known]
    options = network.get("driver_opts", {})
    # A bridge without an address of the host. An overlay has none either.
    stack.unknown += [f"networks.{name}.driver_opts.{key}" for key in options if not key.endswith(".inhibit_ipv4")]
    rendered: dict[str, Any] = {"driver": "overlay"}
    if network.get("internal"):
        rendered["internal"] = True
    if stack.is_encrypted:
        rendered["driver_opts"] = {"encrypted": "true"}
    if name.startswith("front-"):
        subnets = list(ADDRESSES.subnets(new_prefix=24))
        stack.subnets[name] = str(subnets[len(stack.subnets)])
        rendered["ipam"] = {"config": [{"subnet": stack.subnets[name]}]}
    return rendered


# Services


def copy(key: str) -> Callable[..., None]:
    def translate(rendered: dict[str, Any], value: Any, **_: Any) -> None:
        if value is not None:
            rendered[key] = value

    return translate


def wait_longer(rendered: dict[str, Any], value: Mapping[str, Any], *, service: Mapping[str, Any], **_: Any) -> None:
    """Keep the health check. A program of the portal's own may wait for migrations that long before it is healthy.

    All of them wait at the same time, which Compose avoids: checked every second, they would slow the migrations down.
    """
    waits = {"start_period": LONGEST_WAIT, "start_interval": BETWEEN_CHECKS} if "build" in service else {}
    rendered["healthcheck"] = {**value, **waits}


def leave_out(rendered: dict[str, Any], value: Any, **_: Any) -> None:
    """Drop what Swarm does not need: images are built before, the entry point waits, `deploy` says when to restart."""


def set_environment(rendered: dict[str, Any], value: Mapping[str, str], *, stack: Stack, **_: Any) -> None:
    """Keep the environment. A task cannot resolve its own network before it is healthy, so it gets the addresses."""
    rendered["environment"] = dict(value)
    if (network := value.get("FRONT_NETWORK")) in stack.subnets:
        rendered["environment"]["FRONT_NETWORK"] = stack.subnets[network]


def limit_memory(rendered: dict[str, Any], value: str, **_: Any) -> None:
    limits(rendered)["memory"] = str(value)


def limit_processes(rendered: dict[str, Any], value: int, **_: Any) -> None:
    limits(rendered)["pids"] = value


def limits(rendered: dict[str, Any]) -> dict[str, Any]:
    return rendered["deploy"].setdefault("resources", {}).setdefault("limits", {})


def join_networks(rendered: dict[str, Any], value: Mapping[str, Any], **_: Any) -> None:
    rendered["networks"] = {name: dict(options or {}) for name, options in value.items()}


def isolate(rendered: dict[str, Any], value: str, *, name: str, stack: Stack, **_: Any) -> None:
    if value != "none":
        stack.unknown.append(f"services.{name}.network_mode: {value}")
    rendered["networks"] = {ISOLATED: {}}


def set_replicas(rendered: dict[str, Any], value: int, **_: Any) -> None:
    rendered["deploy"]["replicas"] = value


def publish(rendered: dict[str, Any], value: list[dict[str, Any]], *, name: str, stack: Stack, **_: Any) -> None:
    """Publish ports on the node itself, so that the reverse proxy sees the clients' addresses."""
    rendered["ports"] = []
    for port in value:
        if port.get("host_ip", "") not in ("", "0.0.0.0"):  # noqa: S104 - compared, not used
            raise RenderError(
                f".env: PUBLISH_ADDRESS\n  found    {port['host_ip']}\n"
                "  allowed  0.0.0.0: Swarm publishes ports on all addresses of a node\n"
                "  do       set it, and close other ports in front of the nodes"
            )
        stack.unknown += [
            f"services.{name}.ports.{key}"
            for key in port.keys() - {"host_ip", "mode", "target", "published", "protocol"}
        ]
        rendered["ports"].append(
            {"mode": "host", "protocol": port["protocol"]}
            | {"target": int(port["target"]), "published": int(port["published"])}
        )


def mount_secrets(
    rendered: dict[str, Any], value: list[dict[str, Any]], *, compose: Mapping[str, Any], stack: Stack, **_: Any
) -> None:
    for one in value:
        file = Path(compose["secrets"][one["source"]]["file"])
        target = one.get("target", one["source"]).removeprefix("/run/secrets/")
        if file.stat().st_size:
            source = stack.add_file(file, is_secret=True)
            rendered.setdefault("secrets", []).append({"source": source, "target": target})
        else:
            # Swarm has no empty secret. A variable that names its file would name none.
            rendered["environment"] = {
                key: path for key, path in rendered["environment"].items() if path != f"/run/secrets/{target}"
            }


def name_no_new_privileges(rendered: dict[str, Any], value: list[str], *, name: str, stack: Stack, **_: Any) -> None:
    for option in value:
        if option != "no-new-privileges:true":
            stack.unknown.append(f"services.{name}.security_opt: {option}")
    stack.lose('no-new-privileges: set "no-new-privileges": true in daemon.json of each engine', name)


def share_memory(rendered: dict[str, Any], value: str, **_: Any) -> None:
    mount(rendered, {"type": "tmpfs", "target": "/dev/shm", "tmpfs": {"size": int(value)}})  # noqa: S108 - a mount


def mount_tmpfs(rendered: dict[str, Any], value: list[str], *, name: str, stack: Stack, **_: Any) -> None:
    """Use the long form: Swarm drops the short one. It has a size, and neither owner nor mode."""
    for one in value:
        target, _, described = one.partition(":")
        options = dict(option.split("=") for option in described.split(",") if option)
        size = {"tmpfs": {"size": in_bytes(options["size"])}} if "size" in options else {}
        mount(rendered, {"type": "tmpfs", "target": target, **size})
        if options.keys() - {"size"}:
            stack.lose("owner and mode of folders in memory: every user in the container can write there", name)


def in_bytes(size: str) -> int:
    units = {"k": 1024, "m": 1024**2, "g": 1024**3}
    return int(size[:-1]) * units[size[-1]] if size[-1] in units else int(size)


def mount(rendered: dict[str, Any], one: dict[str, Any]) -> None:
    rendered.setdefault("volumes", []).append(one)


def mount_volumes(rendered: dict[str, Any], value: list[dict[str, Any]], *, name: str, stack: Stack, **_: Any) -> None:
    for one in value:
        source, target = one["source"], one["target"]
        if one["type"] == "volume" and source in GENERATED:
            mount_files(rendered, stack.generated / source, target, stack=stack, is_secret=GENERATED[source])
        elif one["type"] == "volume":
            mount(rendered, {key: one[key] for key in ("type", "source", "target", "read_only") if key in one})
            place_at_volume(rendered, source, stack)
        elif one["type"] == "bind" and one.get("read_only"):
            if source != os.devnull:  # a certificate that the portal does not have
                is_key = target.startswith(CERTIFICATES) and target.endswith(".key")  # the worker reads the others
                mount_files(rendered, Path(source), target, stack=stack, is_secret=is_key)
        else:
            stack.unknown.append(f"services.{name}.volumes: {one['type']} {source}")


def place_at_volume(rendered: dict[str, Any], volume: str, stack: Stack) -> None:
    """Let a service run only on nodes that have the data. With FILES_URL, the volumes of uploads are empty."""
    if volume in SHARED_VOLUMES:
        if not stack.has_uploads_elsewhere:
            place(rendered, FILES)
    else:
        place(rendered, EDGE if volume in EDGE_VOLUMES else STORES)


def mount_files(rendered: dict[str, Any], source: Path, target: str, *, stack: Stack, is_secret: bool) -> None:
    """Mount a file, or each file of a folder and of those inside it. Swarm has no empty config."""
    if not source.exists():
        raise RenderError(f"{source}: the file is missing, and the stack needs it")
    for file in [source] if source.is_file() else sorted(path for path in source.rglob("*") if path.is_file()):
        if not file.stat().st_size:
            raise RenderError(f"{file}: the file is empty, which a file of a Swarm cannot be")
        place_of_file = target if file == source else f"{target}/{file.relative_to(source)}"
        one: dict[str, Any] = {"source": stack.add_file(file, is_secret=is_secret), "target": place_of_file}
        if is_secret:
            one |= {"uid": NGINX, "gid": NGINX, "mode": 0o400}
        elif os.access(file, os.X_OK):
            one["mode"] = 0o555
        rendered.setdefault("secrets" if is_secret else "configs", []).append(one)


def place(rendered: dict[str, Any], label: str) -> None:
    constraints = rendered["deploy"].setdefault("placement", {}).setdefault("constraints", [])
    if (constraint := f"node.labels.{label} == true") not in constraints:
        constraints.append(constraint)


def keep_replicas(rendered: dict[str, Any], value: Mapping[str, Any], *, name: str, stack: Stack, **_: Any) -> None:
    stack.unknown += [f"services.{name}.deploy.{key}" for key in value.keys() - {"replicas", "resources", "placement"}]
    if "replicas" in value:
        rendered["deploy"]["replicas"] = value["replicas"]


KEPT = (
    *("cap_drop", "command", "entrypoint", "hostname", "image", "init", "logging", "read_only"),
    *("stop_grace_period", "stop_signal", "user"),
)
TRANSLATIONS: dict[str, Callable[..., None]] = {
    **{key: copy(key) for key in KEPT},
    **dict.fromkeys(("build", "depends_on", "restart"), leave_out),
    "deploy": keep_replicas,
    "environment": set_environment,
    "healthcheck": wait_longer,
    "mem_limit": limit_memory,
    "network_mode": isolate,
    "networks": join_networks,
    "pids_limit": limit_processes,
    "ports": publish,
    "scale": set_replicas,
    "secrets": mount_secrets,
    "security_opt": name_no_new_privileges,
    "shm_size": share_memory,
    "tmpfs": mount_tmpfs,
    "volumes": mount_volumes,
}


def render_service(name: str, service: Mapping[str, Any], compose: Mapping[str, Any], stack: Stack) -> dict[str, Any]:
    rendered: dict[str, Any] = {"deploy": {}}
    stack.unknown += [f"services.{name}.{key}" for key in service.keys() - TRANSLATIONS.keys()]
    for key, translate in TRANSLATIONS.items():
        if key in service:
            translate(rendered, service[key], name=name, service=service, compose=compose, stack=stack)
    rendered["deploy"] |= how_to_deploy(name, service, rendered)
    if "ports" in rendered:
        place(rendered, EDGE)
    elif "build" not in service and STORE_NETWORKS & rendered.get("networks", {}).keys():
        place(rendered, STORES)  # also a store without a volume: a node without the label is then lost without one
    if name == PROXY:
        rendered |= {"image": stack.proxy_image, "command": SERVE, "stop_grace_period": PROXY_STOPS}
    elif stack.publishes and mounts_edge_volume(rendered) and "ports" not in rendered:
        rendered["command"] = [stack.publishes]
    return rendered


def mounts_edge_volume(rendered: Mapping[str, Any]) -> bool:
    return any(one.get("source") in EDGE_VOLUMES for one in rendered.get("volumes", []))


def how_to_deploy(name: str, service: Mapping[str, Any], rendered: Mapping[str, Any]) -> dict[str, Any]:
    """Return how many tasks a service has, and how new ones replace old ones."""
    if service.get("restart") == "no":
        mode = "global-job" if mounts_edge_volume(rendered) else "replicated-job"
        return {"mode": mode, "restart_policy": {"condition": "on-failure", "max_attempts": 3}}
    # An update of a server starts the new task before it stops the old one. Two tasks of a store, or of the scheduler,
    # must not run at the same time, and two reverse proxies cannot have the same port of a node.
    is_replicable = is_stateless(service, rendered) and name not in ONE_AT_MOST
    update = {
        "order": "start-first" if is_replicable else "stop-first",
        "parallelism": 1,
        "failure_action": "rollback",
        "monitor": MONITOR,
    }
    deploy = {
        "endpoint_mode": "dnsrr",
        "restart_policy": {"condition": "any", "delay": "2s"},
        "update_config": update,
        "rollback_config": {"order": update["order"], "parallelism": 1},
    }
    if "ports" in rendered:
        return deploy | {"mode": "global"}
    replicas = rendered["deploy"].get("replicas", 1)
    return deploy | {"replicas": replicas if is_replicable else 1}


def is_stateless(service: Mapping[str, Any], rendered: Mapping[str, Any]) -> bool:
    """Tell whether this is a program of the portal's own without a volume of its own and without a port of a node."""
    volumes = {one.get("source") for one in rendered.get("volumes", []) if one["type"] == "volume"}
    return "build" in service and volumes <= SHARED_VOLUMES and "ports" not in rendered


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--generated", type=Path, required=True, help="the folder with sites/, certificates/, authority/"
    )
    parser.add_argument("--proxy-image", required=True, help="the image of the reverse proxy")
    parser.add_argument("--files-only", action="store_true", help="do not publish the page of the release yet")
    parser.add_argument("--unencrypted", action="store_true", help="do not encrypt the traffic between the nodes")
    options = parser.parse_args()
    compose = json.load(sys.stdin)
    stack = Stack(
        compose["name"],
        options.generated.absolute(),
        proxy_image=options.proxy_image,
        publishes="files" if options.files_only else "",
        is_encrypted=not options.unencrypted,
    )
    try:
        rendered = render(compose, stack)
    except RenderError as problem:
        print(problem, file=sys.stderr)
        return 1
    if options.unencrypted:
        stack.lose("encryption between the nodes: keep their network private", "all services")
    for what, services in stack.lost.items():
        print(f"Not in the stack: {what} ({', '.join(services)})", file=sys.stderr)
    json.dump(rendered, sys.stdout, indent=2)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
