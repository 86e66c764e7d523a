"""Cursor pagination: new rows between two requests neither hide nor repeat other rows."""

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination as DRFCursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView


class CursorPagination(DRFCursorPagination):
    """Pages of 25 rows, newest first. Every list has them. `page_size` in the query asks for 1 to 100 rows.

    For another order, name a subclass with its own `ordering` in the view, as `pagination_class`. The columns together
    must be unique: `ordering = ["starts_at", "id"]`.
    """

    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 100
    ordering = "-id"
    invalid_cursor_message = gettext_lazy(  # type: ignore[assignment]  # DRF translates its own as well
        "This page does not exist. Start again without a cursor."
    )

    def get_page_size(self, request: Request) -> int:
        size = request.query_params.get(self.page_size_query_param)
        if size is None:
            return self.page_size
        if not (size.isascii() and size.isdigit() and len(size) <= 9 and 1 <= int(size) <= self.max_page_size):
            message = _("Enter a number from 1 to %(most)s, not %(size)r.") % {
                "most": self.max_page_size,
                "size": size[:20],
            }
            raise ValidationError({self.page_size_query_param: message})
        return int(size)

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, OverflowError, DataError, DjangoValidationError) as error:
            # A cursor contains a value of the column that orders the list. A made-up one may have any type.
            if request.query_params.get(self.cursor_query_param):
                raise NotFound(self.invalid_cursor_message) from error
            raise

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"] |= {"minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        return parameters
