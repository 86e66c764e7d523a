"""What a check is: one row of the stack, asked in two ways.

`ping` is cheap, for readiness, every few seconds. `round_trip` makes a real round trip (writes, reads back, removes)
for doctor. Both answer with a word for people, or raise whatever went wrong.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

from django.conf import settings

from core.configuration.secret_text import mask_passwords

Status = Literal["ok", "degraded", "failed"]

LONGEST_DETAIL = 300  # characters


class Degraded(Exception):
    """Raised by a check of something that works less well than it should, with a sentence that says how."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a check. `detail` is for the operator: it may name hosts, and never holds a password."""

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
    """One row: `service` is its name in Compose, `variable` the one that holds its address."""

    tier: ClassVar[int] = 1
    service: ClassVar[str]
    technology: ClassVar[str]
    variable: ClassVar[str | None] = None
    embedded_backend: ClassVar[str] = ""
    required: ClassVar[bool] = False
    in_readiness: ClassVar[bool] = True

    @property
    def active_embedded_backend(self) -> str:
        """What serves the row when no server does; empty when one does."""
        return self.embedded_backend if self.is_embedded else ""

    @property
    def is_embedded(self) -> bool:
        return self.variable is not None and settings.CONFIGURATION.is_embedded(self.variable)

    def ping(self) -> str:
        """What readiness asks; a row that only doctor looks at has no cheaper question than its proof."""
        return self.round_trip()

    @abstractmethod
    def round_trip(self) -> str: ...

    def run(self, question: Callable[[], str]) -> Result:
        """Time `question`, which is `self.ping` or `self.round_trip`, and judge what comes of it."""
        started = time.perf_counter()
        status: Status = "ok"
        try:
            detail = question()
        except Degraded as error:
            status, detail = "degraded", str(error)
        except Exception as error:
            status = "failed" if self.required else "degraded"
            detail = f"{type(error).__name__}: {error}"
        return Result(
            tier=self.tier,
            service=self.service,
            technology=self.technology,
            embedded_backend=self.active_embedded_backend,
            required=self.required,
            status=status,
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
            detail=mask_passwords(" ".join(detail.split()))[:LONGEST_DETAIL],
        )


def check_same(written: object, read: object) -> None:
    """Raises RuntimeError when what was read is not what was written."""
    if written != read:
        raise RuntimeError(f"wrote {written!r} and read {read!r}")


def wait_until[T](check: Callable[[], T], *, seconds: float, every: float = 0.02) -> T:
    """The first true answer of `check`. Raises TimeoutError when there is none within `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := check()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"no answer within {seconds:g} seconds")
        time.sleep(every)
    return answer
