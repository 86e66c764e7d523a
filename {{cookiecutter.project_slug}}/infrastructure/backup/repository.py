"""The restic repository: a folder, or a bucket of an S3-like store. restic encrypts and deduplicates what it holds.

The repository's password and the keys of the bucket are in files, so that no command line and no environment has them.
"""

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .problems import BackupError
from .programs import Progress, last_words, lines_of, megabytes

PASSWORD_FILE = Path("/run/secrets/backup_password")
S3_KEYS = (
    ("aws_access_key_id", Path("/run/secrets/backup_bucket_access_key")),
    ("aws_secret_access_key", Path("/run/secrets/backup_bucket_secret_key")),
)
CREDENTIALS = Path("/tmp/s3-credentials")  # noqa: S108 - of this container alone, in memory
TAG = "portal"  # every snapshot of this program has it
HOST = "portal"  # a snapshot's host: the same in every container, so that restic finds the one before

# What a restore leaves in the volumes, which only root can enter.
NEW, OLD = ".restoring", ".before-restore"
NOT_BACKED_UP = (f"/backup/*/{NEW}", f"/backup/*/{OLD}")

# restic's exit statuses: https://restic.readthedocs.io/en/stable/075_scripting.html#exit-codes
NO_REPOSITORY = 10
WRONG_PASSWORD = 12

OPEN_SECONDS = 30


@dataclass(frozen=True)
class Snapshot:
    id: str
    time: str  # ISO 8601


class Repository:
    def __init__(self, location: str, *, cache: Path, password_file: Path = PASSWORD_FILE, read_only: bool = False):
        self.location = location
        self.read_only = read_only  # a repository of others: nothing is written, not even a lock
        self.environment = {
            "PATH": os.environ["PATH"],
            "RESTIC_REPOSITORY": location,
            "RESTIC_PASSWORD_FILE": str(password_file),
            "RESTIC_CACHE_DIR": str(cache),
            "AWS_SHARED_CREDENTIALS_FILE": str(CREDENTIALS),
            "AWS_DEFAULT_REGION": os.environ.get("BACKUP_BUCKET_REGION", ""),
            "TMPDIR": "/tmp",  # noqa: S108
            # restic's memory follows the number of files. The limit of the container is 512 MB.
            "GOMEMLIMIT": "320MiB",
        }
        if extra := os.environ.get("SSL_CERT_FILE"):
            self.environment["SSL_CERT_FILE"] = extra

    def command(self, *arguments: str) -> list[str]:
        return ["restic", *(["--no-lock"] if self.read_only else []), *arguments]

    def run(self, *arguments: str, doing: str) -> str:
        done = subprocess.run(
            self.command(*arguments), env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise self.error(done.returncode, done.stderr or done.stdout, doing)
        return done.stdout

    def error(self, status: int, printed: str, doing: str) -> BackupError:
        if status == WRONG_PASSWORD:
            return BackupError(
                f"the repository {self.location} has another password. Put the one that was printed when it was "
                "created into BACKUP_PASSWORD of .env"
            )
        if status == NO_REPOSITORY:
            return BackupError(f"{self.location} holds no repository: no backup was made there, or it is elsewhere")
        return BackupError(f"{doing} failed ({self.location}): {last_words(printed)}")

    def read_config(self) -> subprocess.CompletedProcess[str]:
        """Read the repository's configuration, which succeeds when it exists and has our password.

        Raises BackupError when the store does not answer: restic would try again for 15 minutes, without a word.
        """
        write_credentials()
        try:
            return subprocess.run(
                self.command("cat", "config"),
                env=self.environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=OPEN_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise BackupError(
                f"{self.location} did not answer within {OPEN_SECONDS} seconds. Check its address, and that this "
                "machine reaches it"
            ) from None

    def open(self) -> None:
        """Check that the repository exists and has our password. Raises BackupError."""
        done = self.read_config()
        if done.returncode:
            raise self.error(done.returncode, done.stderr, "opening the repository")

    def open_or_create(self) -> bool:
        """Open the repository, or create one where there is none. Returns whether it is new."""
        done = self.read_config()
        if done.returncode == NO_REPOSITORY:
            self.refuse_other_content()
            self.run("init", doing="creating the repository")
            return True
        if done.returncode:
            raise self.error(done.returncode, done.stderr, "opening the repository")
        # The locks of a backup that was killed. restic removes those of processes that are gone, and no others.
        self.run("unlock", doing="removing old locks")
        return False

    def refuse_other_content(self) -> None:
        """Refuse to create a repository among other files, which may be one that lost its `config`."""
        folder = Path(self.location)
        if folder.is_absolute() and folder.is_dir() and (found := sorted(path.name for path in folder.iterdir())):
            raise BackupError(
                f"{folder} holds {', '.join(found[:5])} and no repository. Allowed: an empty folder, or a whole "
                "repository. If it was one, restore its file `config` from a copy"
            )

    def backup(self, paths: Sequence[Path]) -> dict[str, Any]:
        """Add a snapshot of the paths, and return restic's summary. Raises BackupError."""
        command = self.command(
            *("backup", "--json", f"--host={HOST}", f"--tag={TAG}", "--group-by=host,paths"),
            *(f"--exclude={path}" for path in NOT_BACKED_UP),
            *map(str, paths),
        )
        status, summary, errors = self.follow(command, Progress("Storing"))
        # With status 3, restic has made a snapshot without the files that it could not read. It is no good backup.
        if status or not summary.get("snapshot_id"):
            raise self.error(status, "\n".join(errors), "storing the backup")
        return summary

    def follow(self, command: Sequence[str], progress: Progress) -> tuple[int, dict[str, Any], list[str]]:
        """Run a long command, and show how far it is. Returns its exit status, its summary and its errors."""
        summary: dict[str, Any] = {}
        errors = []
        with self.started(command) as process:
            for line in lines_of(process):
                message = read_json(line)
                match message.get("message_type"):
                    case "status":
                        total = megabytes(message.get("total_bytes", 0))
                        progress.update(f"{message.get('percent_done', 0):.0%} of {total}")
                    case "error":
                        errors.append(f"{message.get('item', '')}: {message.get('error', {}).get('message', '')}")
                    case "exit_error":
                        errors.append(str(message.get("message")))
                    case "summary":
                        summary = message
                    case None:
                        errors.append(line)
        return process.returncode, summary, errors

    @contextlib.contextmanager
    def started(self, command: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
        process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            yield process
            process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()

    def forget(self, snapshot: str) -> None:
        self.run("forget", snapshot, doing="removing the incomplete backup")

    def remove_old(self, keep: dict[str, int]) -> None:
        """Remove the backups that are not to be kept, and the data that only they had.

        Those of the last two days all stay, whatever `keep` says.
        """
        limits = [f"--keep-{name}={number}" for name, number in keep.items() if number]
        selection = ["--keep-within=2d", f"--host={HOST}", f"--tag={TAG}", "--group-by=host"]
        self.run("forget", "--prune", *selection, *limits, doing="removing old backups")

    def snapshots(self) -> list[Snapshot]:
        """Return the snapshots of this program, the oldest first."""
        found = json.loads(self.run("snapshots", "--json", f"--tag={TAG}", doing="listing the backups"))
        return [Snapshot(one["id"], one["time"]) for one in sorted(found, key=lambda one: one["time"])]

    def find(self, name: str) -> Snapshot:
        """Return the snapshot `latest`, or the one whose id begins with `name`. Raises BackupError."""
        snapshots = self.snapshots()
        if not snapshots:
            raise BackupError(f"{self.location} holds no backup of a portal")
        found = [one for one in snapshots if one.id.startswith(name)] if name != "latest" else snapshots[-1:]
        if len(found) != 1:
            listed = ", ".join(f"{one.id[:8]} ({one.time[:16]})" for one in snapshots[-10:])
            raise BackupError(f"{len(found)} backups are called {name}. The newest ones here: {listed}")
        return found[0]

    def read(self, snapshot: Snapshot, path: Path) -> str:
        """Return a text file of a snapshot. Raises BackupError when it has none."""
        return self.run("dump", snapshot.id, str(path), doing=f"reading {path} of the backup {snapshot.id[:8]}")

    def restore(self, snapshot: Snapshot, path: Path, target: Path) -> None:
        """Write a folder of a snapshot into `target`, with its owners. Raises BackupError for damaged data."""
        command = self.command("restore", "--json", f"{snapshot.id}:{path}", f"--target={target}")
        status, _, errors = self.follow(command, Progress(f"Reading {path}"))
        if status or errors:
            raise BackupError(f"the backup {snapshot.id[:8]} is damaged: {last_words(chr(10).join(errors))}")


def read_json(line: str) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def write_credentials() -> None:
    """Write the keys of the bucket to the file that restic reads. Without keys, there is none."""
    keys = {name: file.read_text().strip() for name, file in S3_KEYS if file.exists()}
    if all(keys.values()) and keys:
        CREDENTIALS.touch(mode=0o600)
        CREDENTIALS.write_text("[default]\n" + "".join(f"{name} = {value}\n" for name, value in keys.items()))
