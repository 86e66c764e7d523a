"""Tells the portal how a backup or a drill ended. The overview and the mails to maintainers are made of these rows."""

from typing import Literal

from .database import Database
from .making import PASSWORD
from .problems import BackupError
from .programs import say
from .settings import Settings

LONGEST_DETAIL = 2000  # characters, as core/backups/models.py has it

INSERT = """
INSERT INTO core_backups_backuprun (kind, finished_at, is_good, detail) VALUES (:'kind', now(), :'is_good', :'detail');
"""


def record(settings: Settings, kind: Literal["backup", "drill"], *, is_good: bool, detail: str) -> None:
    """Add a row. Without the database nothing is recorded: the portal then sees that the last good backup gets old."""
    values = {"kind": kind, "is_good": str(is_good).lower(), "detail": detail[:LONGEST_DETAIL]}
    try:
        Database(settings.database, PASSWORD).query(INSERT, doing="recording the result", variables=values)
    except BackupError as error:
        say(f"{error}")
