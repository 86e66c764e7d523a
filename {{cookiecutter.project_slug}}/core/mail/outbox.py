"""Messages that wait for the worker, in the session store.

Nothing evicts them there, and the Redis GUI cannot read them. The store needs its memory for sessions too, so the
number of messages that wait is limited.
"""

import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache import caches
from redis.exceptions import OutOfMemoryError

from core.stores.session_store import session_store

LIFETIME = timedelta(days=1)  # longer than the worker tries
MOST_WAITING = 5000
CLOSED = "closed"

LOSSES = "outbox:losses"
LOSSES_LIFETIME = timedelta(days=7)


class OutboxFull(OutOfMemoryError):
    """As many messages wait as the session store has room for. The request answers 503."""


class MailLost(Exception):
    """The worker is to send a message that is no longer in the outbox, and that nobody has sent."""


def outbox_add(message: dict[str, Any]) -> str:
    """Keep a message of plain text and return its key. Raises OutboxFull, and the errors of the store."""
    if (waiting := outbox_waiting()) >= MOST_WAITING:
        raise OutboxFull(f"{waiting} messages wait to be sent, which is the most. Run doctor, which checks the worker.")
    key = secrets.token_urlsafe(16)
    session_store("core").set(_name(key), message, lifetime=LIFETIME)
    redis, waiting_keys = _waiting_keys()
    with redis.pipeline(transaction=True) as pipeline:
        pipeline.zadd(waiting_keys, {key: time.time() + LIFETIME.total_seconds()})
        pipeline.expire(waiting_keys, LIFETIME)
        pipeline.execute()
    return key


def outbox_get(key: str) -> dict[str, Any] | None:
    """Return the message, or None when it has been closed. Raises MailLost when the store does not have it."""
    message = session_store("core").get(_name(key))
    if message is None:
        raise MailLost(f"the message was kept for {LIFETIME.days} day and is no longer in the session store")
    return None if message == CLOSED else message


def outbox_close(key: str) -> None:
    """Forget a message that needs no sending any more, but not its key: the task may run again."""
    session_store("core").set(_name(key), CLOSED, lifetime=LIFETIME)
    redis, waiting_keys = _waiting_keys()
    redis.zrem(waiting_keys, key)


def outbox_waiting() -> int:
    """Return the number of messages that wait to be sent."""
    redis, waiting_keys = _waiting_keys()
    with redis.pipeline(transaction=True) as pipeline:
        pipeline.zremrangebyscore(waiting_keys, "-inf", time.time())
        pipeline.zcard(waiting_keys)
        return int(pipeline.execute()[-1])


def outbox_record_loss() -> None:
    """Record for doctor that a message was not sent and never will be."""
    store = session_store("core")
    count, _ = outbox_losses()
    store.set(LOSSES, [count + 1, datetime.now(UTC).isoformat(timespec="seconds")], lifetime=LOSSES_LIFETIME)


def outbox_losses() -> tuple[int, str]:
    """Return how many messages were lost, and when the last one was; 0 after a week without losses."""
    count, last = session_store("core").get(LOSSES) or (0, "")
    return count, last


def _waiting_keys() -> tuple[Any, str]:
    """Return the Redis client, and the name of the sorted set of the keys of waiting messages, by time of expiry."""
    client = caches["default"].client  # type: ignore[attr-defined]  # django-redis has it
    return client.get_client(write=True), client.make_key("core:outbox:waiting")


def _name(key: str) -> str:
    return f"outbox:{key}"
