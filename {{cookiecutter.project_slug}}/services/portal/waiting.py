"""What needs the attention of a person: the items of the functions `attention` of all apps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from core.access.visitor import Visitor
from core.hooks.items import AttentionItem
from core.hooks.running import run_hook
from core.plugins.icons import icon_name
from core.plugins.registry import installed_plugins

MOST_OF_AN_APP = 5
MOST_ITEMS = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item, and the app whose function yields it."""

    source: str
    item: AttentionItem

    @property
    def app(self) -> str:
        return self.item.app or self.source


def what_waits(visitor: Visitor) -> dict[str, Any]:
    """Return the data of AttentionSerializer. What is due comes first, and then what happened last."""
    found = run_hook("attention", visitor, most=MOST_OF_AN_APP + 1, item_type=AttentionItem)
    waiting = [
        Waiting(source, item) for source, items in sorted(found.by_app.items()) for item in items[:MOST_OF_AN_APP]
    ]
    now = timezone.now()
    ordered = sorted(without_duplicates(waiting), key=lambda one: rank_key(one.item, now))
    return {
        "items": [serialize(one) for one in ordered[:MOST_ITEMS]],
        "more": sorted(source for source, items in found.by_app.items() if len(items) > MOST_OF_AN_APP),
        "incomplete": found.incomplete,
    }


def without_duplicates(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Return one item for each link: one with an action, if there is any, and else the first.

    A new poll is an item of the polls, and also an unread notification that links to it.
    """
    by_link: dict[str, Waiting] = {}
    for one in waiting:
        known = by_link.get(one.item.link)
        if known is None or (one.item.action and not known.item.action):
            by_link[one.item.link] = one
    return list(by_link.values())


def rank_key(item: AttentionItem, now: datetime) -> tuple[int, float]:
    """Return the sort key of an item: first what is due, soonest first, and last what happened, newest first."""
    if item.at is None:
        return 1, 0
    return (0, item.at.timestamp()) if item.at > now else (2, -item.at.timestamp())


def serialize(one: Waiting) -> dict[str, Any]:
    """Return the data of AttentionItemSerializer."""
    plugin = installed_plugins()[one.app]
    return {
        "app": one.app,
        "app_title": plugin.title,
        "app_icon": icon_name(plugin),
        "source": one.source,
        "key": one.item.key,
        "title": one.item.title,
        "detail": one.item.detail,
        "link": one.item.link,
        "action": one.item.action,
        "at": one.item.at,
    }
