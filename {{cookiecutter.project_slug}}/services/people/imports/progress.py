"""How far the worker is with an import, in the application store: inside its transaction, nobody else would see it."""

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import structlog

from core.stores.application_store import application_store
from core.stores.outage import STORE_ERRORS

logger = structlog.get_logger(__name__)

LIFETIME = timedelta(hours=1)
INTERVAL_SECONDS = 0.5


class Progress:
    """Reports the progress of one import. Without the store, the import goes on and nobody sees how far it is."""

    def __init__(self, pk: int):
        self.pk = pk
        self.reported_at = 0.0

    def track(self, items: Sequence[Any], step: str) -> Iterable[Any]:
        """Iterate over `items`, and report each half second how many are done."""
        return self.reported(items, step) if items else items

    def reported(self, items: Sequence[Any], step: str) -> Iterator[Any]:
        for done, item in enumerate(items):
            if time.monotonic() - self.reported_at >= INTERVAL_SECONDS:
                self.report(step, done, len(items))
            yield item
        self.report(step, len(items), len(items))

    def report(self, step: str, done: int, total: int) -> None:
        self.reported_at = time.monotonic()
        try:
            store().set(key(self.pk), {"step": step, "done": done, "total": total}, lifetime=LIFETIME)
        except STORE_ERRORS as error:
            logger.warning("progress_lost", error=type(error).__name__)


def read_progress(pk: int) -> dict[str, Any] | None:
    """Return the last report, as `step`, `done` and `total`; None without one."""
    try:
        found: dict[str, Any] | None = store().get(key(pk))
    except STORE_ERRORS:
        return None
    return found


def store() -> Any:
    return application_store("people")


def key(pk: int) -> str:
    return f"import:{pk}"
