"""Messages that wait for the worker, in the application store."""

import secrets
from datetime import timedelta
from typing import Any

from core.stores.application_store import ApplicationStore, application_store

LIFETIME = timedelta(days=1)  # longer than the worker tries


def outbox_add(message: dict[str, Any]) -> str:
    """Keep a message of plain text and return its key. Raises the errors of the store."""
    key = secrets.token_urlsafe(16)
    _store().set(_name(key), message, lifetime=LIFETIME)
    return key


def outbox_get(key: str) -> dict[str, Any] | None:
    """Return the message, or None when it was removed or has expired."""
    message: dict[str, Any] | None = _store().get(_name(key))
    return message


def outbox_remove(key: str) -> None:
    _store().delete(_name(key))


def _store() -> ApplicationStore:
    # A message may hold a one-time link, which the Redis GUI must not show.
    return application_store("core", secret=True)


def _name(key: str) -> str:
    return f"mail:{key}"
