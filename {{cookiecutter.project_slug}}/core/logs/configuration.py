"""How log lines are made: one JSON object a line for machines, coloured lines for people."""

from typing import Any

import structlog
import structlog.tracebacks

from .redaction import redact

SHARED = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.stdlib.ExtraAdder(),
    redact,
)

# The values of local variables would be secrets, sooner or later.
TRACEBACKS_WITHOUT_VALUES = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


def logging_configuration(*, json: bool, quiet: bool) -> dict[str, Any]:
    """A `LOGGING` dictionary in which structlog's events and everybody else's records come out alike."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    last: list[Any] = (
        [TRACEBACKS_WITHOUT_VALUES, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if json
        else [structlog.dev.ConsoleRenderer(pad_event_to=24, exception_formatter=structlog.dev.plain_traceback)]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "portal": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "portal"}},
        "root": {"handlers": ["console"], "level": "WARNING" if quiet else "INFO"},
        "loggers": {
            # django_structlog tells of each request and task, with its id; these would tell it again, and Celery's
            # with the task's arguments, which may be secret.
            "celery.app.trace": {"level": "ERROR", "propagate": True, "handlers": []},
            "django.server": {"level": "CRITICAL", "propagate": True, "handlers": []},
            "daphne": {"level": "WARNING", "propagate": True, "handlers": []},
            "django.channels.server": {"level": "CRITICAL", "propagate": True, "handlers": []},
            # Gunicorn takes its own logger out of the tree.
            "gunicorn.error": {"level": "INFO", "propagate": False, "handlers": ["console"]},
            "django.request": {"level": "CRITICAL", "propagate": True},
            "django": {"handlers": [], "level": "INFO", "propagate": True},
        },
    }
