"""The cursor of a list that does not come from the database: the id of the last message of the page before."""

from typing import Any
from urllib.parse import urlencode

from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from core.api.fields import MAX_ID
from core.api.pagination import CursorPagination


class InboxPagination(CursorPagination):
    """Pages of an inbox. The parameters and the messages are those of the other lists."""

    max_page_size = 200

    def get_before(self, request: Request) -> int | None:
        """Return the id of the message below which the page begins; None for the newest. Raises NotFound."""
        cursor = request.query_params.get(self.cursor_query_param)
        if cursor is None:
            return None
        if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 19 and 1 <= int(cursor) <= MAX_ID):
            raise NotFound(self.invalid_cursor_message)
        return int(cursor)

    def next_path(self, request: Request, results: list[dict[str, Any]], *, has_more: bool) -> str | None:
        """Return the path of the page below `results`, with the other parameters of this request."""
        if not (has_more and results):
            return None
        parameters = {**request.query_params.dict(), self.cursor_query_param: results[-1]["id"]}
        return f"{request.path}?{urlencode(parameters)}"
