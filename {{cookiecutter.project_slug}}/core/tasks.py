"""What every Celery task of the portal has."""

from typing import Any

from celery.contrib.django.task import DjangoTask
from kombu.exceptions import OperationalError


class PortalTask(DjangoTask):
    """A task whose hand-over fails with words when the broker does not take it.

    The error stays kombu's OperationalError. It does not say that nothing was published: a broker may have taken the
    task and died before it said so, and tasks are idempotent for that reason too.
    """

    abstract = True

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().apply_async(*args, **kwargs)
        except OperationalError as error:
            reason = str(error) or type(error.__cause__).__name__
            raise OperationalError(f"the message broker did not take the task {self.name}: {reason}") from error
