"""Lists come page by page, by cursor: nothing is skipped or shown twice when rows arrive in between."""

from rest_framework.pagination import CursorPagination as DRFCursorPagination


class CursorPagination(DRFCursorPagination):
    """Newest first; a view that orders otherwise says so by its `ordering`."""

    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 100
    ordering = "-id"
