from dataclasses import dataclass
from datetime import datetime

from .models import BackupRun, Kind


@dataclass(frozen=True, slots=True)
class BackupState:
    """`last_good` is None without a good one. `failure` says why the newest one failed; empty if it is good."""

    last_good: datetime | None
    failure: str


def backup_state(kind: Kind) -> BackupState:
    """Return how backups or drills are. Two statements."""
    runs = BackupRun.objects.filter(kind=kind)
    newest = runs.first()
    good = runs.filter(is_good=True).values_list("finished_at", flat=True).first()
    return BackupState(good, newest.detail if newest and not newest.is_good else "")
