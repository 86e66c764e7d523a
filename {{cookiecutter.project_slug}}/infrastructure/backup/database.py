"""The dump of the database, with the number of rows of each table in the same snapshot."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .problems import BackupError
from .programs import Progress, last_words, megabytes, run

PASSFILE = Path("/tmp/passwords")  # noqa: S108 - of this container alone, in memory
# For a database elsewhere, whose URL has sslmode=verify-full. The package ca-certificates has this file.
PUBLIC_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
JOBS = "2"

# A statement for each table, which psql then runs: the name and the number of rows.
COUNT_ROWS = r"""
SELECT format('SELECT %L, count(*) FROM %I.%I', relname, nspname, relname)
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = 'public' AND relkind IN ('r', 'm') ORDER BY relname \gexec
"""
END = "end of the answer"


class Database:
    """A database by its URL, which has no password: that is in a file."""

    def __init__(self, url: str, password_file: Path) -> None:
        self.url = url
        write_passfile(url, password_file)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PGPASSFILE": str(PASSFILE),
            "PGCONNECT_TIMEOUT": "10",
            "PGAPPNAME": "backup",
            "PGSSLROOTCERT": os.environ.get("CA_CERTIFICATE") or PUBLIC_AUTHORITIES,
        }

    def psql(self, *options: str) -> list[str]:
        return [
            *("psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"),
            *options,
            self.url,
        ]

    def query(self, statement: str, *, doing: str, variables: dict[str, str] | None = None) -> str:
        """Return what a statement prints. psql quotes the `variables` in it, written :'name'."""
        options = [f"--set={name}={value}" for name, value in (variables or {}).items()]
        return run(self.psql(*options), doing=doing, env=self.environment, input=statement).strip()

    @contextlib.contextmanager
    def snapshot(self) -> Iterator["DatabaseSnapshot"]:
        """Open a transaction that sees one state of the database and locks no row and no writer out."""
        process = subprocess.Popen(
            self.psql("--field-separator=\t"),
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield DatabaseSnapshot(self, process)
        finally:
            process.kill()  # the server rolls back
            process.communicate()


class DatabaseSnapshot:
    def __init__(self, database: Database, process: subprocess.Popen[str]) -> None:
        self.database = database
        self.process = process
        self.query("SET idle_in_transaction_session_timeout = 0; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;")
        (self.name,) = self.query("SELECT pg_export_snapshot();")
        (self.version,) = self.query("SHOW server_version;")
        (size,) = self.query("SELECT pg_database_size(current_database());")
        self.size = int(size)

    def query(self, statement: str) -> list[str]:
        """Return the lines that psql prints for a statement."""
        assert self.process.stdin
        assert self.process.stdout
        try:
            self.process.stdin.write(f"{statement}\n\\echo {END}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # psql has ended, and says why
        lines = []
        for line in self.process.stdout:
            if line.rstrip("\n") == END:
                return lines
            lines.append(line.rstrip("\n"))
        _, printed = self.process.communicate()
        raise BackupError(f"reading the database failed: {last_words(printed)}")

    def rows(self) -> dict[str, int]:
        """Return table → number of rows."""
        return {name: int(count) for name, count in (line.split("\t") for line in self.query(COUNT_ROWS))}

    def dump(self, folder: Path) -> None:
        """Write pg_dump's directory format: uncompressed, because restic compresses, and finds what stayed the same."""
        command = [
            *("pg_dump", "--format=directory", "--compress=none", f"--jobs={JOBS}", f"--snapshot={self.name}"),
            *("--no-password", f"--file={folder}", f"--dbname={self.database.url}"),
        ]
        errors = folder.with_name("pg_dump.log")
        progress = Progress("Dumping the database")
        with errors.open("w") as log:
            process = subprocess.Popen(command, env=self.database.environment, stderr=log)
            try:
                while process.poll() is None:
                    progress.update(f"{megabytes(size_of(folder))} (with indexes, it has {megabytes(self.size)})")
                    time.sleep(0.2)
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.wait()
        printed = errors.read_text()
        errors.unlink()
        if process.returncode:
            raise BackupError(f"pg_dump failed: {last_words(printed)}")


def size_of(folder: Path) -> int:
    """Return the bytes of the files in a folder, which may be growing."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                total += os.lstat(Path(root, name)).st_size
    return total


def write_passfile(url: str, password_file: Path) -> None:
    """Write the password of a URL's user to the file that libpq reads: it takes no password from another file."""
    parts = urlsplit(url)
    user = unquote(parts.username or "").replace("\\", r"\\").replace(":", r"\:")
    password = password_file.read_text().strip().replace("\\", r"\\").replace(":", r"\:")
    PASSFILE.touch(mode=0o600)
    PASSFILE.chmod(0o600)  # libpq ignores one that others can read
    PASSFILE.write_text(f"*:*:*:{user}:{password}\n")
