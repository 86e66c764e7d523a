"""The periodic tasks of people. Importing this module makes Celery know all of them."""

from celery import Celery, current_app

from .imports.tasks import delete_old_imports

DELETE_SECONDS = 6 * 3600.0


@current_app.on_after_finalize.connect
def schedule(sender: Celery, **kwargs: object) -> None:
    sender.add_periodic_task(DELETE_SECONDS, delete_old_imports.s(), name="people-delete-old-imports")
