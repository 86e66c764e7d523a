"""Work that follows a change: after the transaction has committed, and without any risk to the request.

    with transaction.atomic():
        entry = Entry.objects.create(author=author, text=text)
        after_commit(notify.delay, entry.pk)

A request that has committed must succeed, even when the broker or a store is down by then. So an error of the work is
logged, and other work still runs. To make the work repeatable, pass it the keys of rows, and write in the transaction
what must not be lost: a later run finds there what is left to do. The log line has the function's name and its
arguments, so pass no secrets.
"""

from collections.abc import Callable
from typing import Any

import structlog
from celery import Task
from django.conf import settings
from django.db import transaction

logger = structlog.get_logger(__name__)

MAX_LOGGED_LENGTH = 200  # characters of the arguments


def after_commit(function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Call `function` after the surrounding transaction has committed; at once without one, never after a rollback.

    Errors are logged as `after_commit_failed` and not raised. In tests, `AFTER_COMMIT_RAISES` makes it raise them too.
    """

    def run() -> None:
        try:
            function(*args, **kwargs)
        except Exception:
            logger.exception(
                "after_commit_failed",
                function=name_of(function),
                arguments=repr((args, kwargs))[:MAX_LOGGED_LENGTH],
            )
            if settings.AFTER_COMMIT_RAISES:
                raise

    transaction.on_commit(run, robust=not settings.AFTER_COMMIT_RAISES)


def name_of(function: Callable[..., Any]) -> str:
    """Return the name of the task whose `delay` this is, or the function's dotted name, or its representation."""
    owner = getattr(function, "__self__", None)
    if isinstance(owner, Task):
        return str(owner.name)
    name = getattr(function, "__qualname__", None)
    return f"{function.__module__}.{name}" if name else repr(function)
