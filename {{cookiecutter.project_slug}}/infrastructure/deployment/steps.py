"""The steps that come before and after the exchange of the servers."""

import os
import subprocess
from collections.abc import Sequence

from .docker import LABEL, ROOT, Portal, log_of, output_of, succeeds
from .problems import DeploymentError
from .proxy import SERVICE as PROXY
from .proxy import ReverseProxy

BACKEND = "configuration"  # any service of the backend's image: the others have the same
UNCHANGED = "Nothing was changed"
# NGINX's time for its last requests. It accepts none meanwhile, and open sockets would keep it for ever.
PROXY_SECONDS = 2
DIGEST = "/etc/nginx/digest"  # the Dockerfile writes it
UNSAFE = 3  # the exit code of `manage.py checkmigrations`


def write_secrets() -> None:
    if not succeeds("infrastructure/write-secrets"):
        raise DeploymentError(UNCHANGED, do="correct .env, then try again")


def set_digest() -> None:
    """Set the variable by which a changed portal.yaml or .env changes every container that reads them."""
    digest = output_of("sh", "-c", "grep -hv '^RELEASE=' portal.yaml .env | cksum | tr -d ' '")
    os.environ["PORTAL_DIGEST"] = digest.strip()


def build() -> None:
    """Build the images of a new release. What follows uses them, and .env still names the release that serves."""
    done = subprocess.run(["infrastructure/build-release"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise DeploymentError(UNCHANGED, do="correct what the build reports, then try again")
    os.environ["RELEASE"] = done.stdout.strip()


def keep_release(allowed: list[str]) -> None:
    """Write to .env which release serves now."""
    output_of("infrastructure/keep-release", *allowed)


def check_data() -> None:
    """Check that the servers of tier I can read their volumes with the images that they get."""
    if not succeeds("infrastructure/check-data"):
        raise DeploymentError(UNCHANGED, do="as the message above says")


def check_configuration(portal: Portal) -> None:
    """Check portal.yaml and .env with the new release, so that a mistake in them changes nothing."""
    if not portal.succeeds("run", "--rm", "--no-deps", "-T", BACKEND, "python", "-m", "core.deployment", "--check"):
        raise DeploymentError(UNCHANGED, do="correct the errors above, then try again")


def write_configuration(portal: Portal) -> None:
    """Write NGINX's files. It reads them when it is reloaded."""
    portal.compose("run", "--rm", "--no-deps", "-T", BACKEND)


def write_certificates(portal: Portal) -> str:
    """Write the certificates that NGINX reads when it is reloaded. Returns what was done."""
    try:
        return portal.compose(
            "run", "--rm", "--no-deps", "-T", BACKEND, "python", "-m", "core.deployment", "--certificates"
        )
    except DeploymentError as error:
        do = "correct the error above, then try again"
        raise DeploymentError("the portal uses the certificate as before", details=error.details, do=do) from None


def check_migrations(allowed: list[str]) -> None:
    """Refuse migrations that the servers that run now could not work beside."""
    command = ["docker", "compose", "run", "--rm", "--no-deps", "-T", "migrations", "python", "manage.py"]
    done = subprocess.run([*command, "checkmigrations", "--allow", *allowed], cwd=ROOT, check=False)
    if done.returncode:
        found = "a migration is unsafe" if done.returncode == UNSAFE else "the migrations could not be checked"
        raise DeploymentError(f"{found}. {UNCHANGED}")


def migrate(portal: Portal) -> None:
    portal.compose("up", "--detach", "--no-deps", "--no-build", "--force-recreate", "migrations")
    (container,) = portal.containers("migrations")
    code = output_of("docker", "wait", container.id).strip()
    if code != "0":
        do = "correct the migration. Those before it stay applied, and the release before serves on"
        raise DeploymentError("the migrations failed", details=log_of(container), do=do)


def recreate_edge_network(portal: Portal) -> None:
    """Remove the network `edge` when EDGE_SUBNET has changed: Compose does not change a network that exists.

    NGINX's configuration names the gateway of the new one. On the old one, clients that Docker shows as the gateway
    could count as the campus.
    """
    network = portal.network("edge")
    filters = (f"--filter=label={LABEL}.project={portal.name}", f"--filter=label={LABEL}.network=edge")
    existing = output_of("docker", "network", "ls", "--quiet", *filters).strip()
    subnet = "{{(index .IPAM.Config 0).Subnet}}"
    wanted = network["ipam"]["config"][0]["subnet"]
    if existing and output_of("docker", "network", "inspect", "--format", subnet, existing).strip() != wanted:
        print("EDGE_SUBNET has changed: the reverse proxy is away until its network exists again.")
        portal.compose("rm", "--stop", "--force", PROXY)
        output_of("docker", "network", "rm", existing)


def up(portal: Portal, *services: str, options: Sequence[str] = ("--no-deps",)) -> None:
    """Create and start services as compose.yaml has them, and wait until they are healthy. Without names: all."""
    command = ["up", "--detach", "--wait", "--no-build", "--remove-orphans"]
    try:
        if services:
            portal.compose(*command, *options, *services)
        elif not portal.succeeds(*command):
            raise DeploymentError("the portal did not start")
    except DeploymentError as error:
        failed = [one for one in portal.containers(*(services or portal.configuration["services"])) if one.is_broken]
        logs = [f"--- {one.name}\n{log_of(one)}" for one in failed]
        do = "read the log above; docker compose ps shows which parts run. If portal_owner could not connect to a "
        do += "database that existed before, run infrastructure/database-roles"
        raise DeploymentError(str(error), details="\n".join([*logs, error.details]), do=do) from None


def up_behind_proxy(portal: Portal) -> None:
    """Create and start everything, while a reverse proxy that runs answers visitors.

    Its container may be of an earlier release with the same NGINX. Compose alone would replace it.
    """
    if not ReverseProxy(portal).is_running:
        up(portal)
        return
    up(portal, *(service for service in portal.services if service != PROXY), options=[])
    update_proxy(portal)


def wait_until_healthy(portal: Portal, service: str) -> None:
    """Wait until a service that runs is healthy, whatever compose.yaml says of it by now."""
    up(portal, service, options=["--no-deps", "--no-recreate"])


def up_others(portal: Portal, services: list[str]) -> None:
    """Bring the services up to date that are not exchanged beside each other. Says which of them are away meanwhile."""
    if changed := sorted(portal.outdated(services)):
        print(f"These are away for some seconds, because they have changed: {', '.join(changed)}")
    up(portal, *services)


def publish(portal: Portal, what: str) -> None:
    """Copy the release's static files, or its page, to where NGINX serves them: infrastructure/nginx/publish."""
    portal.compose("run", "--rm", "--no-deps", "-T", "static", what)


def update_proxy(portal: Portal) -> None:
    """Reload NGINX, or create it again when it has changed itself: a new version, its configuration or its ports.

    Two containers cannot publish the same port, so there is no other way. The old one ends its requests first, and its
    sockets close.
    """
    if is_same_nginx(portal):
        ReverseProxy(portal).reload()
        return
    print("The reverse proxy itself has changed: visitors get no answer for a few seconds.")
    up(portal, PROXY, options=["--no-deps", f"--timeout={PROXY_SECONDS}"])


def is_same_nginx(portal: Portal) -> bool:
    """Return whether the running reverse proxy is what it would be with this release, apart from pages and release."""
    running = [container for container in portal.containers(PROXY) if container.is_running]
    if len(running) != 1:
        return False
    release = running[0].description["Config"]["Image"].rpartition(":")[2]
    digest = output_of("env", f"RELEASE={release}", "docker", "compose", "config", "--hash", PROXY).split()[-1]
    if digest != running[0].description["Config"]["Labels"][f"{LABEL}.config-hash"]:
        return False
    image = portal.configuration["services"][PROXY]["image"]
    try:
        now = output_of("docker", "exec", running[0].id, "cat", DIGEST)
        return now == output_of("docker", "run", "--rm", "--network=none", "--entrypoint=cat", image, DIGEST)
    except DeploymentError:
        return False  # an older release has no digest


def set_maintenance(portal: Portal, state: str) -> str:
    """Close the portal to visitors, or open it. Returns what maintainers need to know."""
    if state not in {"on", "off"}:
        raise DeploymentError(f"STATE is {state or 'missing'}", do="make maintenance STATE=on, or STATE=off")
    command = ("python", "-m", "core.deployment", "--maintenance", state)
    report = portal.compose("run", "--rm", "--no-deps", "-T", BACKEND, *command)
    ReverseProxy(portal).use_dns()  # waits until NGINX has taken it up
    return report
