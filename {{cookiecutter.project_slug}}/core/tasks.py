"""The base class of all Celery tasks."""

from typing import Any

from celery.contrib.django.task import DjangoTask
from kombu.exceptions import OperationalError


class PortalTask(DjangoTask[..., Any]):
    """A task that names itself in the error when the broker does not accept it.

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
