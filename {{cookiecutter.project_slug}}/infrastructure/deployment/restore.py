"""`make restore`: puts a backup in the place of what the portal has, or back when the portal does not start with it.

infrastructure/backup/restoring.py restores and checks the backup beside what is in use, in a container of the service
`restore`. docs/operate/restore.md says what happens when.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from . import steps
from .docker import LABEL, ROOT, Portal, output_of
from .problems import DeploymentError
from .proxy import SERVICE as PROXY
from .proxy import ReverseProxy

DATABASE = "database"
# What they hold belongs to the replaced data: sessions that were ended, and tasks about rows that no longer exist.
EMPTIED = ("session-store", "notification-store", "application-store", "message-broker")
# The caches of Django that a store is behind. A store elsewhere has no volume to remove: its keys are.
ALIASES = {
    "session-store": ("sessions", "default"),
    "notification-store": ("notifications",),
    "application-store": ("application",),
}
BEFORE = "before"
AS_BEFORE = "nothing was replaced. The portal is as it was"
ALLOWED = "FROM=latest, the id of a backup, a folder that begins with /, s3:https://host/bucket/path, or before"
COUNT_LOST = "from core.access.second_factors import count_undecryptable; print(count_undecryptable())"


@dataclass(frozen=True)
class Source:
    """Which backup to restore: one of this portal, or of a repository elsewhere."""

    backup: str = "latest"  # or the beginning of an id
    repository: str = ""  # restic's name for it in the container; empty: this portal's
    folder: str = ""  # of this machine, with that repository

    @classmethod
    def parse(cls, text: str) -> "Source":
        """Return the source that FROM names. Raises DeploymentError."""
        if text.startswith("/"):
            if not Path(text, "config").is_file():
                allowed = "a folder with the file config, such as a copy of BACKUP_FOLDER"
                raise DeploymentError(f"{text} holds no repository. Allowed: {allowed}")
            if ":" in text:
                raise DeploymentError(
                    f"the path has a colon, which Docker cannot mount: {text}", do="rename the folder"
                )
            return cls(repository="/from", folder=text)
        if text.startswith("s3:"):
            return cls(repository=text)
        if text == "latest" or re.fullmatch("[0-9a-f]{4,64}", text):
            return cls(backup=text)
        raise DeploymentError(f"FROM is {text or 'missing'}. Allowed: {ALLOWED}")


class RestoreContainer:
    """Runs the steps of a restore, each in a container that has the volumes and is removed again."""

    def __init__(self, portal: Portal, source: Source, password_file: Path) -> None:
        self.name = f"{portal.name}-restore"
        self.mounts = [f"--volume={password_file}:/run/secrets/backup_password:ro"]
        if source.folder:
            self.mounts.append(f"--volume={source.folder}:/from:ro")
        os.environ["BACKUPS_VOLUME"] = f"{portal.name}_backups"
        os.environ["RESTORE_FROM"] = source.repository

    def run(self, *step: str) -> None:
        """Run a step, which prints what it does. Raises DeploymentError when it fails."""
        files = ("--file", "compose.yaml", "--file", "compose.restore.yaml")
        command = ["docker", "compose", *files, "run", "--rm", "--no-deps", "-T", "--name", self.name, *self.mounts]
        self.remove()
        try:
            done = subprocess.run(
                [*command, "restore", "python3", "-m", "backup", *step], cwd=ROOT, stdin=subprocess.DEVNULL, check=False
            )
        finally:
            self.remove()  # Compose leaves it when it is killed
        if done.returncode:
            raise DeploymentError(AS_BEFORE)

    def remove(self) -> None:
        subprocess.run(["docker", "rm", "--force", self.name], capture_output=True, check=False)


def restore() -> None:
    """Restore the backup of FROM. Raises DeploymentError.

    REMOVE=old removes what the last restore replaced, and PRINT=keys prints the encryption keys of the backup; both
    restore nothing.
    """
    source_name, removes, prints = (os.environ.get(name, "") for name in ("FROM", "REMOVE", "PRINT"))
    if removes not in ("", "old") or prints not in ("", "keys"):
        raise DeploymentError(
            f"REMOVE is {removes or 'empty'}, PRINT is {prints or 'empty'}. Allowed: REMOVE=old, PRINT=keys"
        )
    goes_back = source_name == BEFORE
    source = Source() if removes or goes_back else Source.parse(source_name)
    steps.write_secrets()
    steps.set_digest()
    portal = Portal()
    container = RestoreContainer(portal, source, password_file())
    if prints:
        container.run("print-keys", source.backup)
        return
    start_database(portal)
    if removes:
        container.run("remove-old")
    elif goes_back:
        container.run("check-before")
        confirm("Replace everything by what was there before the last restore? Both stay until REMOVE=old.")
        replace(portal, container, switch="switch-back")
    else:
        container.run("check", source.backup)
        prepare(portal, container, source)
        replace(portal, container, switch="switch")


def password_file() -> Path:
    """Return the file with the password of the repository. Raises DeploymentError when it cannot be read."""
    file = Path(os.environ.get("PASSWORD_FILE") or "secrets/backup_password")
    file = file if file.is_absolute() else ROOT / file
    if not os.access(file, os.R_OK):
        raise DeploymentError(f"the file of PASSWORD_FILE cannot be read: {file}")
    return file


def start_database(portal: Portal) -> None:
    if DATABASE not in portal.services:
        return  # it lies elsewhere, and runs by itself
    filters = (f"--filter=label={LABEL}.project={portal.name}", f"--filter=label={LABEL}.volume={DATABASE}")
    if not output_of("docker", "volume", "ls", "--quiet", *filters).strip():
        raise DeploymentError("this portal was never started", do="make up, which creates an empty one, then try again")
    steps.wait_until_healthy(portal, DATABASE)


def prepare(portal: Portal, container: RestoreContainer, source: Source) -> None:
    """Restore the backup beside what is in use, and ask. What was restored is removed again without a yes."""
    try:
        container.run("prepare", source.backup)
        print_lost_second_factors(portal)
        confirm(
            "Replace everything in this portal by the backup? It is closed for a moment, and everyone signs in again."
        )
    except BaseException:
        without_interrupts(lambda: container.run("discard"))
        raise


def print_lost_second_factors(portal: Portal) -> None:
    environment = portal.configuration["services"]["migrations"]["environment"]
    url = f"DATABASE_URL={urlsplit(environment['DATABASE_URL'])._replace(path='/portal_restoring').geturl()}"
    shell = ("python", "manage.py", "shell", "--no-imports", "--verbosity", "0", "--command", COUNT_LOST)
    try:
        lost = portal.compose("run", "--rm", "--no-deps", "-T", "--env", url, "migrations", *shell).split()[-1]
    except DeploymentError:
        lost = "unknown"  # such as a backup of a release whose tables were others
    if lost != "0":
        print(
            f"Second factors that ENCRYPTION_KEYS of .env does not decrypt: {lost}. They are lost with these keys: put"
        )
        print("the key of the backup's time behind the others, or these people set up new ones.", flush=True)


def confirm(question: str) -> None:
    if os.environ.get("YES") == "yes":
        return
    if not sys.stdin.isatty():
        found = f"{AS_BEFORE}, because nobody can be asked"
        raise DeploymentError(found, do="run it in a terminal, or with YES=yes")
    if input(f"{question} [yes/no] ").strip() != "yes":
        raise DeploymentError(AS_BEFORE)


def replace(portal: Portal, container: RestoreContainer, *, switch: str) -> None:
    """Close the portal, exchange its data, and open it when it works. If it does not start, its own data return."""
    proxy = ReverseProxy(portal)
    closes = proxy.is_running and not is_closed(proxy)
    began = time.monotonic()
    is_switched = False
    try:
        if closes:
            steps.set_maintenance(portal, "on")
        stop(portal)
        container.run(switch)
        is_switched = True
        start(portal)
    except BaseException:
        print("Returning to the data from before ...", file=sys.stderr, flush=True)

        def undo() -> None:
            if is_switched:
                stop(portal)
                container.run("switch-back")
            start(portal)
            if closes:
                steps.set_maintenance(portal, "off")
            if is_switched and switch == "switch":
                container.run("remove-old")  # the backup with which the portal did not start

        without_interrupts(undo)
        raise
    if closes:
        steps.set_maintenance(portal, "off")
    seconds = round(time.monotonic() - began)
    print(f"Restored. The portal was away for {seconds} s. What was there before is kept:")
    print("  make restore FROM=before   returns to it\n  make restore REMOVE=old    removes it", flush=True)
    if not portal.succeeds("exec", "-T", "intranet-server", "python", "manage.py", "doctor"):
        do = "follow doctor's advice, or return to the data from before: make restore FROM=before"
        raise DeploymentError("the backup is in place, and doctor found the errors above", do=do)


def is_closed(proxy: ReverseProxy) -> bool:
    """Return whether somebody has closed the portal, who then opens it too."""
    try:
        proxy.execute("! grep -q '{ default 0; }' /var/lib/portal/sites/maintenance.conf")
    except DeploymentError:
        return False
    return True


def stop(portal: Portal) -> None:
    """Stop and remove everything except the reverse proxy, which answers for the rest, and the database."""
    services = [service for service in portal.services if service not in (DATABASE, PROXY)]
    portal.compose("rm", "--stop", "--force", *services)
    for store in EMPTIED:
        if store in services:
            output_of("docker", "volume", "rm", "--force", f"{portal.name}_{store}")
    if elsewhere := [alias for store, aliases in ALIASES.items() if store not in services for alias in aliases]:
        code = f"from django.core.cache import caches\nfor alias in {elsewhere}: caches[alias].delete_pattern('*')"
        shell = ("python", "manage.py", "shell", "--no-imports", "--verbosity", "0", "--command", code)
        portal.compose("run", "--rm", "--no-deps", "-T", "intranet-server", *shell)


def start(portal: Portal) -> None:
    """Start the portal with the data that it has now. Raises DeploymentError when a part does not get ready."""
    if DATABASE in portal.services:
        portal.compose("exec", "-T", DATABASE, "sh", "/etc/portal/create-roles")
    steps.up_behind_proxy(portal)
    ReverseProxy(portal).use_dns()  # also reloads the certificates: the local authority may be another one
    portal.compose("exec", "-T", "intranet-server", "python", "manage.py", "rebuild_inboxes")


def without_interrupts(undo: Callable[[], None]) -> None:
    """Undo what was begun. A second Ctrl-C must not leave half of it, and the first error is the one to report."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        undo()
    except DeploymentError as error:
        error.do = error.do or "correct the error above, then run make up, and make maintenance STATE=off"
        print(error.report("make restore"), file=sys.stderr)
    finally:
        signal.signal(signal.SIGINT, before)
