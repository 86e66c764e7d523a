"""What the home page says of notifications: the unread ones."""

from collections.abc import Iterator
from typing import cast

from core.access.visitor import Visitor
from core.hooks.items import AttentionItem
from core.people.models import Person
from core.plugins.registry import installed_plugins

from .selectors import notifications_page

MOST = 6  # the home page shows five, and says that there are more
PAGE = "/notifications"


def attention(visitor: Visitor) -> Iterator[AttentionItem]:
    entries, _ = notifications_page(cast(Person, visitor.person), before=None, size=MOST, only_unread=True)
    for entry in entries:
        yield AttentionItem(
            title=entry["title"],
            detail=entry["body"] or entry["app_title"],
            link=entry["link"] or PAGE,
            at=entry["created_at"],
            key=str(entry["id"]),
            app=entry["app"] if entry["app"] in installed_plugins() else "",
        )
