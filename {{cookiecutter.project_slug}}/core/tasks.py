"""The base classes of all Celery tasks.

`BulkTask` is for tasks of which there may be thousands at once, such as the mails of an announcement:
`@shared_task(base=BulkTask, name="...")`. They have a queue of their own, and the worker has processes of its own for
it, so they delay no other task.
"""

from typing import Any

import structlog
from celery import current_app
from celery.contrib.django.task import DjangoTask
from django.conf import settings
from kombu.exceptions import OperationalError

from core.logs.frames import describe
from core.logs.redaction import clean_text

logger = structlog.get_logger(__name__)


class PortalTask(DjangoTask[..., Any]):
    """A task that names itself in the error when the broker does not accept it, and logs where it raised an error.

    The error stays kombu's OperationalError. The task may have been published all the same, if the broker failed before
    its confirmation. That is one reason why tasks must be idempotent.
    """

    abstract = True

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().apply_async(*args, **kwargs)
        except OperationalError as error:
            reason = str(error) or type(error.__cause__).__name__
            raise OperationalError(f"the message broker did not accept the task {self.name}: {reason}") from error

    def on_failure(self, exc: Exception, *args: Any, **kwargs: Any) -> None:
        """Log the error with the line of the app. In a worker, the traceback follows in `task_failed`."""
        text = clean_text(describe(exc, settings.BASE_DIRECTORY))
        logger.error("task_raised", task=self.name, error=text, exc_info=exc if self.request.is_eager else None)
        super().on_failure(exc, *args, **kwargs)


BULK = "bulk"  # the end of the name of the queue of bulk tasks


class BulkTask(PortalTask):
    """A task that may wait for others: `@shared_task(base=BulkTask)`, or `@periodic(every=..., base=BulkTask)`."""

    abstract = True


def route(name: str, args: Any, kwargs: Any, options: Any, task: Any = None, **more: Any) -> dict[str, str] | None:
    """Return the queue of a task for Celery's setting `task_routes`. None is the default queue."""
    return {"queue": f"{current_app.conf.task_default_queue}.{BULK}"} if isinstance(task, BulkTask) else None
