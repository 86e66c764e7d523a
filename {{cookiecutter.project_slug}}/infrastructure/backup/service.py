"""The service `backup`: makes backups at the times of BACKUP_AT."""

import json
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from .making import make_backup
from .problems import BackupError
from .programs import say
from .recording import record
from .schedule import next_run
from .settings import Settings

ALIVE = Path("/tmp/alive")  # noqa: S108 - the health check reads its date
SECONDS = 5.0


def serve(settings: Settings) -> None:
    """Make backups until the process is stopped. One that failed is tried again at the next time."""
    threading.Thread(target=stay_alive, daemon=True).start()
    while True:
        due = next_run(settings.times, settings.zone, datetime.now(UTC))
        say(f"The next backup is due at {due.astimezone(settings.zone):%Y-%m-%d %H:%M %Z}" if due else "No time is set")
        wait_until(due)
        back_up(settings)


def wait_until(due: datetime | None) -> None:
    # Short waits, since the clock may be set meanwhile.
    while due is None or datetime.now(UTC) < due:
        time.sleep(SECONDS)


def stay_alive() -> None:
    while True:
        ALIVE.touch()
        time.sleep(SECONDS)


def back_up(settings: Settings, *, encryption_keys: str = "") -> bool:
    """Make a backup, and record for the portal whether it is good."""
    try:
        result = make_backup(settings, encryption_keys=encryption_keys)
    except BackupError as error:
        say(f"The backup failed: {error}")
        record(settings, "backup", is_good=False, detail=str(error))
        return False
    record(settings, "backup", is_good=True, detail=json.dumps(result))
    return True
