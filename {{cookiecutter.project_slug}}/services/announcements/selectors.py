"""Read announcements, how many people they reach, and how many have read them."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from hashlib import blake2b
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from core.stores.cache import cached
from services.notifications.audiences import people_with_roles
from services.notifications.models import Recipient

from .markdown import Node, parse_markdown
from .models import Announcement, AnnouncementRole, not_expired

# Part of the keys of cached trees. Raise it with each change of what parse_markdown returns.
TREE_VERSION = 1
TREE_LIFETIME = timedelta(days=1)
FIGURES_LIFETIME = timedelta(seconds=10)


# A recipient whose message is hidden has deleted it, or turned the inbox off and has it by mail alone.
DELIVERED = Q(is_hidden=False) | Q(read_at__isnull=False)


class Figures(NamedTuple):
    """How many people have an announcement in their inbox or have read it, and how many have read it."""

    delivered: int
    read: int


def all_announcements() -> QuerySet[Announcement]:
    """Return all announcements, newest first, with their authors and roles prefetched."""
    return Announcement.objects.select_related("author").prefetch_related("roles")


def announcements_for(roles: Collection[str]) -> QuerySet[Announcement]:
    """Return the announcements that were sent to everyone, or to people with one of `roles`; expired ones too."""
    named = AnnouncementRole.objects.filter(announcement=OuterRef("pk"))
    is_included = Q(~Exists(named)) | Q(Exists(named.filter(name__in=roles)))
    return all_announcements().filter(is_included, sent_at__isnull=False)


def current_announcements_for(roles: Collection[str]) -> QuerySet[Announcement]:
    """Return those of `announcements_for` that have not expired."""
    return announcements_for(roles).filter(not_expired())


def managed_announcements(*, scheduled: bool) -> QuerySet[Announcement]:
    """Return the announcements that wait to be sent, or all others, newest first."""
    waits = Q(not_expired(), sent_at__isnull=True, cancelled_at__isnull=True)
    return all_announcements().filter(waits if scheduled else ~waits)


def tree_of(announcement: Announcement) -> list[Node]:
    """Return the tree of the text. One round trip to the cache, whose key has a digest of the text."""
    digest = blake2b(announcement.text.encode(), digest_size=16).hexdigest()
    tree: list[Node] = cached("announcements").get_or_compute(
        f"tree:{digest}:{TREE_VERSION}", lambda: parse_markdown(announcement.text), lifetime=TREE_LIFETIME
    )
    return tree


def people_reached(roles: Collection[str]) -> int:
    """Return how many people would be notified now: all, or those with one of `roles`. One query."""
    return people_with_roles(list(roles)).count()


def figures_of(announcements: Iterable[Announcement]) -> dict[int, Figures]:
    """Return announcement's id → figures, for those that were sent. They are at most 10 seconds old.

    Costs one round trip to the cache, and one query for those that it lacks.
    """
    messages = {item.pk: item.message_id for item in announcements if item.message_id}

    def count(keys: list[str]) -> dict[str, Any]:
        counted = (
            Recipient.objects.filter(message_id__in=[int(key.removeprefix("figures:")) for key in keys])
            .order_by()
            .values_list("message_id")
            .annotate(delivered=Count("person_id", filter=DELIVERED), read=Count("read_at"))
        )
        found = {f"figures:{message}": (delivered, read) for message, delivered, read in counted}
        return {key: found.get(key, (0, 0)) for key in keys}

    keys = {f"figures:{message}" for message in messages.values()}
    figures = cached("announcements").get_many_or_compute(keys, count, lifetime=FIGURES_LIFETIME)
    return {pk: Figures(*figures[f"figures:{message}"]) for pk, message in messages.items()}
