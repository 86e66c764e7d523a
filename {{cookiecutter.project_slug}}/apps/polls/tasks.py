from contextlib import suppress
from datetime import timedelta

from core.periodic import periodic
from core.stores.locks import LockTaken, lock

from .actions import poll_finish_next

INTERVAL = timedelta(seconds=30)


@periodic(every=INTERVAL)
def close_due() -> None:
    """Close the polls whose time has come. A poll that this run does not reach is left to the next one.

    The lock saves a second run the work. It guarantees nothing: poll_finish_next is right without it. A worker that was
    killed holds it no longer than until the next run.
    """
    with suppress(LockTaken), lock("polls", "closing", lifetime=INTERVAL):
        while poll_finish_next():
            pass
