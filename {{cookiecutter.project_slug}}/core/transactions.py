"""Work that follows a change: after the transaction has committed, and without any risk to the request.

    with transaction.atomic():
        entry = Entry.objects.create(author=author, text=text)
        after_commit(notify.delay, entry.pk)

A request that has committed must succeed, even if the broker or a store is down by then. So an error of the work is
logged, and the work of others still runs. Let the work be one that can be done again: pass it keys of rows, write what
must not be lost in the transaction, and find there what is still to do. The log line names the function and its
arguments, so pass no secret.
"""

from collections.abc import Callable
from typing import Any

import structlog
from celery import Task
from django.conf import settings
from django.db import transaction

logger = structlog.get_logger(__name__)

LONGEST_LOGGED = 200  # characters of the arguments


def after_commit(function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Call `function` once the surrounding transaction has committed; at once without one, never after a rollback.

    Errors are logged as `after_commit_failed` and go no further, except where `AFTER_COMMIT_RAISES` is set: in tests.
    """

    def run() -> None:
        try:
            function(*args, **kwargs)
        except Exception:
            logger.exception(
                "after_commit_failed",
                function=name_of(function),
                arguments=repr((args, kwargs))[:LONGEST_LOGGED],
            )
            if settings.AFTER_COMMIT_RAISES:
                raise

    transaction.on_commit(run, robust=not settings.AFTER_COMMIT_RAISES)


def name_of(function: Callable[..., Any]) -> str:
    """Return the name of the task whose `delay` this is, or the dotted name of the function."""
    owner = getattr(function, "__self__", None)
    if isinstance(owner, Task):
        return str(owner.name)
    return f"{function.__module__}.{function.__qualname__}"
