"""A backup has the database, the uploads, the local authority and the configuration, and blocks nobody."""

import hashlib
import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.stack.test_database_roles import sql
from tests.support.backups import MADE, backup_now, make, manifest, mounted, paths, restic, snapshots
from tests.support.compose import Stack, docker, run
from tests.support.waiting import wait_until

RUNS = "SELECT is_good, detail FROM core_backups_backuprun WHERE kind = 'backup' ORDER BY id DESC LIMIT 1"


@pytest.fixture(scope="module")
def upload(stack: Stack) -> str:
    """Return the path of an upload that only some people may see."""
    code = "import pathlib; pathlib.Path('/portal/var/protected/a file.txt').write_text('kept')"
    stack.execute("intranet-server", "python", "-c", code)
    return "/backup/protected/a file.txt"


@pytest.fixture(scope="module")
def snapshot(stack: Stack, upload: str) -> str:
    """Return the id of a backup that `make backup` made."""
    output = make(stack, "backup")
    assert "Dumping the database" in output
    assert "Storing the backup" in output
    newest = snapshots(stack)[-1]
    assert f"Backup {newest[:8]}" in output
    return newest


def test_it_has_everything_that_a_portal_needs_and_no_redis(stack: Stack, snapshot: str, upload: str) -> None:
    found = paths(stack, snapshot)
    assert {
        *(f"{MADE}/manifest.json", f"{MADE}/database/toc.dat", "/backup/media", upload),
        *(f"/backup/configuration/{name}" for name in ("portal.yaml", "requirements.lock", "package-lock.json")),
        "/backup/authority/authority.key",
    } <= found
    assert {path.split("/")[2] for path in found if path.count("/") > 1} == {
        *("authority", "configuration", "media", "protected"),
        "made",
    }
    assert restic(stack, "dump", snapshot, upload) == "kept"


def test_the_manifest_has_the_rows_and_the_checksums_of_the_dump(stack: Stack, snapshot: str) -> None:
    found = manifest(stack, snapshot)
    rows = found["database"]["rows"]
    tables = sql(stack, "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
    assert len(rows) == int(tables)
    assert rows["django_migrations"] == int(sql(stack, "SELECT count(*) FROM django_migrations"))
    names = {path.removeprefix(f"{MADE}/database/") for path in paths(stack, snapshot) if path.endswith(".dat")}
    assert set(found["database"]["checksums"]) == names
    name = min(names - {"toc.dat"})
    data = restic(stack, "dump", snapshot, f"{MADE}/database/{name}").encode()
    assert found["database"]["checksums"][name] == hashlib.sha256(data).hexdigest()
    text = restic(stack, "dump", snapshot, "/backup/configuration/portal.yaml").encode()
    assert found["configuration"]["portal.yaml"] == hashlib.sha256(text).hexdigest()
    assert found["folders"]["protected"]["files"] >= 1
    assert found["postgresql"] == sql(stack, "SHOW server_version")


def test_the_portal_knows_that_a_backup_is_good(stack: Stack, snapshot: str) -> None:
    is_good, detail = sql(stack, RUNS).split("|")
    assert is_good == "t"
    assert json.loads(detail)["snapshot"] == snapshot


def test_the_encryption_keys_are_in_it_only_on_request(stack: Stack, snapshot: str) -> None:
    file = f"{MADE}/encryption_keys"
    assert file not in paths(stack, snapshot)
    make(stack, "backup", "WITH=keys")
    newest = snapshots(stack)[-1]
    assert restic(stack, "dump", newest, file) == stack.secrets["ENCRYPTION_KEYS"]
    assert manifest(stack, newest)["has_encryption_keys"] is True
    restic_forget(stack, newest)


def restic_forget(stack: Stack, snapshot: str) -> None:
    command = ("restic", "--repo=/backups", "--password-file=/run/secrets/backup_password", "forget", snapshot)
    stack.execute("backup", *command)


def test_an_unknown_request_is_refused(stack: Stack) -> None:
    assert "allowed is WITH=keys" in make(stack, "backup", "WITH=everything", check=False)


def test_it_takes_locks_that_block_no_writer(stack: Stack, snapshot: str) -> None:
    """A transaction holds the strongest lock on one table, so that the dump waits for it and can be observed."""
    code = "SELECT pg_advisory_lock(42); BEGIN; LOCK auth_group IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(120)"
    blocker = subprocess.Popen(
        stack.command("exec", "--no-TTY", "database", "psql", "--no-psqlrc", "--dbname=portal", "--command", code),
        cwd=stack.portal,
        env=stack.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    locks = (
        "SELECT DISTINCT mode FROM pg_locks JOIN pg_stat_activity USING (pid) "
        "WHERE usename = 'portal_backup' AND locktype = 'relation'"
    )
    waits = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'portal_backup' AND wait_event_type = 'Lock'"
    try:
        wait_until(lambda: sql(stack, "SELECT pg_try_advisory_lock(42)", role="postgres") == "f", seconds=20, every=0.2)
        backup = subprocess.Popen(
            stack.command("run", "--rm", "--no-deps", "--no-TTY", "backup", "python3", "-m", "backup", "now"),
            cwd=stack.portal,
            env=stack.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: sql(stack, waits, role="postgres") != "0", seconds=30, every=0.2)
        assert sql(stack, locks, role="postgres") == "AccessShareLock"
        written = sql(stack, "UPDATE core_backups_backuprun SET detail = detail RETURNING id")
        assert "UPDATE" in written, "a row of another table was written meanwhile"
    finally:
        end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> "
        sql(stack, f"{end} pg_backend_pid()", role="postgres")
        blocker.wait(timeout=20)
    assert backup.wait(timeout=60) == 0


HOLD_THE_LOCK = """
import sys
from backup.making import only_one
with only_one():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_one_waits_for_the_first_and_can_be_stopped(stack: Stack, snapshot: str) -> None:
    before = snapshots(stack)
    options = {"cwd": stack.portal, "env": stack.environment(), "text": True, "stdout": subprocess.PIPE}
    hold = stack.command("exec", "--no-TTY", "backup", "python3", "-c", HOLD_THE_LOCK)
    with subprocess.Popen(hold, stdin=subprocess.PIPE, **options) as first:
        assert first.stdout
        assert first.stdout.readline() == "held\n"
        back_up = [stack.portal / "infrastructure/backup-now"]
        with subprocess.Popen(back_up, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options) as second:
            assert second.stdout
            assert "Another backup is running" in second.stdout.readline()
            second.terminate()
        assert second.returncode == 130
        assert not docker("ps", "--quiet", f"--filter=name={stack.project}-backup-now").split()
        assert first.stdin
        first.stdin.close()
    assert snapshots(stack) == before


def test_the_dump_of_one_that_was_killed_is_removed_and_not_backed_up(stack: Stack) -> None:
    stack.execute("backup", "sh", "-c", f"mkdir {MADE} && touch {MADE}/half-a-dump")
    backup_now(stack)
    assert f"{MADE}/half-a-dump" not in paths(stack, snapshots(stack)[-1])
    assert stack.execute("backup", "ls", "/backup-work").stdout.split() == ["cache", "lock"]


def test_another_password_is_refused_and_the_portal_knows(stack: Stack, snapshot: str, tmp_path: Path) -> None:
    other = tmp_path / "password"
    other.write_text("another password, which is long")
    tmp_path.chmod(0o755)
    other.chmod(0o444)
    done = backup_now(stack, mounted(other, "/run/secrets/backup_password"), check=False)
    assert done.returncode == 1
    assert "the repository /backups has another password" in done.stdout
    assert sql(stack, RUNS).startswith("f|the repository /backups has another password")
    backup_now(stack)


def test_a_folder_with_other_files_is_no_repository(stack: Stack) -> None:
    done = backup_now(stack, "--env=BACKUP_REPOSITORY=/opt/portal", check=False)
    assert done.returncode == 1
    assert "/opt/portal holds backup and no repository" in done.stdout


def test_the_keys_are_printed_to_a_terminal_once_for_each_value(stack: Stack) -> None:
    (stack.portal / "secrets/.printed").unlink(missing_ok=True)
    program = stack.portal / "infrastructure/print-keys"
    in_a_log = run(program, cwd=stack.portal).stdout
    assert "Keep BACKUP_PASSWORD and ENCRYPTION_KEYS" in in_a_log
    assert not [name for name, value in stack.secrets.items() if value in in_a_log]
    first, second = on_a_terminal(program), on_a_terminal(program)
    assert stack.secrets["BACKUP_PASSWORD"] in first
    assert stack.secrets["ENCRYPTION_KEYS"] in first
    assert second == ""


def on_a_terminal(program: Path) -> str:
    """Return what a program prints when its output is a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([program], stdout=theirs, stdin=subprocess.DEVNULL) as process:
        os.close(theirs)
        printed = b""
        try:
            while chunk := os.read(ours, 4096):
                printed += chunk
        except OSError:  # Linux reports the end of a terminal so
            pass
        process.wait(timeout=20)
    os.close(ours)
    return printed.decode()
