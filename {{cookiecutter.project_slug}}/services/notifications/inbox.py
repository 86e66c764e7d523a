"""A person's inbox in the notification store: the newest entries as a stream, and which of them are unread.

The ledger in the database is the truth. What stands here is quick, complete or absent: `rebuild` makes it again.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.cache import caches

from .models import Notification

AGE_SECONDS = 90 * 24 * 3600


def client_and_key(person_id: int, part: str) -> tuple[Any, str]:
    client = caches["notifications"].client  # type: ignore[attr-defined]
    return client.get_client(write=True), str(client.make_key(f"inbox:{person_id}:{part}"))


def entry_of(notification: Notification) -> dict[str, Any]:
    return {
        "id": notification.pk,
        "app": notification.app,
        "kind": notification.kind,
        "title": notification.title,
        "link": notification.link,
        "created_at": notification.created_at.isoformat(),
    }


def deliver(notification: Notification) -> None:
    """Put a notification into its inbox. Twice is once: an entry's id in the stream is the ledger's."""
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
        rebuild(notification.person_id)  # it comes late, and a stream only grows at its end
        return
    with redis.pipeline(transaction=True) as pipeline:
        pipeline.xadd(
            entries,
            {"entry": json.dumps(entry_of(notification))},
            id=f"{member}-1",
            maxlen=settings.INBOX_LENGTH,
            approximate=False,
        )
        pipeline.sadd(unread, member)
        pipeline.expire(entries, AGE_SECONDS)
        pipeline.expire(unread, AGE_SECONDS)
        pipeline.execute()


def rebuild(person_id: int) -> None:
    """Make an inbox again from the ledger."""
    redis, entries = client_and_key(person_id, "entries")
    _, unread = client_and_key(person_id, "unread")
    newest = list(Notification.objects.filter(person_id=person_id).order_by("-id")[: settings.INBOX_LENGTH])
    with redis.pipeline(transaction=True) as pipeline:
        pipeline.delete(entries, unread)
        # An inbox that holds nothing exists all the same, so that emptiness is not taken for loss.
        pipeline.xadd(entries, {"entry": ""}, id="0-1")
        for notification in reversed(newest):
            pipeline.xadd(entries, {"entry": json.dumps(entry_of(notification))}, id=f"{notification.pk}-1")
        pending = [str(one.pk) for one in newest if one.read_at is None]
        if pending:
            pipeline.sadd(unread, *pending)
            pipeline.expire(unread, AGE_SECONDS)
        pipeline.expire(entries, AGE_SECONDS)
        pipeline.execute()


def read(person_id: int, *, count: int) -> list[dict[str, Any]] | None:
    """The newest entries, newest first, each with `unread`; None when the inbox is lost."""
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
    """The number of unread entries; None when the inbox is lost. One round trip."""
    redis, entries = client_and_key(person_id, "entries")
    _, unread_key = client_and_key(person_id, "unread")
    with redis.pipeline(transaction=False) as pipeline:
        pipeline.exists(entries)
        pipeline.scard(unread_key)
        exists, number = pipeline.execute()
    return int(number) if exists else None


def mark_read(person_id: int, ids: Iterable[int]) -> None:
    redis, unread_key = client_and_key(person_id, "unread")
    if members := [str(one) for one in ids]:
        redis.srem(unread_key, *members)
