"""A process waits for the servers that it uses, and for the migrations of its release."""

import json
import socketserver
import subprocess
import sys
import threading
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.db import connection

from config.settings.configuration import BASE_DIRECTORY
from core.configuration.processes import SECRETS_OF_PROCESS
from core.deployment.newest_migrations import newest_migrations
from core.deployment.wait import Condition, NotReadyError, check_redis, conditions, wait

URLS = {
    "DATABASE_URL": "postgresql://portal@database:5432/portal",
    "SESSION_STORE_URL": "redis://portal@session-store:6379/0",
    "NOTIFICATION_STORE_URL": "redis://portal@notification-store/0",
    "CHANNEL_LAYER_URL": "rediss://portal@channel-layer:6379/0",
    "APPLICATION_STORE_URL": "redis://portal@application-store:6379/0",
    "CACHE_URL": "memcached://cache",
    "MESSAGE_BROKER_URL": "amqp://portal@message-broker:5672/portal",
}
EVERYTHING = {urlsplit(url).hostname for url in URLS.values()}
LOADING = b"-LOADING Redis is loading the dataset in memory\r\n"
READY = b"-NOAUTH Authentication required.\r\n"


@contextmanager
def server(*answers: bytes):
    """Serve the answers on a port of this machine: one for each connection, and the last one again and again."""
    left = list(answers)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.recv(64)
            self.request.sendall(left.pop(0) if len(left) > 1 else left[0])

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{listening.server_address[1]}"
        listening.shutdown()


def run(*arguments, **variables):
    return subprocess.run(  # noqa: S603 - a fixed command
        [sys.executable, "-m", "core.deployment.wait", *arguments],
        cwd=BASE_DIRECTORY,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.fixture
def lines():
    return []


@pytest.fixture
def report(lines):
    return lambda level, event, **values: lines.append((level, event, values))


@pytest.mark.parametrize(
    ("process", "servers"),
    [
        ("server", EVERYTHING),
        ("sockets", EVERYTHING),
        ("worker", EVERYTHING),
        ("scheduler", {"message-broker"}),
        ("migrations", {"database"}),
    ],
)
def test_a_process_waits_for_the_servers_that_it_uses(process, servers, tmp_path):
    migrations = tmp_path / "migrations.json"
    migrations.write_text("[]")
    assert {one.name for one in conditions(process, URLS, migrations)} == servers


def test_the_password_of_the_database_comes_from_its_file(tmp_path):
    (tmp_path / "password").write_text("secret\n")
    variables = {"DATABASE_URL": URLS["DATABASE_URL"], "DATABASE_OWNER_PASSWORD_FILE": str(tmp_path / "password")}
    (database,) = conditions("migrations", variables)
    assert database.check.args == ("postgresql://portal_owner:secret@database:5432/portal", [])


def test_every_process_of_compose_is_known():
    assert set(SECRETS_OF_PROCESS) == {"server", "sockets", "worker", "scheduler", "migrations", "configuration"}


def test_an_embedded_backend_is_not_waited_for():
    assert conditions("server", {"SESSION_STORE_URL": ""}) == []


def test_a_store_is_ready_when_it_has_loaded_its_data(lines, report):
    with server(LOADING, READY) as address:
        assert wait(conditions("server", {"SESSION_STORE_URL": f"redis://{address}/0"}), seconds=10, report=report)
    assert [event for _, event, _ in lines] == ["Waiting for 127.0.0.1", "Everything is ready"]
    assert lines[0][2]["reason"] == "it loads its data"


def test_nothing_is_logged_when_everything_is_ready(lines, report):
    with server(READY) as address:
        assert wait(conditions("server", {"SESSION_STORE_URL": f"redis://{address}/0"}), seconds=10, report=report)
    assert lines == []


def test_a_store_that_closes_the_connection_is_not_ready():
    with server(b"") as address, pytest.raises(NotReadyError):
        check_redis(urlsplit(f"redis://{address}/0"))


def test_it_gives_up_with_the_reason_and_what_to_do(lines, report):
    def refuse():
        raise ConnectionRefusedError("Connection refused")

    assert not wait([Condition("cache", refuse)], seconds=0, report=report)
    level, event, values = lines[-1]
    assert (level, event) == ("error", "cache was not ready within 0 seconds")
    assert values["reason"] == "Connection refused"
    assert "docker compose logs" in values["do"]


def test_the_process_takes_its_place(tmp_path):
    code = "import os, sys; print(os.getpid(), sys.argv[1:])"
    command = [sys.executable, "-m", "core.deployment.wait", sys.executable, "-c", code, "--option", "a b"]
    with subprocess.Popen(  # noqa: S603 - a fixed command
        command, cwd=BASE_DIRECTORY, stdout=subprocess.PIPE, text=True
    ) as process:
        output, _ = process.communicate(timeout=30)
        assert output == f"{process.pid} ['--option', 'a b']\n"


def test_it_logs_json_and_ends_with_1_when_a_server_is_not_ready_in_time():
    done = run("--seconds", "0", "true", PORTAL_PROCESS="scheduler", MESSAGE_BROKER_URL="amqp://127.0.0.1:1/")
    assert done.returncode == 1
    line = json.loads(done.stderr.splitlines()[-1])
    assert set(line) == {"event", "level", "logger", "timestamp", "reason", "do"}


def test_without_a_command_it_says_what_is_missing():
    done = run()
    assert done.returncode == 2
    assert "the command is missing" in done.stderr


@pytest.mark.django_db
def test_a_migrated_database_has_the_newest_migration_of_each_app():
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    newest = newest_migrations()
    assert "notifications" in {app for app, _ in newest}
    assert set(newest) <= applied
