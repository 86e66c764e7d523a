"""`make restore` puts a backup in the place of what a running portal has, and its own data back when that fails."""

from __future__ import annotations

import fcntl
import threading
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.stack.test_database_roles import sql
from tests.support.backups import backup_now, make, snapshots
from tests.support.compose import SITES, Stack
from tests.support.visitor import Visitor

Visit = Callable[..., Visitor]
GROUPS = "SELECT string_agg(name, ', ' ORDER BY name) FROM auth_group WHERE name LIKE 'in the drill%'"
UPLOAD = "/portal/var/protected/in the drill.txt"
RESTORE_SECONDS = 600


def write(stack: Stack, text: str) -> None:
    """Let the portal have this text, and no other of a drill, in a row and in an upload."""
    sql(
        stack,
        f"DELETE FROM auth_group WHERE name LIKE 'in the drill%'; INSERT INTO auth_group (name) VALUES ('{text}')",
    )
    code = f"import pathlib; pathlib.Path({UPLOAD!r}).write_text({text!r})"
    stack.execute("intranet-server", "python", "-c", code)


def content(stack: Stack) -> tuple[str, str]:
    return sql(stack, GROUPS), stack.execute("intranet-server", "cat", UPLOAD).stdout


@pytest.fixture(autouse=True)
def clean(drilled_stack: Stack) -> Iterator[None]:
    """Leave neither the texts of a drill, nor what a restore replaced."""
    stack = drilled_stack
    yield
    sql(stack, "DELETE FROM auth_group WHERE name LIKE 'in the drill%'")
    stack.execute("intranet-server", "rm", "-f", UPLOAD)
    make(stack, "restore", "REMOVE=old")


def restore(stack: Stack, *arguments: str, check: bool = True) -> str:
    return make(stack, "restore", "YES=yes", *arguments, check=check, seconds=RESTORE_SECONDS)


class Reader:
    """A person who reads a page all the time. `statuses` counts the answers."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.statuses: Counter[int | str] = Counter()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.read)

    def read(self) -> None:
        while not self.ended.wait(0.2):
            try:
                self.statuses[self.visitor.get("/api/portal/").status] += 1
            except OSError as error:
                self.statuses[type(error).__name__] += 1

    def __enter__(self) -> Reader:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.ended.set()
        self.thread.join()


def test_a_running_portal_gets_a_backup_and_returns_to_what_it_had(stack: Stack, visit: Visit) -> None:
    write(stack, "in the drill: the backup")
    backup_now(stack)
    write(stack, "in the drill: later")
    signed_in = visit("intranet", "reader")
    assert signed_in.username == "reader"
    with Reader(visit("internet")) as reader:
        output = restore(stack, "FROM=latest")
    assert "The backup is whole" in output
    assert "The portal was away for" in output
    assert content(stack) == ("in the drill: the backup", "in the drill: the backup")
    assert set(reader.statuses) == {200, 503}, reader.statuses
    assert signed_in.username is None, "no session of the replaced data works"
    for site in SITES:
        assert visit(site).get("/api/portal/").status == 200
    print(f"the restore printed:\n{output}\nanswers to a reader: {dict(reader.statuses)}")

    restore(stack, "FROM=before")
    assert content(stack) == ("in the drill: later", "in the drill: later")
    make(stack, "restore", "REMOVE=old")
    assert "nothing from before a restore is kept" in restore(stack, "FROM=before", check=False)


NOT_MIGRATED = "name = '0001_initial' AND app = 'core_backups'"


def test_a_portal_that_does_not_start_with_the_backup_has_its_own_data_again(stack: Stack, visit: Visit) -> None:
    """In the backup, one migration is said to be missing whose table exists. It fails when it is applied again."""
    sql(stack, f"UPDATE django_migrations SET app = 'in the drill' WHERE {NOT_MIGRATED}", role="postgres")
    try:
        backup_now(stack)
    finally:
        sql(stack, "UPDATE django_migrations SET app = 'core_backups' WHERE app = 'in the drill'", role="postgres")
    broken = snapshots(stack)[-1]
    write(stack, "in the drill: kept")
    try:
        output = restore(stack, f"FROM={broken}", check=False)
        assert "Returning to the data from before" in output
        assert "already exists" in output, "the reason"
        assert content(stack) == ("in the drill: kept", "in the drill: kept")
        for site in SITES:
            assert visit(site).get("/api/portal/").status == 200
    finally:
        command = ("restic", "--repo=/backups", "--password-file=/run/secrets/backup_password", "forget", broken)
        stack.execute("backup", *command)


def test_a_portal_that_was_closed_before_stays_closed(stack: Stack, visit: Visit) -> None:
    write(stack, "in the drill: the backup")
    backup_now(stack)
    make(stack, "maintenance", "STATE=on")
    try:
        restore(stack, "FROM=latest")
        assert visit("internet").get("/api/portal/").status == 503
    finally:
        make(stack, "maintenance", "STATE=off")
    assert visit("internet").get("/api/portal/").status == 200


def test_one_command_at_a_time_changes_the_portal(stack: Stack) -> None:
    file = stack.portal / "var/deployment.lock"
    file.parent.mkdir(exist_ok=True)
    with file.open("a+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert "is changing the containers" in restore(stack, "FROM=latest", check=False)


def test_a_database_that_somebody_uses_is_not_replaced(stack: Stack, visit: Visit) -> None:
    write(stack, "in the drill: the backup")
    backup_now(stack)
    write(stack, "in the drill: later")
    psql = stack.execute("database", "sh", "-c", "psql -d portal -c 'SELECT pg_sleep(600)' >/dev/null 2>&1 & echo $!")
    try:
        output = restore(stack, "FROM=latest", check=False)
        assert "the database is still in use by postgres (psql)" in output
        assert content(stack) == ("in the drill: later", "in the drill: later")
        assert visit("internet").get("/api/portal/").status == 200
    finally:
        end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%'"
        sql(stack, f"{end} AND pid <> pg_backend_pid()", role="postgres")
    assert psql.returncode == 0
