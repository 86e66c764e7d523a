"""Maintainers get a mail when a backup or a drill of restoring one failed, and when the disk is almost full."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.stack.test_database_roles import sql
from tests.support.backups import backup_now, make, mounted
from tests.support.compose import Stack
from tests.support.mail_server import MailServer
from tests.support.waiting import wait_until

MAIL_NOW = """
from core.stores.session_store import session_store
from services.overview import problems, tasks
for key in ("backup", "old-backup", "drill", "disk"):
    session_store("overview").delete(f"mailed:{{key}}")
{change}
tasks.mail_problems()
"""
FULL_DISK = "problems.LEAST_FREE = 1"  # any disk is then too full


@pytest.fixture(autouse=True)
def clean(stack: Stack) -> Iterator[None]:
    yield
    sql(stack, "DELETE FROM core_backups_backuprun WHERE NOT is_good", role="postgres")


def subjects(stack: Stack, mail_server: MailServer, change: str = "") -> set[str]:
    """Let the worker look for problems, and return the subjects of the mails to the maintainers that arrive."""
    maintainers = yaml.safe_load((stack.portal / "portal.yaml").read_text())["maintainers"]["email"]
    before = len(mail_server.mails())
    stack.python(MAIL_NOW.format(change=change), service="worker")

    def found() -> set[str]:
        new = [mail for mail in mail_server.mails()[before:] if mail.recipients == (maintainers,)]
        return {mail.subject.partition(": ")[2] for mail in new}

    return wait_until(found, seconds=90, every=0.5)


def test_a_backup_that_failed(stack: Stack, mail_server: MailServer, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("another password, which is long")
    tmp_path.chmod(0o755)
    password.chmod(0o444)
    assert backup_now(stack, mounted(password, "/run/secrets/backup_password"), check=False).returncode == 1
    assert "A backup failed" in subjects(stack, mail_server)
    backup_now(stack)


def test_a_drill_that_failed(stack: Stack, mail_server: MailServer) -> None:
    backup_now(stack)
    assert "backups are called 00000000" in make(stack, "restore-drill", "FROM=00000000", check=False, seconds=300)
    assert "A backup could not be restored in a drill" in subjects(stack, mail_server)


def test_a_disk_that_fills(stack: Stack, mail_server: MailServer) -> None:
    backup_now(stack)
    assert "The disk is almost full" in subjects(stack, mail_server, FULL_DISK)
