"""What the search of the portal finds in the directory: people by their names, departments and other details."""

from collections.abc import Iterator

from django.db.models import F

from core.access.visitor import Visitor
from core.hooks.items import SearchResult

from .selectors import MAX_TERMS, search_people, serialize_people


def search(visitor: Visitor, query: str, limit: int) -> Iterator[SearchResult]:
    text = " ".join(query.split()[:MAX_TERMS])
    people = search_people(text=text, visitor=visitor).order_by(F("rank_key"))[:limit]
    for entry in serialize_people(list(people), visitor):
        roles = entry["roles"][:1]
        details = [role["title"] for role in roles] + [detail["value"] for role in roles for detail in role["details"]]
        yield SearchResult(
            title=entry["display_name"],
            detail=" · ".join(details),
            link=f"/people/{entry['id']}",
            image=entry["photo"] or "",
        )
