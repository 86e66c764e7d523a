from contextlib import suppress
from datetime import timedelta

from celery import Celery, current_app, shared_task

from core.stores.locks import LockTaken, lock

from .actions import poll_finish_next

EVERY_SECONDS = 30.0


@shared_task(name="polls.close_due")
def close_due_polls() -> None:
    """Close the polls whose time has come. A poll that this run does not reach is left to the next one.

    The lock saves a second run the work. It guarantees nothing: poll_finish_next is right without it. A worker that was
    killed holds it no longer than until the next run.
    """
    with suppress(LockTaken), lock("polls", "closing", lifetime=timedelta(seconds=EVERY_SECONDS)):
        while poll_finish_next():
            pass


@current_app.on_after_finalize.connect
def schedule(sender: Celery, **kwargs: object) -> None:
    sender.add_periodic_task(EVERY_SECONDS, close_due_polls.s(), name="polls-close-due")
