"""What the search of the portal finds in announcements: those for the visitor that have not expired."""

from collections.abc import Iterator

from core.access.visitor import Visitor
from core.hooks.items import SearchResult
from core.hooks.matching import contains_words

from .selectors import current_announcements_for


def search(visitor: Visitor, query: str, limit: int) -> Iterator[SearchResult]:
    found = current_announcements_for(visitor.roles).filter(contains_words(query, "title", "text"))
    for announcement in found.order_by("-sent_at", "-id")[:limit]:
        yield SearchResult(title=announcement.title, detail=announcement.summary, link=announcement.path)
