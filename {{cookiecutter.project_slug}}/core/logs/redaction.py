"""Keeps secrets out of the logs, whoever logs them."""

import re
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

HIDDEN = "(not shown)"

SECRET_KEYS = re.compile(r"password|secret|token|cookie|authorization|session_?key|csrf", re.IGNORECASE)
# The pages that a mail's one-time link leads to have its key in their address.
ONE_TIME_PATHS = ("/password/reset/", "/account/email/confirm/")
ONE_TIME_KEY = re.compile("|".join(rf"(?<={path})[^\s/?#\"']+" for path in ONE_TIME_PATHS))
URL_PASSWORD = re.compile(r"(?<=://)([^\s:/@]*):[^\s/@]+(?=@)")


def redact(logger: object, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: hides values under telling names, and passwords and one-time keys inside addresses."""
    for key, value in event.items():
        event[key] = clean(key, value)
    return event


def clean(key: str, value: Any) -> Any:
    if is_secret(key):
        return HIDDEN
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {inner: clean(str(inner), item) for inner, item in value.items()}
    return value


@lru_cache(maxsize=1000)  # the same few keys come with every line
def is_secret(key: str) -> bool:
    return SECRET_KEYS.search(key) is not None


def clean_text(text: str) -> str:
    if "://" in text:
        text = URL_PASSWORD.sub(r"\1:***", text)
    if any(path in text for path in ONE_TIME_PATHS):
        text = ONE_TIME_KEY.sub(HIDDEN, text)
    return text
