"""Restores a backup in two steps: beside what exists, where it is checked, and then in its place, by renaming.

The first step changes nothing that is in use. The second one keeps what was there before: the database
portal_before_restore, and a folder `.before-restore` in each volume, which only root can enter. It can be undone.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from .database import COUNT_ROWS, Database
from .making import MADE
from .manifest import checksums, compare_checksums, compare_rows, describe_folder, read_manifest
from .problems import BackupError
from .programs import last_words, megabytes, run, say
from .repository import NEW, OLD, Repository, Snapshot
from .settings import CONTENT, WORK, Settings

OWNER_PASSWORD = Path("/run/secrets/database_owner_password")
TARGET = Path("/target")
VOLUMES = ("media", "protected", "authority")
RESTORED = WORK / "restored"
DATABASE, NEW_DATABASE, OLD_DATABASE = "portal", "portal_restoring", "portal_before_restore"
JOBS = "2"
MOST_DIFFERENCES = 10
ROOM = 1.1

CREATE = f"""
DROP DATABASE IF EXISTS {NEW_DATABASE};
CREATE DATABASE {NEW_DATABASE};
REVOKE ALL ON DATABASE {NEW_DATABASE} FROM PUBLIC;
GRANT CONNECT ON DATABASE {NEW_DATABASE} TO portal, portal_backup;
"""
# All names change, or none does.
SWITCH = f"""
BEGIN;
ALTER DATABASE {DATABASE} RENAME TO {OLD_DATABASE};
ALTER DATABASE {NEW_DATABASE} RENAME TO {DATABASE};
COMMIT;
"""
SWITCH_BACK = f"""
BEGIN;
ALTER DATABASE {DATABASE} RENAME TO {NEW_DATABASE};
ALTER DATABASE {OLD_DATABASE} RENAME TO {DATABASE};
ALTER DATABASE {NEW_DATABASE} RENAME TO {OLD_DATABASE};
COMMIT;
"""
EXISTS = "SELECT count(*) FROM pg_database WHERE datname = :'name';"
# Another role's backend_type is hidden from the owner of the tables. The server's own processes have no role.
CONNECTED = """
SELECT string_agg(DISTINCT usename || coalesce(' (' || nullif(application_name, '') || ')', ''), ', ')
    FROM pg_stat_activity WHERE datname = 'portal' AND usename IS NOT NULL;
"""


class Restore:
    """A backup of a repository, and the portal that it is restored into."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        cache = WORK / "cache"
        cache.mkdir(exist_ok=True)
        self.repository = Repository(settings.repository, cache=cache, read_only=True)

    def find(self, name: str) -> tuple[Snapshot, dict[str, Any]]:
        """Return a backup and its manifest. Raises BackupError for what is no backup of a portal."""
        self.repository.open()
        snapshot = self.repository.find(name)
        try:
            text = self.repository.read(snapshot, MADE / "manifest.json")
        except BackupError as error:
            raise BackupError(f"{snapshot.id[:8]} is not a backup of a portal, or is damaged: {error}") from error
        return snapshot, read_manifest(text)

    def encryption_keys(self, name: str) -> str:
        """Return the encryption keys of a backup. Raises BackupError when it was made without them."""
        snapshot, manifest = self.find(name)
        if not manifest["has_encryption_keys"]:
            raise BackupError(f"the backup {snapshot.id[:8]} has no encryption keys: it was made without WITH=keys")
        return self.repository.read(snapshot, MADE / "encryption_keys").strip()

    def check(self, name: str) -> tuple[Snapshot, dict[str, Any]]:
        """Return a backup and its manifest. Raises BackupError, with the reason, for one that cannot be restored."""
        snapshot, manifest = self.find(name)
        if manifest["portal"] != self.settings.portal and os.environ.get("RESTORE_ALLOW") != "another-portal":
            found, own = manifest["portal"], self.settings.portal
            raise BackupError(f"the backup is of the portal {found}, and this one is {own}: see ALLOW=another-portal")
        backup, server = major(manifest["postgresql"]), major(self.query("postgres", "SHOW server_version;"))
        if backup > server:
            raise BackupError(
                f"the backup is of PostgreSQL {backup}, and this database server is {server}. Set POSTGRES_IMAGE of "
                f".env to an image of PostgreSQL {backup} or newer"
            )
        if (own := major(own_version())) > server:
            raise BackupError(
                f"pg_restore is of PostgreSQL {own}, and this database server is {server}. Set POSTGRES_IMAGE of .env "
                f"to an image of PostgreSQL {server}"
            )
        return snapshot, manifest

    def describe(self, snapshot: Snapshot, manifest: dict[str, Any]) -> str:
        uploads = sum(manifest["folders"][name]["files"] for name in ("media", "protected"))
        rows = sum(manifest["database"]["rows"].values())
        return (
            f"Backup {snapshot.id[:8]} of {manifest['portal']}, made at {manifest['made_at']} by release "
            f"{manifest['release'] or 'unknown'}: {rows:,} rows, {uploads:,} uploads"
        )

    def prepare(self, name: str) -> dict[str, Any]:
        """Restore a backup beside what is in use, and compare it with its manifest. Returns the manifest."""
        self.discard()
        snapshot, manifest = self.check(name)
        say(self.describe(snapshot, manifest))
        self.check_room(manifest)
        try:
            self.restore_database(snapshot, manifest)
            self.restore_files(snapshot, manifest)
        except BaseException:
            self.discard()
            raise
        (WORK / "manifest.json").write_text(json.dumps(manifest))
        say("The backup is whole. Nothing was replaced yet.")
        return manifest

    def restore_database(self, snapshot: Snapshot, manifest: dict[str, Any]) -> None:
        say("Reading the dump ...")
        RESTORED.mkdir(mode=0o700)
        self.repository.restore(snapshot, MADE / "database", RESTORED)
        if differences := compare_checksums(manifest["database"]["checksums"], checksums(RESTORED)):
            raise BackupError(f"the dump is not the one of the manifest: {listed(differences)}")
        say(f"Restoring the database ({megabytes(manifest['database']['bytes'])}) ...")
        self.query("postgres", CREATE)
        self.pg_restore()
        self.query(NEW_DATABASE, "ANALYZE;")
        found = dict(line.split("|") for line in self.query(NEW_DATABASE, COUNT_ROWS).splitlines())
        if differences := compare_rows(manifest["database"]["rows"], {name: int(n) for name, n in found.items()}):
            raise BackupError(f"the restored rows are not those of the manifest: {listed(differences)}")
        shutil.rmtree(RESTORED)

    def pg_restore(self) -> None:
        database = self.database(NEW_DATABASE)
        command = ["pg_restore", "--exit-on-error", "--no-password", f"--jobs={JOBS}", f"--dbname={database.url}"]
        done = subprocess.run(
            [*command, str(RESTORED)], env=database.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise BackupError(f"pg_restore failed: {last_words(done.stderr)}")

    def restore_files(self, snapshot: Snapshot, manifest: dict[str, Any]) -> None:
        for name in VOLUMES:
            say(f"Restoring {name} ...")
            new = TARGET / name / NEW
            new.mkdir(mode=0o700)
            self.repository.restore(snapshot, CONTENT / name, new)
            new.chmod(0o700)  # restic has given it the mode of the folder in the backup
            os.chown(new, 0, 0)
            if (found := describe_folder(new)) != (wanted := manifest["folders"][name]):
                raise BackupError(f"{name} has {found} instead of {wanted}")

    def switch(self) -> None:
        """Put what `prepare` restored in the place of what is in use. What the last restore replaced is removed."""
        if not (WORK / "manifest.json").exists():
            raise BackupError("nothing is prepared")
        self.refuse_connections()
        self.remove_old()
        self.query("postgres", SWITCH)
        for name in VOLUMES:
            replace(TARGET / name)
        (WORK / "manifest.json").unlink()
        say("The backup is in place.")

    def switch_back(self) -> None:
        """Exchange what is in use with what was there before the last restore. A second time undoes it."""
        self.check_before()
        self.refuse_connections()
        self.discard()
        self.query("postgres", SWITCH_BACK)
        for name in VOLUMES:
            (TARGET / name / OLD).rename(TARGET / name / NEW)
            replace(TARGET / name)
        say("What was there before is in place.")

    def check_before(self) -> None:
        variables = {"name": OLD_DATABASE}
        found = self.database("postgres").query(
            EXISTS, doing="looking for the database from before", variables=variables
        )
        if found != "1":
            raise BackupError("nothing from before a restore is kept: there was none, or REMOVE=old has removed it")

    def refuse_connections(self) -> None:
        """Refuse while somebody uses the database, such as in a psql. Renaming it would fail."""
        if connected := self.query("postgres", CONNECTED):
            raise BackupError(f"the database is still in use by {connected}. Close these connections, and try again")

    def discard(self) -> None:
        """Remove what `prepare` restored."""
        (WORK / "manifest.json").unlink(missing_ok=True)
        shutil.rmtree(RESTORED, ignore_errors=True)
        for name in VOLUMES:
            shutil.rmtree(TARGET / name / NEW, ignore_errors=True)
        self.query("postgres", f"DROP DATABASE IF EXISTS {NEW_DATABASE};")

    def remove_old(self) -> None:
        """Remove what was there before the last restore."""
        self.query("postgres", f"DROP DATABASE IF EXISTS {OLD_DATABASE};")
        for name in VOLUMES:
            shutil.rmtree(TARGET / name / OLD, ignore_errors=True)

    def check_room(self, manifest: dict[str, Any]) -> None:
        needed = manifest["database"]["bytes"] + sum(manifest["folders"][name]["bytes"] for name in VOLUMES)
        free = shutil.disk_usage(WORK).free
        if free < needed * ROOM:
            found, wanted = megabytes(free), megabytes(needed * ROOM)
            raise BackupError(f"the disk of Docker's volumes has {found} left, and {wanted} are needed")

    def database(self, name: str) -> Database:
        parts = urlsplit(self.settings.database)
        return Database(urlunsplit(parts._replace(path=f"/{name}")), OWNER_PASSWORD)

    def query(self, database: str, statement: str) -> str:
        """Return what psql prints for statements, each of which is a transaction of its own."""
        return self.database(database).query(statement, doing=f"a statement in the database {database}")


def replace(folder: Path) -> None:
    """Move what a folder holds to OLD, and what NEW holds into it."""
    old, new = folder / OLD, folder / NEW
    shutil.rmtree(old, ignore_errors=True)
    old.mkdir(mode=0o700)
    for path in folder.iterdir():
        if path not in (old, new):
            path.rename(old / path.name)
    for path in list(new.iterdir()):
        path.rename(folder / path.name)
    new.rmdir()


def own_version() -> str:
    """Return the version of pg_restore, from `pg_restore (PostgreSQL) 17.2 (Debian 17.2-1)`."""
    return run(["pg_restore", "--version"], doing="pg_restore").partition(") ")[2]


def major(version: str) -> int:
    return int(version.split(".")[0].split()[0])


def listed(differences: list[str]) -> str:
    more = len(differences) - MOST_DIFFERENCES
    return ", ".join(differences[:MOST_DIFFERENCES]) + (f" and {more} more" if more > 0 else "")
