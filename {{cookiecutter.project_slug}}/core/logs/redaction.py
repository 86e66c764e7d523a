"""Keeps secrets out of the logs, whichever code logs them."""

import re
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

from core.configuration.secret_text import HIDDEN, mask_passwords

SECRET_KEYS = re.compile(
    r"password|secret|token|cookie|authorization|(?:session|encryption)_?keys?|csrf", re.IGNORECASE
)
# The links to these pages hold a one-time key: in the fragment, and those of earlier releases in the path.
ONE_TIME_PATHS = ("/password/reset", "/account/email/confirm")
ONE_TIME_KEY = re.compile(rf"((?:{'|'.join(ONE_TIME_PATHS)})(?:/?#|/))[^\s/?#\"']+")


def redact(logger: object, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide, as a structlog processor, values with telling names, and passwords and one-time keys in URLs."""
    for key, value in event.items():
        event[key] = clean(key, value)
    return event


def redact_exception(logger: object, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Do the same in a rendered exception, whose message may quote a URL."""
    if "exception" in event:
        event["exception"] = clean("exception", event["exception"])
    return event


def clean(key: str, value: Any) -> Any:
    if is_secret(key):
        return HIDDEN
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {inner: clean(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list):
        return [clean(key, item) for item in value]
    if isinstance(value, tuple):  # exc_info is one, and has to stay one
        return tuple(clean(key, item) for item in value)
    return value


@lru_cache(maxsize=1000)  # the same few keys come with every line
def is_secret(key: str) -> bool:
    return SECRET_KEYS.search(key) is not None


def clean_text(text: str) -> str:
    text = mask_passwords(text)
    if any(path in text for path in ONE_TIME_PATHS):
        text = ONE_TIME_KEY.sub(rf"\1{HIDDEN}", text)
    return text
