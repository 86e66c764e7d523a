from celery import Celery, current_app, shared_task

from .sending import announcements_send_due

EVERY_SECONDS = 10.0


@shared_task(name="announcements.send_due")
def send_due() -> None:
    """Send the announcements that are due. A second run, also at the same time, sends none of them again."""
    announcements_send_due()


@current_app.on_after_finalize.connect
def schedule(sender: Celery, **kwargs: object) -> None:
    sender.add_periodic_task(EVERY_SECONDS, send_due.s(), name="announcements-send-due")
