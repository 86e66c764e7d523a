"""Makes a backup: a snapshot with the database, the uploads, the local authority and the configuration."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .database import Database, DatabaseSnapshot, size_of
from .manifest import FOLDERS, FORMAT, checksums, describe_folder
from .problems import BackupError
from .programs import megabytes, say
from .repository import Repository
from .settings import CONTENT, WORK, Settings

MADE = WORK / "made"
CACHE = WORK / "cache"
LOCK = WORK / "lock"
PASSWORD = Path("/run/secrets/database_backup_password")
ROOM = 1.1  # a dump is smaller than the database with its indexes, and a disk must not be full to the last byte


@contextmanager
def only_one() -> Iterator[None]:
    """Let one backup run at a time. A second one waits for the first."""
    descriptor = os.open(LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another backup is running. Waiting until it ends ...")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def make_backup(settings: Settings, *, encryption_keys: str = "") -> dict[str, Any]:
    """Make a backup and remove old ones. Returns what was made. Raises BackupError.

    `encryption_keys` are added to the backup when they are given.
    """
    began = time.monotonic()
    with only_one():
        clean()
        repository = Repository(settings.repository, cache=CACHE)
        if repository.open_or_create():
            say(f"Created the repository {settings.repository}")
        MADE.mkdir(mode=0o700)
        try:
            manifest = dump(settings, with_keys=bool(encryption_keys))
            if encryption_keys:
                (MADE / "encryption_keys").write_text(encryption_keys)
            say(f"Storing the backup in {settings.repository} ...")
            summary = repository.backup([CONTENT, MADE])
        finally:
            clean()
        say("Removing old backups ...")
        try:
            repository.remove_old(settings.keep)
        except BackupError as error:
            raise BackupError(f"the backup {summary['snapshot_id'][:8]} is good, but {error}") from error
    result = {
        "snapshot": summary["snapshot_id"],
        "seconds": round(time.monotonic() - began, 1),
        "bytes": summary.get("total_bytes_processed", 0),
        "added_bytes": summary.get("data_added_packed", 0),
        "rows": sum(manifest["database"]["rows"].values()),
    }
    size, added = megabytes(result["bytes"]), megabytes(result["added_bytes"])
    what = f"{size}, of which {added} are new, {result['rows']:,} rows"
    say(f"Backup {result['snapshot'][:8]}: {what}, {result['seconds']} s")
    return result


def dump(settings: Settings, *, with_keys: bool) -> dict[str, Any]:
    """Write the dump and the manifest to MADE, and return the manifest."""
    with Database(settings.database, PASSWORD).snapshot() as snapshot:
        check_room(snapshot)
        say(f"Dumping the database ({megabytes(snapshot.size)}) ...")
        rows = snapshot.rows()
        snapshot.dump(MADE / "database")
        version = snapshot.version
    manifest = {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "portal": settings.portal,
        "release": settings.release,
        "postgresql": version,
        "database": {
            "rows": rows,
            "bytes": size_of(MADE / "database"),
            "checksums": checksums(MADE / "database"),
        },
        "folders": {name: describe_folder(CONTENT / name) for name in FOLDERS},
        "configuration": checksums(CONTENT / "configuration"),
        "has_encryption_keys": with_keys,
    }
    (MADE / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    return manifest


def check_room(snapshot: DatabaseSnapshot) -> None:
    free = shutil.disk_usage(WORK).free
    if free < snapshot.size * ROOM:
        raise BackupError(
            f"the disk of the volume backup-work has {megabytes(free)} left, and a dump may need "
            f"{megabytes(snapshot.size * ROOM)}. Make room on it"
        )


def clean() -> None:
    """Remove the dump of this backup, or of one that was killed."""
    if MADE.exists():
        shutil.rmtree(MADE)
