"""Records published updates."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from django.db import connection
from django.test import TestCase

from core.live import publishing


@contextmanager
def published(topic: str) -> Iterator[list[str]]:
    """Record the updates of a topic that the block publishes, and send them too.

        with published("polls:7") as updates:
            vote_cast(...)
        assert len(updates) == 1

    In a test whose transaction is rolled back, the functions of `after_commit` run at the end of the block.
    """
    updates: list[str] = []
    send = publishing.send

    def record(kind: str, topics: Iterable[str]) -> None:
        names = list(topics)
        if kind == publishing.UPDATE:
            updates.extend(name for name in names if name == topic)
        send(kind, names)

    with ExitStack() as stack:
        stack.enter_context(patch.object(publishing, "send", record))
        if connection.in_atomic_block:
            stack.enter_context(TestCase.captureOnCommitCallbacks(execute=True))
        yield updates
