"""No server starts on data that its version must not serve, and none is started again and again."""

import hashlib
from pathlib import Path

import pytest

from tests.support.compose import Stack, docker, inspect, run
from tests.support.waiting import wait_until

# service → where its volume is, a file of data of another version, its content, and what the message says
REFUSED = {
    "older PostgreSQL": ("database", "/var/lib/postgresql", "9/docker/PG_VERSION", "9\n", "make upgrade-database"),
    "newer PostgreSQL": ("database", "/var/lib/postgresql", "99/docker/PG_VERSION", "99\n", "postgres:99"),
    "older PostgreSQL, in the place of older images": (
        "database",
        "/var/lib/postgresql",
        "data/PG_VERSION",
        "9\n",
        "Do not run make down",
    ),
    "newer Redis": (
        "session-store",
        "/data",
        "appendonlydir/appendonly.aof.1.base.rdb",
        "REDIS0099 and more",
        "REDIS_IMAGE",
    ),
    "newer RabbitMQ": ("message-broker", "/var/lib/rabbitmq", ".newest-version", "99.1.2\n", "RABBITMQ_IMAGE"),
}


@pytest.fixture
def volume(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a folder with data of another version, which any user can write."""
    _service, _target, name, content, _said = REFUSED[request.param]
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    for folder in (tmp_path, *file.parents):
        if folder.is_relative_to(tmp_path):
            folder.chmod(0o777)
    return tmp_path


def content_of(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize(("kind", "volume"), [(kind, kind) for kind in REFUSED], indirect=["volume"], ids=list(REFUSED))
def test_a_server_refuses_data_of_another_version(stack: Stack, kind: str, volume: Path) -> None:
    service, target, _name, _content, said = REFUSED[kind]
    before = content_of(volume)
    done = stack.compose(
        "run", "--rm", "--no-deps", "-T", f"--volume={volume}:{target}", service, "sh", "/etc/portal/start", "--check",
        check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "was not started, and its data were not touched" in done.stderr
    assert said in done.stderr
    assert content_of(volume) == before


@pytest.mark.parametrize("volume", ["older PostgreSQL"], indirect=True)
def test_a_refused_server_waits_for_the_operator(stack: Stack, volume: Path) -> None:
    before = content_of(volume)
    mount = f"--volume={volume}:/var/lib/postgresql"
    container = stack.compose("run", "--detach", "--no-deps", mount, "database").stdout.strip()
    try:
        wait_until(lambda: "make upgrade-database" in log_of(container), seconds=20, every=0.3)
        (described,) = inspect("container", container)
        assert described["State"]["Running"]
        assert described["RestartCount"] == 0
        assert "sleep" in docker("top", container)
        assert "postgres -D" not in docker("top", container)
        assert content_of(volume) == before
    finally:
        docker("rm", "--force", "--volumes", container)


def log_of(container: str) -> str:
    done = run("docker", "logs", container)
    return done.stdout + done.stderr


def test_the_data_of_the_running_servers_are_accepted(stack: Stack) -> None:
    for service in ("database", "session-store", "message-broker"):
        stack.execute(service, "sh", "/etc/portal/start", "--check")


def test_the_check_before_a_start_leaves_running_servers_alone(stack: Stack) -> None:
    before = {name: one["Id"] for name, one in stack.containers().items()}
    run("infrastructure/check-data", cwd=stack.portal, env=stack.environment())
    assert {name: one["Id"] for name, one in stack.containers().items()} == before
