"""Keeps secrets out of the logs, whoever logs them."""

import re
from collections.abc import MutableMapping
from typing import Any

HIDDEN = "(not shown)"

SECRET_KEYS = re.compile(r"password|secret|token|cookie|authorization|session_?key|csrf", re.IGNORECASE)
# The pages that a mail's one-time link leads to have its key in their address.
ONE_TIME_KEY = re.compile(r"(?<=/password/reset/)[^\s/?#\"']+|(?<=/account/email/confirm/)[^\s/?#\"']+")
ADDRESS_PASSWORD = re.compile(r"(?<=://)([^\s:/@]*):[^\s/@]+(?=@)")


def redact(logger: object, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: hides values under telling names, and passwords and one-time keys inside addresses."""
    for key, value in event.items():
        event[key] = clean(key, value)
    return event


def clean(key: str, value: Any) -> Any:
    if SECRET_KEYS.search(key):
        return HIDDEN
    if isinstance(value, str):
        return ONE_TIME_KEY.sub(HIDDEN, ADDRESS_PASSWORD.sub(r"\1:***", value))
    if isinstance(value, dict):
        return {inner: clean(str(inner), item) for inner, item in value.items()}
    return value
