"""A person's inbox in the notification store: what pages read.

It has the newest messages of the person, at most INBOX_LENGTH, and which of them are unread. It can always be built
again from the database, and is when it is missing: nothing is only here. inbox_scripts.py says how it is stored.

The functions for one person make one round trip, but for `rebuild` and `size`. Each raises the errors of
core.stores.outage when the store is down or full.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.core.cache import caches
from redis.exceptions import ResponseError

from . import inbox_scripts
from .models import Message, Recipient
from .rendering import Content

DAY_SECONDS = 24 * 3600
UNREAD_DAYS = 30  # an inbox that nobody has read for so long is let go
CONTENT_DAYS = 1  # a content that has lapsed is read from the database
SHARED = 100  # people from which a content stays as long as the message: it takes little memory for each of them
BUILDING_SECONDS = 30
BUILDS = 3  # attempts: an inbox that changes at each of them is read from the database


@dataclass(frozen=True, slots=True)
class Entry:
    """A message in an inbox. `content` is None when the store no longer has it."""

    message_id: int
    is_unread: bool
    content: Content | None


@dataclass(frozen=True, slots=True)
class Page:
    """Entries of an inbox, newest first. `is_complete` says that the database has no older ones than the inbox."""

    entries: list[Entry]
    is_complete: bool


def deliver(message: Message, *, unread: Sequence[int], read: Sequence[int], is_shared: bool = False) -> None:
    """Add a message to the inboxes of people who have not read it, and of people who have.

    `is_shared` says that there are further people. A second call changes nothing.
    """
    is_shared = is_shared or len(unread) + len(read) >= SHARED
    lifetime = (settings.NOTIFICATION_DAYS if is_shared else CONTENT_DAYS) * DAY_SECONDS
    content = message.content.encode()
    run("DELIVER", message.pk, settings.INBOX_LENGTH, content, lifetime, len(unread), *unread, *read)


def count_unread(person_id: int) -> int | None:
    """Return the number of unread entries, or None if the inbox must be built."""
    number = run("COUNT", person_id, UNREAD_DAYS * DAY_SECONDS)
    return None if number is None else int(number)


def read(person_id: int, *, before: int | None, most: int, only_unread: bool) -> Page | None:
    """Return at most `most` entries below the message `before`, or None if the inbox must be built."""
    end = "+inf" if before is None else f"({before}"
    answer = run("READ", person_id, UNREAD_DAYS * DAY_SECONDS, end, most, int(only_unread))
    if answer is None:
        return None
    is_complete, ids, unread, contents = answer
    found = zip(ids, unread, contents, strict=True)
    entries = [Entry(int(key), bool(flag), content and Content.decode(content)) for key, flag, content in found]
    return Page(entries, bool(is_complete))


def mark_read(person_id: int, ids: Iterable[int]) -> None:
    """Mark messages as read."""
    run("CHANGE", person_id, settings.INBOX_LENGTH, "read", *ids)


def delete(person_id: int, ids: Iterable[int]) -> None:
    """Remove messages."""
    run("CHANGE", person_id, settings.INBOX_LENGTH, "delete", *ids)


def drop(person_id: int) -> None:
    """Remove an inbox. It is built from the database when it is next read."""
    base = key(f"inboxes:{person_id}")
    client().delete(*(f"{base}:{part}" for part in ("building", "entries", "unread", "deleted")))


def existing() -> Iterator[int]:
    """Yield the ids of the people who have an inbox in the store. It makes a round trip for each thousand keys."""
    pattern = key("inboxes:") + "*:entries"
    for name in client().scan_iter(match=pattern, count=1000):
        yield int(name.decode().split(":")[-2])


def size(person_id: int) -> int | None:
    """Return how many bytes of the store an inbox takes, or None on the embedded store, which cannot tell."""
    redis, base = client(), key(f"inboxes:{person_id}")
    try:
        return sum(redis.memory_usage(f"{base}:{part}") or 0 for part in ("entries", "unread", "deleted"))
    except ResponseError:
        return None


def delete_contents() -> None:
    """Delete the contents of all messages, and the inboxes of earlier versions, which nothing reads any more."""
    for pattern in ("messages:", "inbox:"):
        for name in client().scan_iter(match=key(pattern) + "*", count=1000):
            client().unlink(name)


def forget_until(message_id: int) -> None:
    """Leave out the messages up to this one from every inbox."""
    client().set(key("messages:") + "deleted", message_id)


def rebuild(person_id: int) -> bool:
    """Build an inbox from the database, and return whether that succeeded: it fails if it changes again and again."""
    token_key = key(f"inboxes:{person_id}:building")
    for _ in range(BUILDS):
        token = secrets.token_hex(8)
        client().set(token_key, token, ex=BUILDING_SECONDS)
        found = json.dumps(read_database(person_id))
        if run("WRITE", person_id, token, UNREAD_DAYS * DAY_SECONDS, found):
            return True
    return False


def read_database(person_id: int) -> dict[str, list[str]]:
    """Return what an inbox consists of, in two queries. Ids are texts, because a number of Lua is a floating point."""
    recipients = Recipient.objects.filter(person_id=person_id).order_by("-message_id")
    bound = settings.INBOX_LENGTH
    visible = list(recipients.filter(is_hidden=False).values_list("message_id", "read_at")[: bound + 1])
    deleted = recipients.filter(is_hidden=True).values_list("message_id", flat=True)[:bound]
    nothing_older = ["0"] if len(visible) <= bound else []
    return {
        "entries": [str(message_id) for message_id, _ in visible[:bound]] + nothing_older,
        "unread": [str(message_id) for message_id, read_at in visible[:bound] if read_at is None],
        "deleted": [str(message_id) for message_id in deleted],
    }


def run(name: str, *arguments: object) -> Any:
    """Run one of the scripts for all inboxes."""
    return script(name)(keys=[key("inboxes:"), key("messages:")], args=list(arguments), client=client())


@cache
def script(name: str) -> Any:
    """Return a script by its name. Redis keeps its text: redis-py sends the digest alone, and the text if it is new."""
    return client().register_script(getattr(inbox_scripts, name))


def client() -> Any:
    return caches["notifications"].client.get_client(write=True)  # type: ignore[attr-defined]  # django-redis has it


def key(name: str) -> str:
    return str(caches["notifications"].client.make_key(name))  # type: ignore[attr-defined]  # django-redis has it
