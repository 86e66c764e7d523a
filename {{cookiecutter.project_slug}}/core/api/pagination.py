"""Lists come page by page, by cursor: nothing is skipped or shown twice when rows arrive in between."""

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError
from django.db.models import QuerySet
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination as DRFCursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView


class CursorPagination(DRFCursorPagination):
    """Newest first; a view that orders otherwise says so by its `ordering`."""

    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 100
    ordering = "-id"
    invalid_cursor_message = "This list has no such page. Begin again without a cursor."

    def get_page_size(self, request: Request) -> int:
        given = request.query_params.get(self.page_size_query_param)
        if given is None:
            return self.page_size
        if not (given.isascii() and given.isdigit() and len(given) <= 9 and 1 <= int(given) <= self.max_page_size):
            message = f"A page has 1 to {self.max_page_size} entries, not {given[:20]!r}."
            raise ValidationError({self.page_size_query_param: message})
        return int(given)

    def paginate_queryset(
        self, queryset: QuerySet[Any], request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, OverflowError, DataError, DjangoValidationError) as error:
            # A cursor holds a position, which is compared with a column: made up, it need not be of its type.
            if request.query_params.get(self.cursor_query_param):
                raise NotFound(self.invalid_cursor_message) from error
            raise

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"] |= {"minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        return parameters
