"""A person's inbox in the notification store: a stream of the newest entries, and the set of the unread ones.

The notifications table of the database has every notification. An inbox is a fast copy of the newest ones: it is
complete, or it does not exist. `rebuild` makes it from the table.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.cache import caches

from .models import Notification

AGE_SECONDS = 90 * 24 * 3600


def client_and_key(person_id: int, part: str) -> tuple[Any, str]:
    """Return the Redis client and the key of `entries` or `unread`."""
    client = caches["notifications"].client  # type: ignore[attr-defined]  # django-redis has it
    return client.get_client(write=True), str(client.make_key(f"inbox:{person_id}:{part}"))


def serialize(notification: Notification) -> dict[str, Any]:
    """Return a notification as an entry of the inbox, in types that JSON has."""
    return {
        "id": notification.pk,
        "app": notification.app,
        "kind": notification.kind,
        "title": notification.title,
        "link": notification.link,
        "created_at": notification.created_at.isoformat(),
    }


def deliver(notification: Notification) -> None:
    """Add a notification to its inbox. A second call changes nothing: the id in the stream is the row's key."""
    redis, entries = client_and_key(notification.person_id, "entries")
    _, unread = client_and_key(notification.person_id, "unread")
    if not redis.exists(entries):
        rebuild(notification.person_id)
        return
    member = str(notification.pk)
    if redis.sismember(unread, member) or redis.xrange(entries, f"{member}-1", f"{member}-1"):
        return
    newest = redis.xrevrange(entries, count=1)
    if newest and int(newest[0][0].split(b"-")[0]) > notification.pk:
        rebuild(notification.person_id)  # a stream accepts only ids that are greater than its last
        return
    with redis.pipeline(transaction=True) as pipeline:
        pipeline.xadd(
            entries,
            {"entry": json.dumps(serialize(notification))},
            id=f"{member}-1",
            maxlen=settings.INBOX_LENGTH,
            approximate=False,
        )
        pipeline.sadd(unread, member)
        pipeline.expire(entries, AGE_SECONDS)
        pipeline.expire(unread, AGE_SECONDS)
        pipeline.execute()


def rebuild(person_id: int) -> None:
    """Build an inbox from the notifications table."""
    redis, entries = client_and_key(person_id, "entries")
    _, unread = client_and_key(person_id, "unread")
    newest = list(Notification.objects.filter(person_id=person_id).order_by("-id")[: settings.INBOX_LENGTH])
    with redis.pipeline(transaction=True) as pipeline:
        pipeline.delete(entries, unread)
        # A placeholder: an empty inbox must exist, or it would look lost.
        pipeline.xadd(entries, {"entry": ""}, id="0-1")
        for notification in reversed(newest):
            pipeline.xadd(entries, {"entry": json.dumps(serialize(notification))}, id=f"{notification.pk}-1")
        pending = [str(notification.pk) for notification in newest if notification.read_at is None]
        if pending:
            pipeline.sadd(unread, *pending)
            pipeline.expire(unread, AGE_SECONDS)
        pipeline.expire(entries, AGE_SECONDS)
        pipeline.execute()


def read(person_id: int, *, count: int) -> list[dict[str, Any]] | None:
    """Return at most `count` entries, newest first, each with `unread`; None when the inbox is lost."""
    redis, entries = client_and_key(person_id, "entries")
    _, unread = client_and_key(person_id, "unread")
    with redis.pipeline(transaction=True) as pipeline:
        pipeline.xrevrange(entries, count=count)
        pipeline.smembers(unread)
        rows, pending = pipeline.execute()
    if not rows:
        return None
    found = [json.loads(fields[b"entry"]) for _, fields in rows if fields[b"entry"]]
    return [{**entry, "unread": str(entry["id"]).encode() in pending} for entry in found]


def unread(person_id: int) -> int | None:
    """Return the number of unread entries; None when the inbox is lost. One round trip."""
    redis, entries = client_and_key(person_id, "entries")
    _, unread_key = client_and_key(person_id, "unread")
    with redis.pipeline(transaction=False) as pipeline:
        pipeline.exists(entries)
        pipeline.scard(unread_key)
        exists, number = pipeline.execute()
    return int(number) if exists else None


def mark_read(person_id: int, ids: Iterable[int]) -> None:
    """Remove entries from the set of the unread ones. One round trip."""
    redis, unread_key = client_and_key(person_id, "unread")
    if members := [str(notification_id) for notification_id in ids]:
        redis.srem(unread_key, *members)
