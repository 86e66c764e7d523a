"""A stack's backups: makes them, and reads what the repository holds."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.support.compose import Stack, run

MADE = "/backup-work/made"  # the folder of a dump, in the container and in a backup


def make(stack: Stack, target: str, *arguments: str, check: bool = True, seconds: float = 300, **options: Any) -> str:
    """Run a command of the portal's Makefile as an operator does, and return all that it printed."""
    command = ["make", "--no-print-directory", target, *arguments]
    options.setdefault("stdin", subprocess.DEVNULL)
    done = run(*command, cwd=stack.portal, env=stack.environment(), seconds=seconds, check=check, **options)
    return done.stdout + done.stderr


def restic(stack: Stack, *arguments: str) -> str:
    command = ("restic", "--no-lock", "--repo=/backups", "--password-file=/run/secrets/backup_password")
    return stack.execute("backup", *command, "--cache-dir=/backup-work/cache", *arguments).stdout


def snapshots(stack: Stack) -> list[str]:
    """Return the ids of the backups, the oldest first."""
    found = json.loads(restic(stack, "snapshots", "--json"))
    return [one["id"] for one in sorted(found, key=lambda one: one["time"])]


def paths(stack: Stack, snapshot: str) -> set[str]:
    lines = restic(stack, "ls", "--json", snapshot).splitlines()
    return {one["path"] for one in map(json.loads, lines) if one["message_type"] == "node"}


def manifest(stack: Stack, snapshot: str) -> dict[str, Any]:
    return json.loads(restic(stack, "dump", snapshot, f"{MADE}/manifest.json"))


def backup_now(stack: Stack, *options: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Make a backup in a container of its own. `options` are those of `docker compose run`."""
    command = ("run", "--rm", "--no-deps", "--no-TTY", *options, "backup", "python3", "-m", "backup", "now")
    return stack.compose(*command, check=check, seconds=180)


def mounted(file: Path, target: str) -> str:
    """The option of `docker compose run` that mounts a file of this machine."""
    return f"--volume={file}:{target}:ro"
