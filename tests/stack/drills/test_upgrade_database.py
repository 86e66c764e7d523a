"""`make upgrade-database` brings the data of PostgreSQL 15 to the version of the portal's image."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.support.compose import Stack, docker, inspect, run
from tests.support.waiting import wait_until

OLD_IMAGE = "postgres:15"
OLD = {"POSTGRES_IMAGE": OLD_IMAGE}
GROUPS = 100_000

# compose.yaml before the database had a folder for each major version: the data are in a volume without a name.
UNNAMED_VOLUME = {
    "command": ["postgres"],
    "environment": {
        "POSTGRES_PASSWORD_FILE": "/proc/sys/kernel/random/uuid",
        "POSTGRES_INITDB_ARGS": "--data-checksums --auth-host=scram-sha-256 --auth-local=peer",
    },
}


@pytest.fixture(scope="module")
def old_image() -> str:
    """Get PostgreSQL 15, or build it where no registry has it."""
    have = run("docker", "image", "inspect", OLD_IMAGE, check=False)
    if have.returncode and run("docker", "pull", "--quiet", OLD_IMAGE, seconds=300, check=False).returncode:
        file = Path(__file__).with_name("postgres-15.Dockerfile")
        run("docker", "build", "--tag", OLD_IMAGE, "--file", file, file.parent, seconds=600)
    return OLD_IMAGE


@pytest.fixture
def portal(stack: Stack, old_image: str) -> Iterator[Stack]:
    """A portal whose database is PostgreSQL 15, with tables, roles and rows. Its database server runs."""
    with stack.another_project("upgrade") as portal:
        portal.compose("up", "--detach", "--wait", "database", variables=OLD)
        fill(portal)
        yield portal


def fill(portal: Stack) -> None:
    portal.compose("run", "--rm", "--no-deps", "-T", "migrations", variables=OLD)
    sql(portal, f"INSERT INTO auth_group (name) SELECT 'group ' || n FROM generate_series(1, {GROUPS}) AS n")
    sql(portal, 'CREATE TABLE "O\'Hara\'s ""best""" ("a b" serial, text text)', role="portal_owner")
    sql(portal, 'INSERT INTO "O\'Hara\'s ""best""" (text) VALUES (\'नमस्ते\'), (NULL)', role="portal_owner")
    sql(portal, "CREATE ROLE reader LOGIN PASSWORD 'correct horse'", role="postgres")
    sql(portal, "CREATE DATABASE other OWNER reader", role="postgres")


def sql(portal: Stack, statement: str, *, role: str = "portal", check: bool = True) -> str:
    """Return what a statement prints. Every role but the superuser signs in with its password, over TCP."""
    passwords = {
        "portal": portal.settings["DATABASE_PASSWORD"],
        "portal_owner": portal.settings["DATABASE_OWNER_PASSWORD"],
        "reader": "correct horse",
    }
    options = ["--no-psqlrc", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", f"--username={role}"]
    database = "other" if role == "reader" else "portal"
    host = [] if role == "postgres" else ["--host=127.0.0.1"]
    done = portal.execute(
        *("database", "psql", *options, *host, f"--dbname={database}", "--command", statement),
        variables={"PGPASSWORD": passwords.get(role, "")},
        check=check,
    )
    return (done.stdout + done.stderr).strip()


def begin_upgrade(portal: Stack, *options: str, variables: dict[str, str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [portal.portal / "infrastructure/upgrade-database", "--yes", *options],
        cwd=portal.portal,
        env=portal.environment(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def upgrade(portal: Stack, *options: str, variables: dict[str, str] | None = None) -> tuple[int, str]:
    """Return the exit status of an upgrade, and what it printed."""
    process = begin_upgrade(portal, *options, variables=variables)
    output, _ = process.communicate(timeout=300)
    return process.returncode, output


def interrupt(portal: Stack, process: subprocess.Popen[str], line: str, number: int) -> None:
    """Send a signal to an upgrade, and to what it runs, once it has printed a line. Ctrl-C does the same."""
    assert process.stdout
    for printed in process.stdout:
        if printed.startswith(line):
            break
    else:
        raise AssertionError(f"it ended before it printed {line!r}")
    wait_until(lambda: working(portal), seconds=30, every=0.1)
    os.killpg(process.pid, number)
    process.wait(timeout=180)
    process.stdout.close()


def working(portal: Stack) -> str:
    return docker("ps", "--quiet", "--filter", f"name={portal.project}-upgrade-database").strip()


def folders(portal: Stack) -> list[str]:
    command = "ls -d /var/lib/postgresql/*/docker /var/lib/postgresql/upgrade/* 2>/dev/null || true"
    return portal.compose("run", "--rm", "--no-deps", "-T", "database", "sh", "-c", command).stdout.split()


def start_new(portal: Stack) -> None:
    run("infrastructure/check-data", cwd=portal.portal, env=portal.environment())
    portal.compose("up", "--detach", "--wait", "database")
    assert int(sql(portal, "SHOW server_version_num")) >= 170000


def assert_everything_is_there(portal: Stack, *, rows: int = GROUPS) -> None:
    assert sql(portal, "SELECT count(*) FROM auth_group") == str(rows)
    assert sql(portal, "INSERT INTO auth_group (name) VALUES ('later') RETURNING 1").startswith("1")
    assert sql(portal, "DELETE FROM auth_group WHERE name = 'later'") == "DELETE 1"
    assert "must be owner" in sql(portal, "DROP TABLE auth_group", check=False)
    best = 'SELECT text FROM "O\'Hara\'s ""best""" WHERE "a b" = 1'
    assert sql(portal, best, role="portal_owner") == "नमस्ते"
    next_number = "SELECT nextval('\"O''Hara''s \"\"best\"\"_a b_seq\"')"
    assert int(sql(portal, next_number, role="portal_owner")) > 2
    assert sql(portal, "SELECT 1", role="reader") == "1"
    assert sql(portal, "SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'", role="postgres") == ""
    portal.compose("run", "--rm", "--no-deps", "-T", "migrations")


def test_a_start_on_older_data_is_refused_before_anything_is_stopped(portal: Stack) -> None:
    before = portal.container("database")["Id"]
    done = run("infrastructure/check-data", cwd=portal.portal, env=portal.environment(), check=False)
    assert done.returncode == 1
    assert "found    data of PostgreSQL 15, in /var/lib/postgresql/15/docker" in done.stderr
    assert "make upgrade-database" in done.stderr
    assert portal.container("database")["Id"] == before
    assert portal.is_healthy("database")
    # Without make, the server does not start either.
    portal.compose("up", "--detach", "database")
    wait_until(lambda: "make upgrade-database" in portal.compose("logs", "database").stdout, seconds=20, every=0.5)
    assert portal.container("database")["RestartCount"] == 0
    assert folders(portal) == ["/var/lib/postgresql/15/docker"]
    # The old version serves the same data as before.
    portal.compose("up", "--detach", "--wait", "database", variables=OLD)
    assert sql(portal, "SELECT count(*) FROM auth_group") == str(GROUPS)


def test_an_upgrade_moves_roles_and_rows_and_keeps_the_old_data(portal: Stack) -> None:
    status, output = upgrade(portal)
    assert status == 0, output
    compared = re.search(r"compared (\d+) tables with (\d+) rows", output)
    assert compared, output
    assert int(compared[1]) > 30
    assert int(compared[2]) > GROUPS
    start_new(portal)
    assert_everything_is_there(portal)
    assert working(portal) == ""
    major = sql(portal, "SHOW server_version_num")[:2]
    assert folders(portal) == ["/var/lib/postgresql/15/docker", f"/var/lib/postgresql/{major}/docker"]

    status, output = upgrade(portal)
    assert (status, output.startswith("Nothing to do")) == (0, True), output

    # The old version does not start on the old data: what was written since would be missing.
    done = run("infrastructure/check-data", cwd=portal.portal, env=portal.environment(OLD), check=False)
    assert done.returncode == 1
    assert f"found    data of PostgreSQL {major}" in done.stderr

    status, output = upgrade(portal, "--remove", "old")
    assert status == 0, output
    start_new(portal)
    assert_everything_is_there(portal)
    assert folders(portal) == [f"/var/lib/postgresql/{major}/docker"]
    status, output = upgrade(portal, "--remove", "new")
    assert status == 1, output
    assert "there is only one set of data" in output


def test_an_interrupted_upgrade_leaves_the_old_data_and_goes_on(portal: Stack) -> None:
    interrupt(portal, begin_upgrade(portal), "Dumping", signal.SIGINT)
    assert working(portal) == ""
    interrupt(portal, begin_upgrade(portal), "Dumping", signal.SIGKILL)
    interrupt(portal, begin_upgrade(portal), "Restoring", signal.SIGINT)
    assert working(portal) == ""
    assert "/var/lib/postgresql/upgrade/dump" in folders(portal)
    interrupt(portal, begin_upgrade(portal), "Restoring", signal.SIGKILL)

    # Someone goes back to the old version in the meantime, and people go on writing.
    docker("rm", "--force", *working(portal).split())
    portal.compose("up", "--detach", "--wait", "database", variables=OLD)
    sql(portal, "INSERT INTO auth_group (name) VALUES ('written in between')")

    interrupt(portal, begin_upgrade(portal), "Restoring", signal.SIGINT)
    status, output = upgrade(portal)
    assert status == 0, output
    assert "The dump of the last run is complete" in output
    start_new(portal)
    assert_everything_is_there(portal, rows=GROUPS + 1)
    assert not [folder for folder in folders(portal) if "upgrade" in folder]


def test_an_upgrade_that_would_lose_a_row_is_refused(portal: Stack) -> None:
    script = portal.portal / "infrastructure/postgres/upgrade"
    text, place = script.read_text(), '    summary >"$work/summary"\n'
    assert place in text
    loss = "    query --dbname portal --command \"DELETE FROM auth_group WHERE name = 'group 7'\"\n"
    script.write_text(text.replace(place, loss + place))
    status, output = upgrade(portal)
    assert status == 1
    assert f"table portal.public.auth_group {GROUPS}" in output
    assert f"table portal.public.auth_group {GROUPS - 1}" in output
    assert "the old data are complete" in output
    assert "/var/lib/postgresql/17/docker" not in folders(portal)
    script.write_text(text)
    status, output = upgrade(portal)
    assert status == 0, output
    start_new(portal)
    assert_everything_is_there(portal)


def test_going_back_removes_the_new_data(portal: Stack) -> None:
    assert upgrade(portal)[0] == 0
    start_new(portal)
    sql(portal, "INSERT INTO auth_group (name) VALUES ('after the upgrade')")
    status, output = upgrade(portal, "--remove", "new")
    assert status == 0, output
    portal.compose("up", "--detach", "--wait", "database", variables=OLD)
    assert sql(portal, "SELECT count(*) FROM auth_group") == str(GROUPS)


def test_wrong_requests_are_refused(portal: Stack) -> None:
    status, output = upgrade(portal, variables={"OLD_POSTGRES_IMAGE": "redis:latest"})
    assert status == 1
    assert "redis:latest is not PostgreSQL 15" in output
    assert portal.is_healthy("database")
    status, output = upgrade(portal, "--remove", "everything")
    assert status == 1
    assert "allowed  old, new" in output
    command = [portal.portal / "infrastructure/upgrade-database"]
    done = run(*command, env=portal.environment(), check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 1
    assert "YES=yes" in done.stderr
    # Two at once.
    first = begin_upgrade(portal)
    wait_until(lambda: working(portal), seconds=30, every=0.1)
    status, output = upgrade(portal)
    assert status == 1
    assert "another one is running" in output
    first.communicate(timeout=300)
    assert first.returncode == 0


def test_data_in_a_volume_without_a_name_are_moved(stack: Stack, old_image: str, tmp_path: Path) -> None:
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    script = scripts / "10-portal.sh"
    script.write_text((stack.portal / "infrastructure/postgres/create-roles").read_text())
    script.chmod(0o755)
    database = UNNAMED_VOLUME | {"volumes": [f"{scripts}:/docker-entrypoint-initdb.d:ro"]}
    override = tmp_path / "before.yaml"
    override.write_text(yaml.safe_dump({"services": {"database": database}}))
    with stack.another_project("unnamed", override) as before:
        before.compose("up", "--detach", "--wait", "database", variables=OLD)
        fill(before)
        mounts = {one["Destination"] for one in inspect("container", before.container("database")["Id"])[0]["Mounts"]}
        assert "/var/lib/postgresql/data" in mounts
        portal = Stack(before.portal)
        done = run("infrastructure/check-data", cwd=portal.portal, env=portal.environment(), check=False)
        assert "Do not run make down before" in done.stderr
        status, output = upgrade(portal)
        assert status == 0, output
        assert "PostgreSQL 15 in /var/lib/postgresql/data" in output
        start_new(portal)
        assert_everything_is_there(portal)
        removed = re.search(r"docker volume rm (\w+)", output)
        assert removed, output
        docker("volume", "rm", removed[1])
