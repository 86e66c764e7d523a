"""Tasks of the worker. A task can run twice, so a second run must change nothing."""

from datetime import timedelta

from core.periodic import periodic

from .actions import booking_remind_next


@periodic(every=timedelta(minutes=10))
def remind() -> None:
    """Remind people of their bookings, the day before."""
    while booking_remind_next():
        pass
