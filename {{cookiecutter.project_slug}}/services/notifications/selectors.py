"""Read notifications from the store. A missing inbox is built, and without the store the database answers."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import structlog
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language

from core.languages.choice import chosen_language
from core.people.models import Person
from core.plugins.icons import icon_name
from core.plugins.registry import installed_plugins
from core.stores.outage import is_outage

from . import inbox
from .inbox import Entry, Page
from .models import Message, Recipient
from .rendering import render, texts_of

logger = structlog.get_logger(__name__)


def unread_count(person_id: int) -> int:
    """Return how many of a person's newest INBOX_LENGTH notifications are unread.

    One round trip to the store, or one query without it.
    """
    number = ask_store(person_id, lambda: inbox.count_unread(person_id))
    if number is None:
        newest = visible(person_id).order_by("-message_id").values("read_at")[: settings.INBOX_LENGTH]
        number = sum(row["read_at"] is None for row in newest)
    return number


def notifications_page(
    person: Person, *, before: int | None, size: int, only_unread: bool, app: str = ""
) -> tuple[list[dict[str, Any]], bool]:
    """Return at most `size` notifications below the message `before`, newest first, and whether there may be more.

    The texts are in the language that the person chose, else in that of the request.

    One round trip to the store. A page for which the inbox has too few comes from the database, with one query, and so
    do those of one `app`.
    """

    def read_inbox() -> Page | None:
        return inbox.read(person.pk, before=before, most=size + 1, only_unread=only_unread)

    page = None if app else ask_store(person.pk, read_inbox)
    if page is None or (len(page.entries) < size and not page.is_complete):
        page = read_table(person.pk, before=before, most=size + 1, only_unread=only_unread, app=app)
    entries = with_contents(page.entries)
    language = chosen_language(person) or get_language()
    has_more = len(page.entries) > size or not page.is_complete
    return serialize(entries[:size], language), has_more


def ask_store[T](person_id: int, read: Callable[[], T | None]) -> T | None:
    """Return what `read` returns. If it returns None, build the inbox and read again. Return None without the store."""
    try:
        if (answer := read()) is None and inbox.rebuild(person_id):
            answer = read()
    except Exception as error:
        if not is_outage(error):
            raise
        logger.warning("inbox_unavailable", person=person_id, error=type(error).__name__)
        return None
    return answer


def read_table(person_id: int, *, before: int | None, most: int, only_unread: bool, app: str) -> Page:
    """Read a page from the database, in one query."""
    rows = visible(person_id).select_related("message").order_by("-message_id")
    if before is not None:
        rows = rows.filter(message_id__lt=before)
    if only_unread:
        rows = rows.filter(read_at__isnull=True)
    if app:
        rows = rows.filter(message__app=app)
    return Page([Entry(row.message_id, row.read_at is None, row.message.content) for row in rows[:most]], True)


def visible(person_id: int) -> "QuerySet[Recipient]":
    return Recipient.objects.filter(person_id=person_id, is_hidden=False)


def with_contents(entries: list[Entry]) -> list[Entry]:
    """Return the entries with their contents: those that the store no longer has come from the database, in one query.

    A message that the database no longer has either is left out.
    """
    missing = [entry.message_id for entry in entries if entry.content is None]
    if not missing:
        return entries
    found = {message.pk: message.content for message in Message.objects.filter(pk__in=missing)}
    contents = [(entry, entry.content or found.get(entry.message_id)) for entry in entries]
    return [Entry(entry.message_id, entry.is_unread, content) for entry, content in contents if content is not None]


def serialize(entries: Iterable[Entry], language: str) -> list[dict[str, Any]]:
    """Return entries with their contents as the API has them. What many of them share is translated once."""
    texts, fields = cache(texts_of), cache(fields_of)
    serialized = []
    for entry in entries:
        content = entry.content
        assert content is not None  # noqa: S101 - with_contents leaves out the others
        title, body = render(content, language, texts)
        serialized.append(
            {
                "id": entry.message_id,
                "kind": f"{content.app}.{content.kind}",
                **fields(content.app),
                "title": title,
                "body": body,
                "link": content.link,
                "created_at": content.created_at,
                "read": not entry.is_unread,
            }
        )
    return serialized


def fields_of(app: str) -> dict[str, str]:
    """Return what all entries of an app have in the API."""
    plugin = installed_plugins().get(app)
    return {
        "app": app,
        "app_title": plugin.title if plugin else app,
        "app_icon": icon_name(plugin) if plugin else "",
    }
