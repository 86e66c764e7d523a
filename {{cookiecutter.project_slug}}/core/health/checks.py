"""Health checks: one for each part of the stack, with two methods.

`ping` is cheap and serves readiness, every few seconds. `round_trip` writes, reads and deletes, and serves doctor. Both
return a short text for people, or raise an error.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Literal

from django.conf import settings
from django.utils.translation import override

from core.configuration.processes import PASSWORDS
from core.configuration.secret_text import mask_passwords
from core.configuration.server_urls import is_elsewhere, service_of
from core.configuration.url_parts import hosts

from .advice import ADVICE, ELSEWHERE, Advice
from .elsewhere import NOT_ENCRYPTED, reason

Status = Literal["ok", "degraded", "failed"]

MAX_DETAIL_LENGTH = 300  # characters


class Degraded(Exception):
    """A part works, but not as it should. The message says how, and `advice` names what to do about it in ADVICE.

    The message is a text or a lazy translation.
    """

    def __init__(self, message: Any, *, advice: str = ""):
        super().__init__(message)
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a check. `detail` is for operators: it may name hosts, and contains no password.

    It is in English, and `translations` has it in the languages of the portal, by their codes, as far as it can be
    translated. `advice` is a key of ADVICE, empty when the status is ok. `down` says that the part did not answer.
    """

    tier: int
    service: str
    technology: str
    embedded_backend: str
    required: bool
    status: Status
    milliseconds: float
    detail: str
    advice: str = ""
    down: bool = False
    translations: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the result as doctor prints it, in English."""
        values = asdict(self)
        del values["translations"]
        return values

    def detail_in(self, language: str) -> str:
        return self.translations.get(language, self.detail)

    @property
    def what_to_do(self) -> Advice | None:
        """What the failure means, and what to do; None when the part is ok."""
        return ADVICE.get(self.advice)


class HealthCheck(ABC):
    """A part of the stack. `service` is its name in Compose, and `variable` holds its URL."""

    tier: ClassVar[int] = 1
    service: ClassVar[str]
    title: ClassVar[Any] = ""  # what people call it, lazily translated
    technology: ClassVar[str]
    variable: ClassVar[str | None] = None
    embedded_backend: ClassVar[str] = ""
    required: ClassVar[bool] = False
    in_readiness: ClassVar[bool] = True
    needs: ClassVar[tuple[str, ...]] = ()  # the parts without which it can only wait
    seconds: ClassVar[float] = 5.0  # the overview counts a check that takes longer as failed
    watch_seconds: ClassVar[float] = 30.0  # between two calls of `watch`, while the part is ok

    @property
    def active_embedded_backend(self) -> str:
        """The name of the embedded backend that serves this part; empty when a server does."""
        return self.embedded_backend if self.is_embedded else ""

    @property
    def is_embedded(self) -> bool:
        return self.variable is not None and settings.CONFIGURATION.is_embedded(self.variable)

    @property
    def is_elsewhere(self) -> bool:
        """Whether this part is a server that is none of this portal's containers."""
        field = (self.variable or "").lower()
        return service_of(field) == self.service and is_elsewhere(settings.CONFIGURATION.environment, field)

    def ping(self) -> str:
        """Check the part as readiness does. A part that only doctor checks has no cheaper method than `round_trip`."""
        return self.round_trip()

    @abstractmethod
    def round_trip(self) -> str:
        """Check the part as doctor does."""

    def examine(self) -> str:
        """Check the part as doctor does, and say where a server elsewhere is and how it is reached."""
        detail = self.round_trip()
        if not self.is_elsewhere:
            return detail
        places = ", ".join(hosts(str(settings.CONFIGURATION.url(str(self.variable)))))
        return f"{detail}; at {places}, {self.encryption()}"

    def encryption(self) -> str:
        """Return the version of TLS of the connection to the server."""
        return NOT_ENCRYPTED

    def watch(self) -> str:
        """Check the part as the overview does, every few seconds."""
        return self.round_trip()

    def version(self) -> str:
        """Return the version of the server, or an empty string. May raise any error."""
        return ""

    def run(self, method: Callable[[], str]) -> Result:
        """Call `method`, such as `self.ping`, and return its result with its duration."""
        started = time.perf_counter()
        status: Status = "ok"
        advice, down = "", False
        translations: dict[str, str] = {}
        try:
            detail = method()
        except Degraded as error:
            status, advice = "degraded", error.advice or self.service
            detail, translations = in_every_language(error)
        except Exception as error:
            status, detail = self.status_of_failure, self.describe(error)
            advice, down = self.advice_of_failure, True
        milliseconds = (time.perf_counter() - started) * 1000
        return self.result(
            status, detail, milliseconds=milliseconds, advice=advice, down=down, translations=translations
        )

    @property
    def status_of_failure(self) -> Status:
        return "failed" if self.required else "degraded"

    @property
    def advice_of_failure(self) -> str:
        return f"{self.service}{ELSEWHERE}" if self.is_elsewhere else self.service

    def describe(self, error: Exception) -> str:
        if not self.is_elsewhere:
            return f"{type(error).__name__}: {error}"
        variable = str(self.variable)
        return reason(error, url=variable, password=PASSWORDS.get(variable.lower(), "").upper() or variable)

    def failure(self, detail: str, *, milliseconds: float) -> Result:
        """Return the result of a part that did not answer."""
        return self.result(
            self.status_of_failure, detail, milliseconds=milliseconds, advice=self.advice_of_failure, down=True
        )

    def result(
        self,
        status: Status,
        detail: str,
        *,
        milliseconds: float,
        advice: str = "",
        down: bool = False,
        translations: dict[str, str] | None = None,
    ) -> Result:
        return Result(
            tier=self.tier,
            service=self.service,
            technology=self.technology,
            embedded_backend=self.active_embedded_backend,
            required=self.required,
            status=status,
            milliseconds=round(milliseconds, 1),
            detail=clean(detail),
            advice=advice,
            down=down,
            translations={language: clean(text) for language, text in (translations or {}).items()},
        )


def clean(detail: str) -> str:
    """Return a text for operators: one short line without passwords."""
    return mask_passwords(" ".join(detail.split()))[:MAX_DETAIL_LENGTH]


def in_every_language(error: Exception) -> tuple[str, dict[str, str]]:
    """Return the message of an error in English, and in each language of the portal: another process may show it."""
    translations = {}
    for language, _ in settings.LANGUAGES:
        with override(language):
            translations[language] = str(error)
    with override("en"):
        return str(error), translations


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
