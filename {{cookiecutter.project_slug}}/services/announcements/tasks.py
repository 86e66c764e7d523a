from datetime import timedelta

from core.periodic import periodic

from .sending import announcements_send_due


@periodic(every=timedelta(seconds=10))
def send_due() -> None:
    """Send the announcements that are due. A second run, also at the same time, sends none of them again."""
    announcements_send_due()
