"""When the next backup is due."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


def next_run(times: Sequence[time], zone: ZoneInfo, after: datetime) -> datetime | None:
    """Return the first moment later than `after` at one of `times` in `zone`; None without times.

    On the day on which a clock skips a time, the run is an hour later. A time that the clock has twice counts once.
    """
    local = after.astimezone(zone)
    moments = (
        datetime.combine(local.date() + timedelta(days=days), at, zone).astimezone(after.tzinfo)
        for days in (0, 1, 2)
        for at in sorted(times)
    )
    return min((moment for moment in moments if moment > after), default=None)
