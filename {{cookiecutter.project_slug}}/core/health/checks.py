"""Health checks: one for each part of the stack, with two methods.

`ping` is cheap and serves readiness, every few seconds. `round_trip` writes, reads and deletes, and serves doctor. Both
return a short text for people, or raise an error.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

from django.conf import settings

from core.configuration.secret_text import mask_passwords

Status = Literal["ok", "degraded", "failed"]

MAX_DETAIL_LENGTH = 300  # characters


class Degraded(Exception):
    """A part works, but not as it should. The message says how."""


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a check. `detail` is for operators: it may name hosts, and contains no password."""

    tier: int
    service: str
    technology: str
    embedded_backend: str
    required: bool
    status: Status
    milliseconds: float
    detail: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class HealthCheck(ABC):
    """A part of the stack. `service` is its name in Compose, and `variable` holds its URL."""

    tier: ClassVar[int] = 1
    service: ClassVar[str]
    technology: ClassVar[str]
    variable: ClassVar[str | None] = None
    embedded_backend: ClassVar[str] = ""
    required: ClassVar[bool] = False
    in_readiness: ClassVar[bool] = True

    @property
    def active_embedded_backend(self) -> str:
        """The name of the embedded backend that serves this part; empty when a server does."""
        return self.embedded_backend if self.is_embedded else ""

    @property
    def is_embedded(self) -> bool:
        return self.variable is not None and settings.CONFIGURATION.is_embedded(self.variable)

    def ping(self) -> str:
        """Check the part as readiness does. A part that only doctor checks has no cheaper method than `round_trip`."""
        return self.round_trip()

    @abstractmethod
    def round_trip(self) -> str:
        """Check the part as doctor does."""

    def run(self, method: Callable[[], str]) -> Result:
        """Call `method`, which is `self.ping` or `self.round_trip`, and return its result with its duration."""
        started = time.perf_counter()
        status: Status = "ok"
        try:
            detail = method()
        except Degraded as error:
            status, detail = "degraded", str(error)
        except Exception as error:
            status, detail = self.status_of_failure, f"{type(error).__name__}: {error}"
        return self.result(status, detail, milliseconds=(time.perf_counter() - started) * 1000)

    @property
    def status_of_failure(self) -> Status:
        return "failed" if self.required else "degraded"

    def failure(self, detail: str, *, milliseconds: float) -> Result:
        """Return the result of a part that did not answer."""
        return self.result(self.status_of_failure, detail, milliseconds=milliseconds)

    def result(self, status: Status, detail: str, *, milliseconds: float) -> Result:
        return Result(
            tier=self.tier,
            service=self.service,
            technology=self.technology,
            embedded_backend=self.active_embedded_backend,
            required=self.required,
            status=status,
            milliseconds=round(milliseconds, 1),
            detail=mask_passwords(" ".join(detail.split()))[:MAX_DETAIL_LENGTH],
        )


def check_same(written: object, read: object) -> None:
    """Raise RuntimeError if the values differ."""
    if written != read:
        raise RuntimeError(f"wrote {written!r} and read {read!r}")


def wait_until[T](check: Callable[[], T], *, seconds: float, every: float = 0.02) -> T:
    """Call `check` until its result is true, and return that. Raises TimeoutError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (result := check()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"no answer within {seconds:g} seconds")
        time.sleep(every)
    return result
