"""The format of log lines: JSON objects for programs, coloured lines for people.

The portal logs with structlog, and libraries log with Python's logging. Their lines have the same format. As JSON,
structlog writes its events directly: a detour through logging costs as much as a request to a store.
https://www.structlog.org/en/stable/performance.html
"""

import io
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
import structlog.tracebacks
from structlog.typing import ExcInfo

from .redaction import clean_text, redact, redact_exception

SHARED = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.stdlib.ExtraAdder(),
    redact,
)

# Local variables may hold secrets.
TRACEBACKS_WITHOUT_VALUES = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)
JSON = (TRACEBACKS_WITHOUT_VALUES, redact_exception, structlog.processors.JSONRenderer(ensure_ascii=False))


class StandardError(structlog.WriteLogger):
    """Writes lines to the standard error, as Python's logging does."""

    def __init__(self, name: str = ""):
        super().__init__(sys.stderr)
        self.name = name


def configure_structlog(*, json: bool, quiet: bool) -> None:
    """Configure structlog. With `quiet`, only warnings and errors are logged."""
    if json:
        structlog.configure(
            processors=[respect_disabled, *SHARED, *JSON],
            wrapper_class=structlog.make_filtering_bound_logger(level_of(quiet)),
            logger_factory=StandardError,
            cache_logger_on_first_use=True,
        )
    else:
        structlog.configure(
            processors=[
                structlog.stdlib.filter_by_level,
                *SHARED,
                structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
            ],
            logger_factory=structlog.stdlib.LoggerFactory(),
            cache_logger_on_first_use=True,
        )


def respect_disabled(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop events below the level of `logging.disable()`, which doctor calls while it prints."""
    if logging.root.manager.disable >= logging.getLevelNamesMapping()[method.upper()]:
        raise structlog.DropEvent
    return event


def level_of(quiet: bool) -> int:
    return logging.WARNING if quiet else logging.INFO


def redacted_traceback(file: TextIO, exception: ExcInfo) -> None:
    """Write a traceback for people, without passwords in its message."""
    text = io.StringIO()
    structlog.dev.plain_traceback(text, exception)
    file.write(clean_text(text.getvalue()))


def logging_configuration(*, json: bool, quiet: bool) -> dict[str, Any]:
    """Return a `LOGGING` dictionary that formats records of Python's logging as structlog's events."""
    renderers: list[Any] = (
        list(JSON) if json else [structlog.dev.ConsoleRenderer(pad_event_to=24, exception_formatter=redacted_traceback)]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "portal": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "portal"}},
        "root": {"handlers": ["console"], "level": logging.getLevelName(level_of(quiet))},
        "loggers": {
            # django_structlog logs each request and task with its ID, and the traceback of a task that raised an error.
            # These loggers would log it again, and Celery's with the task's arguments, which may be secret.
            "celery.app.trace": {"level": "CRITICAL", "propagate": True, "handlers": []},
            "django.server": {"level": "CRITICAL", "propagate": True, "handlers": []},
            "daphne": {"level": "WARNING", "propagate": True, "handlers": []},
            "django.channels.server": {"level": "CRITICAL", "propagate": True, "handlers": []},
            # Gunicorn's logger does not propagate.
            "gunicorn.error": {"level": "INFO", "propagate": False, "handlers": ["console"]},
            "django.request": {"level": "CRITICAL", "propagate": True},
            "django": {"handlers": [], "level": "INFO", "propagate": True},
        },
    }
