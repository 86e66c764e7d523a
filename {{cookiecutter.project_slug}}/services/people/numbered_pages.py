"""Pages with numbers, for lists that say how long they are. Other lists have cursors: core/api/pagination.py."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

PAGE_SIZE = 25
MOST_ROWS = 100
LAST_PAGE = 10_000  # the database reads all rows before the page


class PageSerializer(serializers.Serializer[Any]):
    page = serializers.IntegerField(min_value=1, max_value=LAST_PAGE, default=1)
    page_size = serializers.IntegerField(min_value=1, max_value=MOST_ROWS, default=PAGE_SIZE)


def page_of(rows: QuerySet[Any] | list[Any], *, page: int, page_size: int) -> dict[str, Any]:
    """Return the `count` of all rows and the `results` on this page. After the last page, that is the last one."""
    count = len(rows) if isinstance(rows, list) else rows.count()
    page = min(page, max(1, -(-count // page_size)))
    first = (page - 1) * page_size
    return {"count": count, "page": page, "page_size": page_size, "results": list(rows[first : first + page_size])}
