"""What .env and portal.yaml say about backups. compose.yaml passes the variables on."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import yaml

from .problems import BackupError

CONTENT = Path("/backup")  # what is backed up as it is: uploads, the local authority, the configuration
WORK = Path("/backup-work")  # a volume: the dump while it is made, restic's cache, the lock
PORTAL_FILE = CONTENT / "configuration" / "portal.yaml"
KEEP = ("daily", "weekly", "monthly")


@dataclass(frozen=True)
class Settings:
    """Where backups go, when they are made and how many are kept."""

    repository: str  # restic's name for it: a folder, or s3:https://host/bucket/path
    database: str  # a URL without a password, of the role that this container connects as
    times: tuple[time, ...]  # in `zone`; none: only `make backup` makes backups
    zone: ZoneInfo
    keep: dict[str, int]  # daily, weekly, monthly → how many of them
    release: str
    portal: str  # the portal's name


def read_settings(environment: Mapping[str, str] = os.environ, portal_file: Path = PORTAL_FILE) -> Settings:
    """Return the settings. Raises BackupError that names the variable that is wrong."""
    portal = yaml.safe_load(portal_file.read_text(encoding="utf-8"))
    return Settings(
        repository=environment.get("BACKUP_REPOSITORY") or "/backups",
        database=change_user(environment["DATABASE_URL"], environment.get("DATABASE_ROLE", "")),
        times=read_times(environment.get("BACKUP_AT", "")),
        zone=ZoneInfo(portal.get("time_zone", "UTC")),
        keep={name: read_count(f"BACKUP_KEEP_{name.upper()}", environment) for name in KEEP},
        release=environment.get("RELEASE", ""),
        portal=str(portal.get("name", "")),
    )


def change_user(url: str, user: str) -> str:
    """Return the URL of the database with another user, if one is given."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{user}@{parts.netloc.rpartition('@')[2]}")) if user else url


def read_times(text: str) -> tuple[time, ...]:
    """Return the times of day in `02:30` or `02:30, 14:30`. `never` and nothing are none."""
    if text.strip() in ("", "never"):
        return ()
    times = []
    for part in text.split(","):
        if not re.fullmatch(r"\s*([01]\d|2[0-3]):[0-5]\d\s*", part):
            raise BackupError(
                f"BACKUP_AT of .env is {text!r}. Allowed: times of day such as 02:30, with commas between, or never"
            )
        times.append(time.fromisoformat(part.strip()))
    return tuple(sorted(set(times)))


def read_count(variable: str, environment: Mapping[str, str]) -> int:
    text = environment.get(variable, "")
    if not text.isascii() or not text.isdigit() or int(text) > 9999:
        raise BackupError(f"{variable} of .env is {text!r}. Allowed: a whole number from 0 to 9999")
    return int(text)
