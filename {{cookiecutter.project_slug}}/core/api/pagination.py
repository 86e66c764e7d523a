"""Lists come page by page, by cursor: nothing is skipped or shown twice when rows arrive in between."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination as DRFCursorPagination


class CursorPagination(DRFCursorPagination):
    """Newest first; a view that orders otherwise has a subclass with another `ordering`."""

    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 100
    ordering = "-id"

    def paginate_queryset(self, *args: Any, **more: Any) -> list[Any] | None:
        """404 as well for a cursor that somebody made up, whose position is no value of what the list is ordered by."""
        try:
            return super().paginate_queryset(*args, **more)
        except (ValueError, ValidationError) as error:
            raise NotFound(self.invalid_cursor_message) from error
