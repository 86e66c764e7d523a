"""Waits until a process can start, and then becomes it.

    python -m core.deployment.wait gunicorn --config python:config.gunicorn config.wsgi

It waits for the servers that the process PORTAL_PROCESS uses, and until the database has the migrations of its release.
Compose waits for them too, with `depends_on`, but not after a restart of the machine, and Swarm does not at all. When
everything is ready, this module writes nothing.

Each container runs it at each start, so it imports neither Django nor the models of the configuration.
"""

import argparse
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from core.configuration.processes import OWNER, PASSWORDS, SECRETS_OF_PROCESS, USE_CACHE, ProcessName, password_field
from core.configuration.secret_files import SUFFIX, read_secret
from core.configuration.url_parts import add_authority, add_password, change_user

# The Dockerfile writes it: the newest migration of each Django app.
MIGRATIONS = Path(__file__).resolve().parents[2] / "var" / "migrations.json"

LONGEST_SECONDS = 600.0
BETWEEN_TRIES_SECONDS = 0.5
BETWEEN_LINES_SECONDS = 10.0
CONNECT_SECONDS = 2

PORTS = {"redis": 6379, "rediss": 6379, "memcached": 11211, "amqp": 5672, "amqps": 5671}

NOT_APPLIED = "migrations are not applied: {names}"


class NotReadyError(Exception):
    """Something is not ready yet. The message says why, without a password."""


@dataclass(frozen=True)
class Condition:
    """What must be true before the process starts. `check` raises NotReadyError or OSError while it is not."""

    name: str
    check: Callable[[], None]


def value_of(name: str, environment: Mapping[str, str]) -> str:
    """Return a variable, or the content of the file that `<NAME>_FILE` names; empty without either."""
    if file := environment.get(name + SUFFIX):
        return read_secret(Path(file))
    return environment.get(name, "")


def urls_of(process: ProcessName) -> list[str]:
    """Return the variables of the servers that a process uses. `migrations` uses the database alone."""
    if process == "migrations":
        return ["DATABASE_URL"]
    urls = [url.upper() for url, password in PASSWORDS.items() if password in SECRETS_OF_PROCESS[process]]
    return [*urls, "CACHE_URL"] if process in USE_CACHE else urls


def conditions(process: ProcessName, environment: Mapping[str, str], migrations: Path = MIGRATIONS) -> list[Condition]:
    """Return what a process waits for. A server without a URL is embedded, and not waited for."""
    found = []
    for variable in urls_of(process):
        url = value_of(variable, environment)
        nodes = [urlsplit(node) for node in url.split(";")]
        if nodes[0].scheme in {"postgres", "postgresql"}:
            expected = [] if process == "migrations" else newest_migrations(migrations)
            found.append(Condition("database", partial(check_database, database_url(process, environment), expected)))
        elif nodes[0].hostname and nodes[0].scheme in PORTS:
            check = check_redis if nodes[0].scheme == "redis" else check_connection
            found.append(Condition(nodes[0].hostname, partial(check_any, check, nodes)))
    return found


def database_url(process: ProcessName, environment: Mapping[str, str]) -> str:
    """Return the URL as core/configuration/server_urls.py completes it."""
    url = value_of("DATABASE_URL", environment)
    if process == "migrations":
        url = change_user(url, OWNER)
    password = value_of(str(password_field("database_url", process)).upper(), environment)
    return add_authority(add_password(url, password), environment.get("CA_CERTIFICATE", ""))


def newest_migrations(file: Path) -> list[tuple[str, str]]:
    return [(app, name) for app, name in json.loads(file.read_text())]


def check_any(check: Callable[[SplitResult], None], nodes: Iterable[SplitResult]) -> None:
    """Check the nodes of a cluster until one is ready. Raises the error of the last one when none is."""
    *others, last = nodes
    for node in others:
        try:
            check(node)
        except (NotReadyError, OSError):
            continue
        return
    check(last)


def check_connection(parts: SplitResult) -> None:
    """Connect to a server. Raises OSError."""
    connect(parts).close()


def connect(parts: SplitResult) -> socket.socket:
    return socket.create_connection((parts.hostname, parts.port or PORTS[parts.scheme]), CONNECT_SECONDS)


def check_redis(parts: SplitResult) -> None:
    """Check that Redis has loaded its data. An answer that asks for a password is as good as any other."""
    with connect(parts) as connection:
        connection.sendall(b"PING\r\n")
        answer = connection.recv(256)
    if not answer or answer.startswith(b"-LOADING"):
        raise NotReadyError("it loads its data" if answer else "it closed the connection")


def check_database(url: str, expected: Iterable[tuple[str, str]]) -> None:
    """Check that PostgreSQL answers, and that it has the migrations in `expected`."""
    import psycopg2  # type: ignore[import-untyped]  # it has no annotations
    from psycopg2 import errors

    try:
        connection = psycopg2.connect(url, connect_timeout=CONNECT_SECONDS)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT app, name FROM django_migrations" if expected else "SELECT 1")
                applied = set(cursor.fetchall()) if expected else set()
        finally:
            connection.close()
    except errors.UndefinedTable:
        applied = set()
    except psycopg2.Error as error:
        raise NotReadyError(" ".join(str(error).split())) from None
    if missing := [f"{app}.{name}" for app, name in expected if (app, name) not in applied]:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        raise NotReadyError(NOT_APPLIED.format(names=", ".join(missing[:3]) + more))


def wait(needed: Iterable[Condition], *, seconds: float, report: Callable[..., None]) -> bool:
    """Wait until each condition is true, and return whether all were in time. Report what is waited for."""
    started, reported, waited = time.monotonic(), float("-inf"), False
    for one in needed:
        while True:
            try:
                one.check()
                break
            except (NotReadyError, OSError) as problem:
                reason, now = str(problem), time.monotonic()
            if now - started > seconds:
                report("error", f"{one.name} was not ready within {seconds:.0f} seconds", reason=reason, do=DO)
                return False
            if now - reported > BETWEEN_LINES_SECONDS:
                report("info", f"Waiting for {one.name}", reason=reason, seconds=round(now - started))
                waited, reported = True, now
            time.sleep(BETWEEN_TRIES_SECONDS)
        reported = float("-inf")
    if waited:
        report("info", "Everything is ready", seconds=round(time.monotonic() - started))
    return True


DO = "docker compose ps shows which containers run, and docker compose logs says why one does not"


def write_line(level: str, event: str, **values: object) -> None:
    """Write a log line with the keys that core/logs gives to all others."""
    line = {**values, "event": event, "logger": __spec__.name, "level": level, "timestamp": timestamp()}
    print(json.dumps(line, ensure_ascii=False), file=sys.stderr, flush=True)  # noqa: T201 - the log


def timestamp() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m core.deployment.wait", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=LONGEST_SECONDS, help="the longest time to wait")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="the process to start")
    options = parser.parse_args()
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        parser.error("the command is missing, such as: python -m core.deployment.wait python -m config.daphne")
    process = os.environ.get("PORTAL_PROCESS", "")
    needed = conditions(process, os.environ) if process in SECRETS_OF_PROCESS else []
    if not wait(needed, seconds=options.seconds, report=write_line):
        sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606 - no shell


if __name__ == "__main__":
    main()
