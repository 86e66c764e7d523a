"""The time of a test.

Only what `django.utils.timezone.now()` and `localdate()` return changes, also as the default of a model's field. The
lifetimes of values in the stores and of sessions follow the real time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from unittest.mock import patch

from django.utils import timezone


class Clock:
    """Django's clock. It follows the real time until a test moves or sets it, and then stands still."""

    def __init__(self) -> None:
        self.moment: datetime | None = None

    def now(self) -> datetime:
        return self.moment or timezone.now()

    def move(self, by: timedelta) -> None:
        """Let the time be later, or earlier with a negative duration: `clock.move(timedelta(days=1))`."""
        self.moment = self.now() + by

    def set(self, moment: datetime) -> None:
        """Let it be `moment`. Raises ValueError without a time zone."""
        if timezone.is_naive(moment):
            raise ValueError(f"{moment} has no time zone. Add tzinfo=UTC, or that of the portal")
        self.moment = moment


@contextmanager
def running_clock() -> Iterator[Clock]:
    """Let Django use a clock that the block can change."""
    clock = Clock()

    class AnyDatetime(type):
        """`isinstance(value, datetime)` stays true in Django's module for every datetime."""

        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, datetime)

    class ClockDatetime(datetime, metaclass=AnyDatetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # it returns the base class
            moment = clock.moment
            return datetime.now(tz) if moment is None else moment.astimezone(tz)

    # Models keep a reference to timezone.now, so the class that it reads the time from is replaced.
    with patch.object(timezone, "datetime", ClockDatetime):
        yield clock
