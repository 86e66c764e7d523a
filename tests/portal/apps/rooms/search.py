"""What the search of the portal finds in the app."""

from collections.abc import Iterator

from core.access.visitor import Visitor
from core.hooks.items import SearchResult
from core.hooks.matching import contains_words

from .models import Room


def search(visitor: Visitor, query: str, limit: int) -> Iterator[SearchResult]:
    for room in Room.objects.filter(contains_words(query, "name", "place", "equipment"))[:limit]:
        yield SearchResult(title=room.name, detail=room.place, link=f"/rooms/{room.pk}")
