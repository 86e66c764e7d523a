"""The search of a list: `?search=` finds the rows that have every word, in any case and with or without accents.

class BooksView(generics.ListAPIView):
    filter_backends = [WordsFilter]
    search_fields = ["title", "author__display_name"]
    throttle_classes = [WriteThrottle, SearchThrottle]
"""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.views import APIView

from core.hooks.matching import contains_words

PARAMETER = "search"
LONGEST_SEARCH = 100  # characters


class WordsFilter(BaseFilterBackend):
    """Keeps the rows in which each word is in one of the view's `search_fields`, on PostgreSQL and SQLite alike.

    It scans the rows that other conditions leave: core/hooks/matching.py.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        text = request.query_params.get(PARAMETER, "").strip()
        if len(text) > LONGEST_SEARCH:
            message = _("A search has at most %(most)s characters.") % {"most": LONGEST_SEARCH}
            raise ValidationError({PARAMETER: message})
        if not text:
            return queryset
        fields: list[str] = view.search_fields  # type: ignore[attr-defined]  # the view names them
        found = contains_words(text, *fields)
        if any("__" in field for field in fields):  # a join could repeat a row
            return queryset.filter(pk__in=queryset.model._base_manager.filter(found).values("pk"))
        return queryset.filter(found)

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {
                "name": PARAMETER,
                "in": "query",
                "required": False,
                "description": "Words that a row must have, in any case and with or without accents.",
                "schema": {"type": "string", "maxLength": LONGEST_SEARCH},
            }
        ]
